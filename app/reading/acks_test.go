package reading_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"heliograph/adapters/memkv"
	"heliograph/adapters/memlog"
	"heliograph/app/reading"
	"heliograph/domain"
	"heliograph/ports"
)

// slow is a KeyValue whose Puts wait for a go, and fail while failing.
type slow struct {
	*memkv.Store
	gate    chan struct{}
	failing atomic.Bool

	mu            sync.Mutex // guards all below
	running, most int
	puts          int
}

func (s *slow) Put(ctx context.Context, space, key string, value []byte, revision uint64) (uint64, error) {
	s.mu.Lock()
	s.running++
	s.puts++
	s.most = max(s.most, s.running)
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.running--
		s.mu.Unlock()
	}()
	select {
	case <-s.gate:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	if s.failing.Load() {
		return 0, domain.Errorf(domain.Unavailable, "put", "the store is away")
	}
	return s.Store.Put(ctx, space, key, value, revision)
}

// counts is an Observer.
type counts struct{ remembered, refused, failed atomic.Int32 }

func (c *counts) Remembered() { c.remembered.Add(1) }
func (c *counts) Refused()    { c.refused.Add(1) }
func (c *counts) Failed()     { c.failed.Add(1) }

// startSlow is a Service on a slow store, with a reader of the name a that was given ten events.
func startSlow(t testing.TB) (*slow, *counts, *reading.Service, ports.Stream, []domain.Cursor) {
	t.Helper()
	g := gateway{log: memlog.New(memlog.Options{})}
	h, _ := startHub(t, g.log)
	values, counted := &slow{Store: memkv.New(), gate: make(chan struct{}, 100)}, &counts{}
	service := reading.New(h, g.log, values, reading.Options{Observer: counted})
	cursors := g.add(t, alice, 1, 10)
	values.gate <- struct{}{} // for the start
	s, err := service.Subscribe(t.Context(), ports.Reader{Transport: "poll", Remember: "/a", From: domain.Oldest})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	for got := 0; got < 10; {
		n, err := s.Next(t.Context(), make([]*domain.Event, 10))
		if err != nil {
			t.Fatal(err)
		}
		got += n
	}
	return values, counted, service, s, cursors
}

func wantPlace(t testing.TB, s *reading.Service, cursor domain.Cursor) {
	t.Helper()
	states, err := s.ListReaders(t.Context())
	if err != nil || len(states) != 1 || states[0].Cursor != cursor {
		t.Fatalf("%+v, %v; want %v", states, err, cursor)
	}
}

func TestAcksThatComeAtOnceAreJoined(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		values, counted, service, s, cursors := startSlow(t)
		done := make(chan error, 10)
		for _, c := range cursors {
			go func() { done <- s.Ack(t.Context(), c) }()
		}
		synctest.Wait()
		select {
		case err := <-done:
			t.Fatalf("an Ack returned before anything was stored: %v", err)
		default:
		}
		values.gate <- struct{}{}
		values.gate <- struct{}{}
		for range cursors {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if values.most != 1 || values.puts > 3 {
			t.Errorf("%d at once, %d in all; want 1 at once, and 3 with that of the start", values.most, values.puts)
		}
		wantPlace(t, service, cursors[9])
		if n := counted.remembered.Load(); n != 10 {
			t.Errorf("%d counted", n)
		}
	})
}

func TestAckThatCouldNotBeStoredMayComeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		values, counted, service, s, cursors := startSlow(t)
		values.failing.Store(true)
		values.gate <- struct{}{}
		if err := s.Ack(t.Context(), cursors[4]); domain.KindOf(err) != domain.Unavailable {
			t.Fatal(err)
		}
		wantBegin := func() { // still where it began
			t.Helper()
			states, err := service.ListReaders(t.Context())
			if err != nil || len(states) != 1 || states[0].Behind != 10 {
				t.Fatalf("%+v, %v", states, err)
			}
		}
		wantBegin()
		ctx, cancel := context.WithCancel(t.Context())
		ends := make(chan error, 2)
		for _, c := range cursors[5:7] { // one stores, one waits for it
			go func() { ends <- s.Ack(ctx, c) }()
		}
		synctest.Wait()
		cancel()
		for range 2 {
			if err := <-ends; domain.KindOf(err) != domain.Canceled {
				t.Error(err)
			}
		}
		wantBegin()
		values.failing.Store(false)
		values.gate <- struct{}{}
		if err := s.Ack(t.Context(), cursors[6]); err != nil {
			t.Fatal(err)
		}
		wantPlace(t, service, cursors[6])
		if err := s.Ack(t.Context(), domain.Cursor{Epoch: 3, Seq: 4}); domain.KindOf(err) != domain.Invalid {
			t.Error(err)
		}
		if counted.remembered.Load() != 1 || counted.refused.Load() != 1 || counted.failed.Load() != 3 {
			t.Errorf("remembered %d, refused %d, failed %d", counted.remembered.Load(), counted.refused.Load(), counted.failed.Load())
		}
	})
}

// A reader that is open when its name is deleted remembers anew with its next Ack, also of the same cursor.
func TestAckAfterTheNameWasDeletedRemembersAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		values, _, service, s, cursors := startSlow(t)
		close(values.gate)
		for range 2 {
			if err := s.Ack(t.Context(), cursors[7]); err != nil {
				t.Fatal(err)
			}
			wantPlace(t, service, cursors[7])
			if err := service.DeleteReader(t.Context(), domain.ReaderName{Name: "a"}); err != nil {
				t.Fatal(err)
			}
			if states, err := service.ListReaders(t.Context()); err != nil || len(states) != 0 {
				t.Fatalf("%+v, %v", states, err)
			}
		}
		if err := service.DeleteReader(t.Context(), domain.ReaderName{Name: "a"}); domain.KindOf(err) != domain.NotFound {
			t.Error(err)
		}
	})
}
