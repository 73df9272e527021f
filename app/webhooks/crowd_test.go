package webhooks_test

import (
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/app/webhooks"
	"heliograph/domain"
	"heliograph/ports"
)

// Of a hundred webhooks fifty hang: the others get everything at once, and so does a reader of the hub.
func TestThoseThatHangHoldUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		g := w.start(webhooks.Options{})
		settle()
		const each, hooks = 200, 100
		url := func(n int) string { return fmt.Sprintf("http://%d.test", n) }
		for n := range hooks {
			h := hook(url(n))
			h.Timeout = domain.MaxWebhookTimeout
			h.Concurrency = domain.MaxWebhookConcurrency
			g.create(h)
			if n%2 == 0 {
				w.set(url(n), hangs)
			}
		}
		settle()
		reader, err := g.hub.Subscribe(t.Context(), ports.Reader{Transport: "websocket", From: domain.Latest})
		if err != nil {
			t.Fatal(err)
		}
		defer reader.Stop()
		var into [1]*domain.Event
		began := time.Now()
		sources := []string{carol, dave, "e", "f"}
		for n := range each {
			for _, s := range sources {
				w.put(message(alice, s, n))
				if _, err := reader.Next(t.Context(), into[:]); err != nil || into[0].Source != s {
					t.Fatalf("the reader got %v, %v", into[0], err)
				}
			}
			settle()
			for h := 1; h < hooks; h += 2 {
				if got := len(w.callsOf(url(h))); got != (n+1)*len(sources) {
					t.Fatalf("webhook %d had %d calls after %d events", h, got, (n+1)*len(sources))
				}
			}
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("somebody waited: %s", took)
		}
		for h := 1; h < hooks; h += 2 {
			wantInOrder(t, w.callsOf(url(h)), sources, each)
		}
	})
}

// Webhooks that nothing happens to cost no goroutine, and no saving beyond one now and then.
func TestIdleWebhooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		counted := &puts{KeyValue: w.store}
		w.store = counted
		const hooks = 1000
		var options webhooks.Options
		for n := range hooks {
			h := hook(fmt.Sprintf("http://%d.test", n))
			h.ID, h.Accounts = fmt.Sprint("hook", n), []domain.Account{domain.Account(fmt.Sprintf("+1555010%04d", n))}
			options.Configured = append(options.Configured, webhooks.Configured{Webhook: h.WithDefaults()})
		}
		before := runtime.NumGoroutine()
		g := w.start(options)
		settle()
		if n := runtime.NumGoroutine() - before; n > 10 {
			t.Errorf("%d goroutines", n)
		}
		saved := counted.of("webhookstates")
		for n := range 500 {
			w.put(message("+15550100001", carol, n)) // account of webhook 1
			pass(100 * time.Millisecond)
		}
		if n := counted.of("webhookstates") - saved; n > 500 {
			t.Errorf("%d savings in 50 s", n)
		}
		pass(2 * time.Minute)
		if n := counted.of("webhookstates") - saved; n < hooks || n > hooks+700 {
			t.Errorf("%d savings afterwards", n)
		}
		if s := g.status("hook7"); s.LagEvents != 0 || s.State != ports.WebhookWorking {
			t.Errorf("%+v", s)
		}
	})
}
