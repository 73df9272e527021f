package reading_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/adapters/memlog"
	"heliograph/domain"
	"heliograph/ports"
)

func (g gateway) poll(t testing.TB, r ports.Reader, limit int, timeout time.Duration) ports.Page {
	t.Helper()
	r.Transport = "poll"
	batch, err := g.Poll(t.Context(), r, limit, timeout)
	if err != nil {
		t.Fatal(err)
	}
	return batch
}

func TestPollGoesOnFromNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := start(t, memlog.Options{})
		g.add(t, alice, 1, 5)
		g.add(t, bob, 6, 9)
		ofAlice := ports.Reader{Filter: domain.Filter{Account: alice}}
		batch := g.poll(t, ofAlice, 3, time.Hour)
		wantNumbers(t, batch.Events, 1, 2, 3)
		batch = g.poll(t, ports.Reader{Filter: ofAlice.Filter, From: batch.Next}, 100, 0)
		wantNumbers(t, batch.Events, 4, 5)
		batch = g.poll(t, ports.Reader{Filter: ofAlice.Filter, From: batch.Next}, 100, 0)
		wantNumbers(t, batch.Events)
		if last, _, err := g.log.Tail(t.Context()); err != nil || batch.Next != last {
			t.Errorf("next is %v, want %v past what was for others", batch.Next, last)
		}
		latest := g.poll(t, ports.Reader{From: domain.Latest}, 100, 0)
		g.add(t, alice, 10, 10)
		wantNumbers(t, g.poll(t, ports.Reader{From: latest.Next}, 100, 0).Events, 10)
	})
}

func TestPollWaitsWhileThereIsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := start(t, memlog.Options{})
		ofAlice := ports.Reader{Filter: domain.Filter{Account: alice}, From: domain.Latest}
		began := time.Now()
		batch := g.poll(t, ofAlice, 100, time.Minute)
		if took := time.Since(began); len(batch.Events) != 0 || took != time.Minute {
			t.Fatalf("%d events after %v", len(batch.Events), took)
		}
		time.AfterFunc(time.Second, func() { g.add(t, bob, 1, 1) })
		time.AfterFunc(5*time.Second, func() { g.add(t, alice, 2, 3) })
		began = time.Now()
		batch = g.poll(t, ofAlice, 100, time.Minute)
		if took := time.Since(began); took != 5*time.Second {
			t.Errorf("it took %v", took)
		}
		ofAlice.From = batch.Next
		more := g.poll(t, ofAlice, 100, time.Second)
		wantNumbers(t, append(batch.Events, more.Events...), 2, 3)

		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			_, err := g.Poll(ctx, ports.Reader{Transport: "poll", From: domain.Latest}, 1, time.Hour)
			ended <- err
		}()
		synctest.Wait()
		if all, _, _ := g.hub.Readers(); !all {
			t.Error("who waits is no reader")
		}
		cancel()
		if err := <-ended; domain.KindOf(err) != domain.Canceled {
			t.Error(err)
		}
	})
}

func TestPollOfANameMovesItOnlyWhenAskedFromACursor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := start(t, memlog.Options{})
		g.add(t, alice, 1, 4)
		for range 2 {
			wantNumbers(t, g.poll(t, ports.Reader{Remember: "/a"}, 2, 0).Events, 1, 2)
		}
		first := g.poll(t, ports.Reader{Remember: "/a"}, 2, 0)
		for range 2 {
			second := g.poll(t, ports.Reader{Remember: "/a", From: first.Next, Resume: true}, 2, 0)
			wantNumbers(t, second.Events, 3, 4)
		}
		wantNumbers(t, g.poll(t, ports.Reader{Remember: "/a", From: domain.Oldest}, 2, 0).Events, 3, 4)
		wantNumbers(t, g.poll(t, ports.Reader{Remember: "/new", From: domain.Latest}, 2, 0).Events)
		g.add(t, alice, 5, 6)
		wantNumbers(t, g.poll(t, ports.Reader{Remember: "/new", From: domain.Latest}, 2, time.Minute).Events, 5, 6)
	})
}

func TestPollTellsOfGapAndReset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := start(t, memlog.Options{MaxBytes: 10_000})
		early := g.add(t, alice, 1, 1)[0]
		g.add(t, alice, 2, 500)
		batch := g.poll(t, ports.Reader{From: early}, 1, time.Hour)
		if batch.Gap == nil || batch.Gap.After != early || batch.Gap.Next != batch.Events[0].Cursor || batch.Reset {
			t.Errorf("%+v", batch)
		}
		batch = g.poll(t, ports.Reader{From: domain.Cursor{Epoch: early.Epoch + 2, Seq: 1}}, 1, time.Hour)
		if !batch.Reset || batch.Gap != nil || len(batch.Events) != 1 {
			t.Errorf("%+v", batch)
		}
		empty := start(t, memlog.Options{})
		if batch := empty.poll(t, ports.Reader{From: early}, 1, time.Hour); !batch.Reset || len(batch.Events) != 0 {
			t.Errorf("%+v", batch)
		}
	})
}

func TestHistoryGoesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := start(t, memlog.Options{})
		g.add(t, alice, 1, 3)
		g.add(t, bob, 1, 20_000) // more than the log looks at in one step
		g.add(t, alice, 4, 5)
		ofAlice := domain.Filter{Account: alice}
		past, err := g.History(t.Context(), ofAlice, domain.Latest, 3)
		if err != nil {
			t.Fatal(err)
		}
		wantNumbers(t, past.Events, 5, 4, 3)
		if past.Done {
			t.Error("done before the oldest")
		}
		past, err = g.History(t.Context(), ofAlice, past.Next, 100)
		if err != nil || !past.Done {
			t.Fatal(past.Done, err)
		}
		wantNumbers(t, past.Events, 2, 1)
		if _, err = g.History(t.Context(), ofAlice, domain.Cursor{Epoch: 1, Seq: 1}, 100); domain.KindOf(err) != domain.Invalid {
			t.Error(err)
		}
	})
}

func TestHistoryIsBoundedInBytes(t *testing.T) {
	g := start(t, memlog.Options{})
	for n := range 40 {
		e := event(alice, n)
		e.Payload = make([]byte, 100<<10)
		e.Payload[0] = byte(n)
		if err := g.log.Append(t.Context(), []*domain.Event{e}); err != nil {
			t.Fatal(err)
		}
	}
	until, seen := domain.Latest, 0
	for done := false; !done; {
		past, err := g.History(t.Context(), domain.Filter{}, until, 1000)
		if err != nil || len(past.Events) > 10 {
			t.Fatal(len(past.Events), err)
		}
		for _, e := range past.Events {
			seen++
			if e.Payload[0] != byte(40-seen) {
				t.Fatalf("event %d where %d was due", e.Payload[0], 40-seen)
			}
		}
		until, done = past.Next, past.Done
	}
	if seen != 40 {
		t.Errorf("%d of 40 events", seen)
	}
}

func TestForgetDeletesEventsAndPlacesOfAnAccount(t *testing.T) {
	g := start(t, memlog.Options{})
	g.add(t, alice, 1, 3)
	g.add(t, bob, 4, 5)
	for _, name := range []domain.ReaderName{{Account: alice, Name: "x"}, {Account: alice}, {Account: bob, Name: "x"}, {Name: "x"}} {
		g.poll(t, ports.Reader{Remember: name.Key()}, 1, 0)
	}
	for _, account := range []domain.Account{alice, bob} {
		if _, err := g.values.Put(t.Context(), "drains", string(account), []byte(`{}`), 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := g.Forget(t.Context(), alice); err != nil {
		t.Fatal(err)
	}
	wantNumbers(t, g.poll(t, ports.Reader{}, 100, 0).Events, 4, 5)
	states, err := g.ListReaders(t.Context())
	if err != nil || len(states) != 2 || states[0].Name != (domain.ReaderName{Account: bob, Name: "x"}) || states[1].Name != (domain.ReaderName{Name: "x"}) {
		t.Errorf("%+v, %v", states, err)
	}
	if _, err := g.values.Get(t.Context(), "drains", string(alice)); domain.KindOf(err) != domain.NotFound {
		t.Error(err)
	}
	if _, err := g.values.Get(t.Context(), "drains", string(bob)); err != nil {
		t.Error(err)
	}
}

func TestReadersAreListedWithTheirLag(t *testing.T) {
	g := start(t, memlog.Options{})
	cursors := g.add(t, alice, 1, 10)
	before := time.Now().Add(-time.Second)
	g.poll(t, ports.Reader{Remember: "/late", From: domain.Oldest}, 1, 0)
	g.poll(t, ports.Reader{Remember: "/almost", From: cursors[7], Resume: true}, 1, 0)
	g.poll(t, ports.Reader{Remember: "/other epoch", From: domain.Cursor{Epoch: 3, Seq: 3}, Resume: true}, 1, 0)
	g.poll(t, ports.Reader{Remember: "a key of somebody else"}, 1, 0)
	states, err := g.ListReaders(t.Context())
	if err != nil || len(states) != 3 {
		t.Fatalf("%+v, %v", states, err)
	}
	for i, want := range []struct {
		name   string
		behind int64
	}{{"almost", 2}, {"late", 10}, {"other epoch", -1}} {
		if s := states[i]; s.Name.Name != want.name || s.Behind != want.behind || s.Updated.Before(before) {
			t.Errorf("%+v, want %+v", s, want)
		}
	}
}
