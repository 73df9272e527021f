package hub_test

import (
	"testing"
	"testing/synctest"

	"heliograph/adapters/hub"
	"heliograph/adapters/memlog"
	"heliograph/domain"
	"heliograph/ports"
)

// fellBehind counts by transport who fell behind; only the publisher calls it.
type fellBehind struct {
	counts
	readers map[string]int
}

func (f *fellBehind) CatchUp(transport string) { f.readers[transport]++ }

// Readers that are stuck use up the bytes that all queues may have together; one that reads stays live.
func TestStuckReadersDoNotPushOutOneWhoReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const stuck, events, size = 10, 200, 1000
		observer := &fellBehind{readers: make(map[string]int)}
		log := memlog.New(memlog.Options{})
		h, stop := start(t, log, hub.Options{MaxTotalBytes: stuck * 10 * size, Observer: observer})
		for range stuck {
			idle(t, subscribe(t, h, alice, domain.Latest)) // live, and never reads again
		}
		healthy, err := h.Subscribe(t.Context(), ports.Reader{Transport: "healthy", Filter: domain.Filter{Account: alice}, From: domain.Latest})
		if err != nil {
			t.Fatal(err)
		}
		defer healthy.Stop()
		idle(t, healthy)
		for range events {
			appendTo(t, log, large(1, size)...)
			if err := take(healthy, 1); err != nil {
				t.Fatal(err)
			}
		}
		stop()
		if n := observer.readers["healthy"]; n != 0 {
			t.Errorf("the reader that reads fell behind %d times", n)
		}
		if n := observer.readers["poll"]; n == 0 {
			t.Error("no reader fell behind: the test tests nothing")
		}
	})
}
