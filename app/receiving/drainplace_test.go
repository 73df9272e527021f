package receiving_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/adapters/memkv"
	"heliograph/adapters/memlog"
	"heliograph/app/receiving"
	"heliograph/domain"
	"heliograph/ports"
)

func TestDrainGoesOnInAnotherLifeOfTheGateway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, values := memlog.New(memlog.Options{}), memkv.New()
		s, stop := startOn(t, log, values, receiving.Options{})
		for n := range 10 {
			receive(t, s, payload(alice, n))
		}
		synctest.Wait()
		wantPayloads(t, drain(t, s, alice, ports.DrainOptions{MaxMessages: 4}), alice, 0, 3)
		stop()
		again, _ := startOn(t, log, values, receiving.Options{})
		beside, _ := startOn(t, log, values, receiving.Options{})
		wantPayloads(t, drain(t, again, alice, ports.DrainOptions{MaxMessages: 2}), alice, 4, 5)
		wantPayloads(t, drain(t, beside, alice, ports.DrainOptions{}), alice, 6, 9)
		wantPayloads(t, drain(t, again, alice, ports.DrainOptions{}), alice, 0, -1)
	})
}

func TestDrainThatWasNotTakenIsGivenAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := start(t, memlog.New(memlog.Options{}), receiving.Options{})
		for n := range 5 {
			receive(t, s, payload(alice, n))
		}
		synctest.Wait()
		gone := errors.New("the client has gone")
		for range 3 {
			err := s.Drain(t.Context(), alice, ports.DrainOptions{MaxMessages: 3}, func(events []*domain.Event) error {
				wantPayloads(t, events, alice, 0, 2)
				return gone
			})
			if !errors.Is(err, gone) {
				t.Fatal(err)
			}
		}
		wantPayloads(t, drain(t, s, alice, ports.DrainOptions{}), alice, 0, 4)
	})
}

func TestDrainsWaitWhileOneIsTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := start(t, memlog.New(memlog.Options{}), receiving.Options{})
		for n := range 4 {
			receive(t, s, payload(alice, n))
		}
		synctest.Wait()
		second := make(chan []*domain.Event, 1)
		err := s.Drain(t.Context(), alice, ports.DrainOptions{MaxMessages: 2}, func(events []*domain.Event) error {
			wantPayloads(t, events, alice, 0, 1)
			go func() {
				events, _ := drainOnce(context.Background(), s, alice, ports.DrainOptions{MaxMessages: 2})
				second <- events
			}()
			synctest.Wait()
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		wantPayloads(t, <-second, alice, 2, 3)
	})
}

// away is a KeyValue that can be read only, while away is set, and hangs while hanging.
type away struct {
	*memkv.Store
	away, hanging atomic.Bool
}

func (a *away) Put(ctx context.Context, space, key string, value []byte, revision uint64) (uint64, error) {
	if a.hanging.Load() {
		<-ctx.Done()
		return 0, ctx.Err()
	}
	if a.away.Load() {
		return 0, domain.Errorf(domain.Unavailable, "put", "the store is away")
	}
	return a.Store.Put(ctx, space, key, value, revision)
}

func TestDrainSaysWhenItsPlaceIsNotRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		values := &away{Store: memkv.New()}
		s, _ := startOn(t, memlog.New(memlog.Options{}), values, receiving.Options{})
		receive(t, s, payload(alice, 0))
		synctest.Wait()
		values.away.Store(true)
		if events, err := drainOnce(t.Context(), s, alice, ports.DrainOptions{}); domain.KindOf(err) != domain.Unavailable || len(events) != 1 {
			t.Fatal(events, err)
		}
		values.hanging.Store(true)
		began := time.Now()
		if events, err := drainOnce(t.Context(), s, alice, ports.DrainOptions{}); domain.KindOf(err) != domain.Timeout || len(events) != 1 {
			t.Fatal(events, err)
		}
		if took := time.Since(began); took > time.Minute {
			t.Errorf("it took %v", took)
		}
		values.hanging.Store(false)
		values.away.Store(false)
		wantPayloads(t, drain(t, s, alice, ports.DrainOptions{}), alice, 0, 0)
		wantPayloads(t, drain(t, s, alice, ports.DrainOptions{}), alice, 0, -1)
	})
}

// The client may go as soon as it has the answer.
func TestDrainIsRememberedAlthoughTheClientGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := start(t, memlog.New(memlog.Options{}), receiving.Options{})
		receive(t, s, payload(alice, 0))
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		err := s.Drain(ctx, alice, ports.DrainOptions{}, func([]*domain.Event) error {
			cancel()
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		wantPayloads(t, drain(t, s, alice, ports.DrainOptions{}), alice, 0, -1)
	})
}
