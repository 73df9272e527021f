package subscriptiontest

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/domain"
)

var ending = []clause{
	{name: "CancelUnblocksNextAndLosesNothing", check: func(t *testing.T, h Harness) {
		s := subscribe(t, h, domain.Filter{}, domain.Latest)
		for n := 1; n <= 3; n++ {
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() {
				_, err := s.Next(ctx, make([]*domain.Event, 1))
				done <- err
			}()
			synctest.Wait()
			began := time.Now()
			cancel()
			wantKind(t, <-done, domain.Canceled)
			if took := time.Since(began); took > 0 {
				t.Fatalf("it took %v", took)
			}
			add(t, h.Log, event(alice, n))
			wantNumbered(t, next(t, s, 1), alice, n)
		}
	}},
	{name: "DeadlineIsATimeout", check: func(t *testing.T, h Harness) {
		s := subscribe(t, h, domain.Filter{}, domain.Latest)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		_, err := s.Next(ctx, make([]*domain.Event, 1))
		wantKind(t, err, domain.Timeout)
		if took := time.Since(began); took != time.Second {
			t.Fatalf("it took %v", took)
		}
	}},
	{name: "StreamOutlivesTheContextOfSubscribe", check: func(t *testing.T, h Harness) {
		ctx, cancel := context.WithCancel(t.Context())
		s, err := h.Subscription.Subscribe(ctx, reader(domain.Filter{}, domain.Oldest))
		if err != nil {
			t.Fatal(err)
		}
		defer s.Stop()
		cancel()
		add(t, h.Log, event(alice, 1))
		wantNumbered(t, next(t, s, 1), alice, 1)
	}},
	{name: "SubscribeOnCancelledContextIsCanceled", check: func(t *testing.T, h Harness) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := h.Subscription.Subscribe(ctx, reader(domain.Filter{}, domain.Latest))
		wantKind(t, err, domain.Canceled)
	}},
	{name: "StopUnblocksNextAndIsIdempotent", check: func(t *testing.T, h Harness) {
		for _, from := range []domain.Cursor{domain.Oldest, domain.Latest} {
			s := subscribe(t, h, domain.Filter{Account: bob}, from)
			done := make(chan error, 1)
			go func() {
				_, err := s.Next(context.Background(), make([]*domain.Event, 1))
				done <- err
			}()
			synctest.Wait()
			var group sync.WaitGroup
			for range 10 {
				group.Go(s.Stop)
			}
			group.Wait()
			wantKind(t, <-done, domain.Unavailable)
			add(t, h.Log, event(bob, 1))
			_, err := s.Next(t.Context(), make([]*domain.Event, 1))
			wantKind(t, err, domain.Unavailable)
			s.Stop()
		}
	}},
	{name: "StopWithEventsWaiting", check: func(t *testing.T, h Harness) {
		s := subscribe(t, h, domain.Filter{}, domain.Latest)
		nothing(t, s)
		addNumbered(t, h.Log, alice, 1, 5)
		synctest.Wait()
		s.Stop()
		_, err := s.Next(t.Context(), make([]*domain.Event, 1))
		wantKind(t, err, domain.Unavailable)
	}},
	{name: "ShutdownEndsEveryReader", check: func(t *testing.T, h Harness) {
		const readers = 50
		done := make(chan error, readers)
		for i := range readers {
			s := subscribe(t, h, domain.Filter{Account: []domain.Account{"", alice, bob}[i%3]}, domain.Latest)
			go func() {
				_, err := s.Next(context.Background(), make([]*domain.Event, 1))
				done <- err
			}()
		}
		synctest.Wait()
		began := time.Now()
		h.Shutdown()
		for range readers {
			wantKind(t, <-done, domain.Unavailable)
		}
		if took := time.Since(began); took > 0 {
			t.Fatalf("it took %v", took)
		}
	}},
	{name: "SubscribeAfterShutdownIsUnavailable", check: func(t *testing.T, h Harness) {
		s := subscribe(t, h, domain.Filter{}, domain.Latest)
		h.Shutdown()
		for _, from := range []domain.Cursor{domain.Oldest, domain.Latest} {
			_, err := h.Subscription.Subscribe(t.Context(), reader(domain.Filter{}, from))
			wantKind(t, err, domain.Unavailable)
		}
		_, err := s.Next(t.Context(), make([]*domain.Event, 1))
		wantKind(t, err, domain.Unavailable)
		s.Stop()
		if all, accounts, _ := h.Readership.Readers(); all || len(accounts) > 0 {
			t.Fatalf("readers after the end: %v %v", all, accounts)
		}
	}},
	{name: "ShutdownInTheMiddleOfEverything", realTime: true, check: func(t *testing.T, h Harness) {
		ctx, cancel := context.WithTimeout(context.Background(), hang)
		defer cancel()
		var group sync.WaitGroup
		defer group.Wait()
		for i := range 16 {
			group.Go(func() {
				if err := follow(ctx, h.Subscription, i, 1<<30); domain.KindOf(err) != domain.Unavailable {
					t.Errorf("reader %d: %v", i, err)
				}
			})
		}
		for n := 1; n < 5000; n++ {
			add(t, h.Log, event(alice, n))
			if n == 3000 {
				group.Go(h.Shutdown)
			}
		}
	}},
	{name: "ThousandSubscribesAndStopsLeaveNothing", realTime: true, check: func(t *testing.T, h Harness) {
		before := runtime.NumGoroutine()
		var group sync.WaitGroup
		for worker := range 8 {
			group.Go(func() {
				for i := range 125 {
					s, err := h.Subscription.Subscribe(context.Background(), reader(domain.Filter{Account: alice}, domain.Oldest))
					if err != nil {
						t.Error(err)
						return
					}
					if i%2 == 0 {
						ctx, cancel := context.WithTimeout(context.Background(), time.Duration(i%3)*time.Millisecond)
						_, _ = s.Next(ctx, make([]*domain.Event, 4))
						cancel()
					}
					add(t, h.Log, event(alice, worker*1000+i))
					s.Stop()
				}
			})
		}
		group.Wait()
		for deadline := time.Now().Add(hang); runtime.NumGoroutine() > before; {
			if time.Now().After(deadline) {
				t.Fatalf("%d goroutines, before %d", runtime.NumGoroutine(), before)
			}
			time.Sleep(time.Millisecond)
		}
		if all, accounts, _ := h.Readership.Readers(); all || len(accounts) > 0 {
			t.Fatalf("readers left: %v %v", all, accounts)
		}
	}},
}
