package hub_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"

	"heliograph/adapters/hub"
	"heliograph/adapters/memlog"
	"heliograph/domain"
	"heliograph/ports"
)

// large makes n events of alice with as many bytes each.
func large(n, bytes int) []*domain.Event {
	events := make([]*domain.Event, n)
	for i := range events {
		events[i] = &domain.Event{Account: alice, Kind: domain.KindMessage, Payload: make([]byte, bytes)}
	}
	return events
}

// take reads n events.
func take(s ports.Stream, n int) error {
	into := make([]*domain.Event, 64)
	for got := 0; got < n; {
		more, err := s.Next(context.Background(), into)
		if err != nil {
			return err
		}
		got += more
	}
	return nil
}

// A burst that is larger than a queue moves nobody to catch-up who reads as fast as it is published.
func TestABurstLeavesThoseLiveWhoRead(t *testing.T) {
	for name, c := range map[string]struct {
		options       hub.Options
		events, bytes int
	}{
		"defaults":       {hub.Options{}, 512, 9 << 10},
		"small in bytes": {hub.Options{MaxQueueBytes: 64 << 10}, 512, 9 << 10},
		"few messages":   {hub.Options{MaxQueueMessages: 100}, 512, 100},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const readers = 20
				observer := &counts{}
				c.options.Observer = observer
				log := memlog.New(memlog.Options{})
				h, stop := start(t, log, c.options)
				var group sync.WaitGroup
				for range readers {
					s := subscribe(t, h, alice, domain.Latest)
					group.Go(func() {
						if err := take(s, c.events); err != nil {
							t.Error(err)
						}
					})
				}
				synctest.Wait() // all are live
				appendTo(t, log, large(c.events, c.bytes)...)
				group.Wait()
				if n := observer.catchUps.Load(); n != 0 {
					t.Errorf("%d catch-ups of %d readers", n, readers)
				}
				stop()
			})
		})
	}
}
