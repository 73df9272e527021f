package webhooks_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/app/webhooks"
	"heliograph/domain"
	"heliograph/ports"
)

func TestEnd(t *testing.T) {
	for name, c := range map[string]struct {
		does  answer
		left  uint64
		takes time.Duration
	}{
		"lets a call finish": {func(context.Context, ports.WebhookCall) (ports.WebhookAnswer, error) {
			time.Sleep(1500 * time.Millisecond)
			return ports.WebhookAnswer{Status: 200}, nil
		}, 1, time.Second},
		"ends one that hangs":        {hangs, 2, 2 * time.Second},
		"does not wait to try again": {says(500), 2, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.set("http://a.test", c.does)
				g := w.start(webhooks.Options{})
				settle()
				made := g.create(hook("http://a.test"))
				settle()
				w.put(message(alice, carol, 0), message(alice, carol, 1))
				time.Sleep(500 * time.Millisecond)
				began := time.Now()
				g.end()
				if err := <-g.ended; domain.KindOf(err) != domain.Canceled {
					t.Errorf("Run: %v", err)
				}
				if took := time.Since(began); took != c.takes {
					t.Errorf("it took %s", took)
				}
				for _, call := range w.callsOf("http://a.test") {
					if is(call, carol, 1) {
						t.Error("a call was begun after the end")
					}
				}
				if s := g.status(made.ID); s.LagEvents != c.left {
					t.Errorf("kept is %+v", s)
				}
			})
		})
	}
}

func TestEndsWithTheSubscription(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		g := w.start(webhooks.Options{})
		settle()
		g.create(hook("http://a.test"))
		settle()
		g.endHub()
		if err := <-g.ended; domain.KindOf(err) != domain.Unavailable {
			t.Errorf("Run: %v", err)
		}
	})
}
