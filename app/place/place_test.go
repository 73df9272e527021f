package place_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"heliograph/adapters/memkv"
	"heliograph/adapters/memlog"
	"heliograph/app/place"
	"heliograph/domain"
	"heliograph/ports"
)

func at(seq uint64) domain.Cursor { return domain.Cursor{Epoch: 7, Seq: seq} }

func newStore(values ports.KeyValue) *place.Store {
	return place.New(values, memlog.New(memlog.Options{Epoch: 7}), "readers", func() time.Time { return time.UnixMilli(1700000000000) })
}

func want(t *testing.T, s *place.Store, key string, cursor domain.Cursor, found bool) {
	t.Helper()
	got, ok, err := s.Get(t.Context(), key)
	if err != nil || ok != found || got != cursor {
		t.Fatalf("%v, %v, %v; want %v, %v", got, ok, err, cursor, found)
	}
}

func TestPlaceMovesForwardOnly(t *testing.T) {
	s := newStore(memkv.New())
	want(t, s, "a", domain.Cursor{}, false)
	for _, c := range []struct{ move, remembered uint64 }{{5, 5}, {3, 5}, {5, 5}, {9, 9}, {0, 9}} {
		got, err := s.Move(t.Context(), "a", at(c.move))
		if err != nil || got != at(c.remembered) {
			t.Fatalf("moved to %d: %v, %v", c.move, got, err)
		}
		want(t, s, "a", at(c.remembered), true)
	}
	want(t, s, "b", domain.Cursor{}, false)
}

func TestBeginKeepsWhatIsThere(t *testing.T) {
	s := newStore(memkv.New())
	for _, seq := range []uint64{4, 9} {
		if got, err := s.Begin(t.Context(), "a", at(seq)); err != nil || got != at(4) {
			t.Fatal(got, err)
		}
	}
	if err := s.Delete(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	want(t, s, "a", domain.Cursor{}, false)
}

func TestOnlyTheEpochOfTheLogReplacesAnother(t *testing.T) {
	s := newStore(memkv.New())
	old := domain.Cursor{Epoch: 3, Seq: 100}
	if got, err := s.Begin(t.Context(), "a", old); err != nil || got != old {
		t.Fatal(got, err)
	}
	if _, err := s.Move(t.Context(), "a", domain.Cursor{Epoch: 4, Seq: 200}); domain.KindOf(err) != domain.Invalid {
		t.Fatal(err)
	}
	want(t, s, "a", old, true)
	if got, err := s.Move(t.Context(), "a", at(1)); err != nil || got != at(1) {
		t.Fatal(got, err)
	}
	if _, err := s.Move(t.Context(), "a", old); domain.KindOf(err) != domain.Invalid {
		t.Fatal(err)
	}
	if _, err := s.Move(t.Context(), "new", old); domain.KindOf(err) != domain.Invalid {
		t.Fatal(err)
	}
	want(t, s, "a", at(1), true)
}

// Several gateways move one name at once: the furthest stays, and nobody is told of a place behind his own.
func TestManyMoveOnePlace(t *testing.T) {
	values := memkv.New()
	var all sync.WaitGroup
	for worker := range 8 {
		s := newStore(values)
		all.Go(func() {
			for i := range 200 {
				c := at(uint64(i*8 + worker + 1))
				if got, err := s.Move(t.Context(), "a", c); err != nil || got.Seq < c.Seq {
					t.Errorf("%v, %v for %v", got, err, c)
				}
			}
		})
	}
	all.Wait()
	want(t, newStore(values), "a", at(1600), true)
}

func TestListLeavesOutWhatIsNoPlace(t *testing.T) {
	values := memkv.New()
	s := newStore(values)
	for i, key := range []string{"a", "b"} {
		if _, err := s.Move(t.Context(), key, at(uint64(i))); err != nil {
			t.Fatal(err)
		}
	}
	for i, content := range []string{"", "no JSON", `{"cursor":"x"}`, `{}`} {
		if _, err := values.Put(t.Context(), "readers", fmt.Sprint("z", i), []byte(content), 0); err != nil {
			t.Fatal(err)
		}
	}
	places, err := s.List(t.Context())
	if err != nil || len(places) != 2 || places[1].Key != "b" || places[1].Cursor != at(1) || places[1].Updated.UnixMilli() != 1700000000000 {
		t.Fatalf("%+v, %v", places, err)
	}
	if got, err := s.Move(t.Context(), "z1", at(3)); err != nil || got != at(3) {
		t.Fatal(got, err)
	}
}

func TestFailuresOfTheStoreAreTold(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := newStore(memkv.New())
	_, err := s.Move(ctx, "a", at(1))
	_, beginErr := s.Begin(ctx, "a", at(1))
	_, _, getErr := s.Get(ctx, "a")
	_, listErr := s.List(ctx)
	for _, err := range []error{err, beginErr, getErr, listErr} {
		if domain.KindOf(err) != domain.Canceled {
			t.Error(err)
		}
	}
	want(t, s, "a", domain.Cursor{}, false)
}
