package webhooks_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"heliograph/app/webhooks"
	"heliograph/domain"
	"heliograph/ports"
)

func TestNewWebhookGetsWhatComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.put(message(alice, carol, 1))
		g := w.start(webhooks.Options{})
		settle()
		made := g.create(hook("http://a.test"))
		settle()
		w.put(message(alice, carol, 2), message(bob, carol, 1), message(alice, carol, 3))
		settle()
		got := w.bodies("http://a.test")
		slices.Sort(got)
		want := []string{notification(alice, carol, 2), notification(alice, carol, 3), notification(bob, carol, 1)}
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		ids := map[string]bool{}
		for _, c := range w.callsOf("http://a.test") {
			ids[c.ID] = true
			if c.ContentType != "application/json" || c.Timeout != domain.DefaultWebhookTimeout || len(c.Secrets) != 1 || c.Secrets[0] != made.Secrets[0].Value || c.AllowPrivate {
				t.Errorf("%+v", c)
			}
		}
		if len(ids) != 3 {
			t.Errorf("the calls have IDs %v", ids)
		}
		if s := g.status(made.ID); s.State != ports.WebhookWorking || s.LagEvents != 0 || s.LastSuccess.IsZero() || s.LastError != "" {
			t.Errorf("%+v", s)
		}
		if attempts, err := g.Attempts(t.Context(), made.ID); err != nil || len(attempts) != 3 || attempts[0].Status != 200 {
			t.Errorf("%+v, %v", attempts, err)
		}
	})
}

// In a conversation one after the other, conversations side by side up to the concurrency.
func TestOrderAndConcurrency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		running := map[string]bool{}
		w.set("http://a.test", func(_ context.Context, c ports.WebhookCall) (ports.WebhookAnswer, error) {
			source := sourceOf(c)
			w.mu.Lock()
			if running[source] {
				t.Errorf("two calls for one conversation at a time")
			}
			running[source] = true
			w.mu.Unlock()
			time.Sleep(time.Second)
			w.mu.Lock()
			defer w.mu.Unlock()
			running[source] = false
			return ports.WebhookAnswer{Status: 204}, nil
		})
		g := w.start(webhooks.Options{})
		settle()
		h := hook("http://a.test")
		h.Concurrency = 3
		g.create(h)
		settle()
		sources := []string{carol, dave, "e", "f", "g"}
		const each = 100
		for n := range each {
			for _, s := range sources {
				w.put(message(alice, s, n))
			}
		}
		pass(time.Hour)
		wantInOrder(t, w.callsOf("http://a.test"), sources, each)
		if most := w.atMost("http://a.test"); most != 3 {
			t.Errorf("%d calls at a time", most)
		}
	})
}

// sourceOf is who sent the message of a call.
func sourceOf(c ports.WebhookCall) string {
	_, rest, _ := strings.Cut(string(c.Body), `"sourceUuid":"`)
	source, _, _ := strings.Cut(rest, `"`)
	return source
}

// textOf is its text.
func textOf(c ports.WebhookCall) string {
	_, rest, _ := strings.Cut(string(c.Body), `"message":"`)
	text, _, _ := strings.Cut(rest, `"`)
	return text
}

// wantInOrder demands the messages 0 to each-1 of all sources, each once and in order.
func wantInOrder(t *testing.T, calls []ports.WebhookCall, sources []string, each int) {
	t.Helper()
	next := map[string]int{}
	for _, c := range calls {
		source := sourceOf(c)
		if !is(c, source, next[source]) {
			t.Errorf("%s got %s, want text %d", source, textOf(c), next[source])
			return
		}
		next[source]++
	}
	for _, s := range sources {
		if next[s] != each {
			t.Errorf("%s got %d of %d", s, next[s], each)
		}
	}
}

func TestWhatAWebhookWants(t *testing.T) {
	group, err := domain.ParseGroupID("group.QUFFQ0F3UUZCZ2NJQ1FvTERBME9Edz09")
	if err != nil {
		t.Fatal(err)
	}
	typing := message(alice, carol, 9)
	typing.Kind, typing.Payload = domain.KindTyping, []byte(`{"envelope":{"typingMessage":{"action":"STARTED"}},"account":"+15550100001"}`)
	grouped := message(alice, carol, 8)
	grouped.Group = group
	for name, c := range map[string]struct {
		hook domain.Webhook
		want int
	}{
		"everything": {domain.Webhook{}, 5},
		"account":    {domain.Webhook{Accounts: []domain.Account{bob}}, 1},
		"accounts":   {domain.Webhook{Accounts: []domain.Account{bob, alice}}, 5},
		"kind":       {domain.Webhook{Kinds: []domain.EventKind{domain.KindTyping}}, 1},
		"sender":     {domain.Webhook{Senders: []string{dave}}, 1},
		"group":      {domain.Webhook{Groups: []domain.GroupID{group}}, 1},
		"pattern":    {domain.Webhook{Pattern: `text [12]$`}, 3},
		"both":       {domain.Webhook{Pattern: `text [12]$`, Accounts: []domain.Account{alice}}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				g := w.start(webhooks.Options{})
				settle()
				h := c.hook
				h.URL, h.Enabled = "http://a.test", true
				made := g.create(h)
				settle()
				live := []*domain.Event{message(alice, carol, 1), message(alice, dave, 2), message(bob, carol, 1), typing, grouped}
				for _, e := range live {
					copied := *e
					w.put(&copied)
				}
				settle()
				if got := w.bodies("http://a.test"); len(got) != c.want {
					t.Errorf("new: got %d: %v", len(got), got)
				}
				if err := g.Replay(t.Context(), made.ID, domain.Oldest); err != nil {
					t.Fatal(err)
				}
				settle()
				if got := w.bodies("http://a.test"); len(got) != 2*c.want {
					t.Errorf("and again from the log: got %d", len(got))
				}
			})
		})
	}
}

// The webhooks of the configuration file: from the oldest, or from now on; and on from there after a restart.
func TestConfiguredWebhooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.put(message(alice, carol, 0))
		old, fresh := hook("http://old.test"), hook("http://fresh.test")
		old.ID, fresh.ID = "old", "fresh"
		options := webhooks.Options{Configured: []webhooks.Configured{
			{Webhook: old.WithDefaults(), FromOldest: true}, {Webhook: fresh.WithDefaults()},
		}}
		g := w.start(options)
		settle()
		w.put(message(alice, carol, 1))
		settle()
		g.stop()
		w.put(message(alice, carol, 2))
		g = w.start(options)
		settle()
		w.put(message(alice, carol, 3))
		settle()
		wantInOrder(t, w.callsOf("http://old.test"), []string{carol}, 4)
		if got := w.callsOf("http://fresh.test"); len(got) != 3 || !is(got[0], carol, 1) {
			t.Errorf("%d calls", len(got))
		}
		g.stop()
		g = w.start(webhooks.Options{}) // the file without them, for a time
		settle()
		w.put(message(alice, carol, 4))
		settle()
		g.stop()
		g = w.start(options)
		settle()
		wantInOrder(t, w.callsOf("http://old.test"), []string{carol}, 5)
		if !w.callsOf("http://old.test")[0].AllowPrivate {
			t.Error("it may not be called where it is")
		}
		if _, err := g.Update(t.Context(), "old", func(h *domain.Webhook) error { h.Name = "x"; return nil }); domain.KindOf(err) != domain.Conflict {
			t.Errorf("changing it: %v", err)
		}
		if err := g.Delete(t.Context(), "old"); domain.KindOf(err) != domain.Conflict {
			t.Errorf("deleting it: %v", err)
		}
	})
}
