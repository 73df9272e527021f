package receiving_test

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/adapters/memlog"
	"heliograph/app/receiving"
	"heliograph/domain"
	"heliograph/ports"
)

// wantPayloads demands that events are the messages first to last of account.
func wantPayloads(t testing.TB, events []*domain.Event, account domain.Account, first, last int) {
	t.Helper()
	if len(events) != last-first+1 {
		t.Fatalf("%d events, want %d", len(events), last-first+1)
	}
	for i, e := range events {
		if string(e.Payload) != string(payload(account, first+i)) {
			t.Fatalf("event %d is %s", i, e.Payload)
		}
	}
}

func TestDrainGoesOnWhereTheLastOneEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := start(t, memlog.New(memlog.Options{}), receiving.Options{})
		if events := drain(t, s, alice, ports.DrainOptions{}); events == nil || len(events) != 0 {
			t.Fatalf("%v, want an empty list", events)
		}
		for n := range 2500 {
			receive(t, s, payload(alice, n))
			receive(t, s, payload(bob, n))
		}
		synctest.Wait()
		wantPayloads(t, drain(t, s, alice, ports.DrainOptions{MaxMessages: 3}), alice, 0, 2)
		wantPayloads(t, drain(t, s, alice, ports.DrainOptions{Timeout: time.Hour}), alice, 3, 1002)
		wantPayloads(t, drain(t, s, alice, ports.DrainOptions{MaxMessages: 2000}), alice, 1003, 2499)
		wantPayloads(t, drain(t, s, alice, ports.DrainOptions{}), alice, 0, -1)
		wantPayloads(t, drain(t, s, bob, ports.DrainOptions{MaxMessages: 1}), bob, 0, 0)
	})
}

func TestDrainWaitsOnlyWhileThereIsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := start(t, memlog.New(memlog.Options{}), receiving.Options{})
		for _, c := range []struct {
			timeout, wait time.Duration
		}{{0, 0}, {time.Minute, time.Minute}} {
			began := time.Now()
			wantPayloads(t, drain(t, s, alice, ports.DrainOptions{Timeout: c.timeout}), alice, 0, -1)
			if took := time.Since(began); took != c.wait {
				t.Errorf("timeout %v took %v", c.timeout, took)
			}
		}
		began := time.Now()
		time.AfterFunc(10*time.Second, func() {
			_ = s.Receive(context.Background(), payload(bob, 1))
		})
		time.AfterFunc(20*time.Second, func() {
			_ = s.Receive(context.Background(), payload(alice, 1))
		})
		wantPayloads(t, drain(t, s, alice, ports.DrainOptions{Timeout: -1}), alice, 1, 1)
		if took := time.Since(began); took != 20*time.Second {
			t.Errorf("the event was given after %v", took)
		}
	})
}

func TestDrainsOfOneAccountTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := memlog.New(memlog.Options{})
		s, _ := start(t, log, receiving.Options{})
		var (
			group sync.WaitGroup
			mu    sync.Mutex // guards seen
			seen  = map[domain.Cursor]int{}
		)
		for range 20 {
			group.Go(func() {
				for range 50 {
					events, err := drainOnce(t.Context(), s, alice, ports.DrainOptions{MaxMessages: 7, Timeout: 10 * time.Millisecond})
					if err != nil {
						t.Error(err)
					}
					mu.Lock()
					for _, e := range events {
						seen[e.Cursor]++
					}
					mu.Unlock()
				}
			})
		}
		for n := range 1000 {
			receive(t, s, payload(alice, n))
			time.Sleep(time.Millisecond)
		}
		group.Wait()
		for _, e := range drain(t, s, alice, ports.DrainOptions{}) {
			seen[e.Cursor]++
		}
		for _, n := range seen {
			if n != 1 {
				t.Fatalf("an event was given %d times", n)
			}
		}
		if len(seen) != 1000 {
			t.Errorf("%d events were given, want 1000", len(seen))
		}
	})
}

func TestDrainEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := start(t, memlog.New(memlog.Options{}), receiving.Options{})
		ctx, cancel := context.WithCancel(t.Context())
		ends := make(chan error, 2)
		for range 2 { // one waits for events, one for its turn
			go func() {
				_, err := drainOnce(ctx, s, alice, ports.DrainOptions{Timeout: time.Hour})
				ends <- err
			}()
		}
		synctest.Wait()
		began := time.Now()
		cancel()
		for range 2 {
			if err := <-ends; domain.KindOf(err) != domain.Canceled {
				t.Error(err)
			}
		}
		if took := time.Since(began); took > 0 {
			t.Errorf("it took %v", took)
		}
		receive(t, s, payload(alice, 1))
		wantPayloads(t, drain(t, s, alice, ports.DrainOptions{Timeout: time.Hour}), alice, 1, 1)
	})
}

func TestDrainsOfNothingAreNotRemembered(t *testing.T) {
	s, _ := start(t, memlog.New(memlog.Options{}), receiving.Options{})
	heap := func() int64 {
		var stats runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&stats)
		return int64(stats.HeapAlloc)
	}
	receive(t, s, payload(alice, 0))
	wantPayloads(t, drain(t, s, alice, ports.DrainOptions{Timeout: time.Minute}), alice, 0, 0)
	before := heap()
	for n := range 10_000 {
		drain(t, s, accountOf(5000+n), ports.DrainOptions{})
	}
	if more := heap() - before; more > 1<<20 {
		t.Errorf("10,000 accounts without events hold %d bytes", more)
	}
	wantPayloads(t, drain(t, s, alice, ports.DrainOptions{}), alice, 0, -1)
}

func TestDrainPastRetentionIsCountedAndGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		observer := &counts{}
		s, _ := start(t, memlog.New(memlog.Options{MaxBytes: 100_000}), receiving.Options{Observer: observer})
		receive(t, s, payload(alice, 0))
		wantPayloads(t, drain(t, s, alice, ports.DrainOptions{Timeout: time.Second}), alice, 0, 0)
		for n := 1; n < 2000; n++ {
			receive(t, s, payload(alice, n))
		}
		synctest.Wait()
		events := drain(t, s, alice, ports.DrainOptions{})
		wantPayloads(t, events, alice, 2000-len(events), 1999)
		if observer.gaps != 1 || len(events) < 10 {
			t.Errorf("%d gaps, %d events", observer.gaps, len(events))
		}
	})
}
