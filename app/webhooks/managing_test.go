package webhooks_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"heliograph/app/webhooks"
	"heliograph/domain"
	"heliograph/ports"
)

func TestCreateReadUpdateDelete(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		configured := hook("http://file.test")
		configured.ID = "file"
		options := webhooks.Options{MaxWebhooks: 2, Configured: []webhooks.Configured{{Webhook: configured.WithDefaults()}}}
		g := w.start(options)
		settle()
		group, err := domain.ParseGroupID("group.QUFFQ0F3UUZCZ2NJQ1FvTERBME9Edz09")
		if err != nil {
			t.Fatal(err)
		}
		given := domain.Webhook{
			Name: "N", URL: "https://user:s3cret@a.test/x", Accounts: []domain.Account{alice}, Kinds: []domain.EventKind{domain.KindMessage}, Senders: []string{carol},
			Groups: []domain.GroupID{group}, Pattern: "^x", Secrets: []domain.WebhookSecret{{Value: "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"}},
			Headers: map[string]string{"X-A": "b"}, Body: domain.WebhookCloudEvent, Concurrency: 9, Timeout: 3 * time.Second,
			Retry: domain.WebhookRetry{GiveUpAfter: time.Hour, MaxPause: time.Minute, DropRefused: true}, Enabled: true,
		}
		made := g.create(given)
		given.ID = made.ID
		same := func(a, b domain.Webhook) string { return cmp.Diff(a, b, cmp.AllowUnexported(domain.GroupID{})) }
		if diff := same(given, made); diff != "" {
			t.Error(diff)
		}
		entry, err := g.Get(t.Context(), made.ID)
		if diff := same(given, entry.Webhook); diff != "" || err != nil || entry.ReadOnly {
			t.Errorf("%v %s", err, diff)
		}
		g.create(hook("http://b.test"))
		if _, err := g.Create(t.Context(), hook("http://c.test")); domain.KindOf(err) != domain.Conflict {
			t.Errorf("one too many: %v", err)
		}
		if list, err := g.List(t.Context()); err != nil || len(list) != 3 || list[0].ID != "file" || !list[0].ReadOnly {
			t.Errorf("%+v, %v", list, err)
		}
		changed, err := g.Update(t.Context(), made.ID, func(h *domain.Webhook) error { h.Enabled, h.ID = false, "other"; return nil })
		if err != nil || changed.Enabled || changed.ID != made.ID {
			t.Errorf("%+v, %v", changed, err)
		}
		if _, err := g.Update(t.Context(), made.ID, func(h *domain.Webhook) error { h.Concurrency = 99; return nil }); domain.KindOf(err) != domain.Invalid {
			t.Errorf("an impossible change: %v", err)
		}
		settle()
		if s := g.status(made.ID); s.State != ports.WebhookDisabled {
			t.Errorf("%+v", s)
		}
		if err := g.Delete(t.Context(), made.ID); err != nil {
			t.Fatal(err)
		}
		settle()
		for name, err := range everything(t, g, made.ID) {
			if domain.KindOf(err) != domain.NotFound {
				t.Errorf("%s of what was deleted: %v", name, err)
			}
		}
		for name, err := range everything(t, g, "no ID!") {
			if domain.KindOf(err) != domain.NotFound {
				t.Errorf("%s of nothing: %v", name, err)
			}
		}
		g.stop()
		for _, space := range []string{"webhooks", "webhookstates", "webhookdeadletters"} {
			kept, err := w.store.List(t.Context(), space)
			for _, e := range kept {
				if err != nil || strings.Contains(e.Key, made.ID) {
					t.Errorf("%s still has %s", space, e.Value)
				}
			}
		}
	})
}

// everything is all that can be asked of a webhook, with what came of it.
func everything(t *testing.T, g *gateway, id string) map[string]error {
	ctx := t.Context()
	results := map[string]error{"delete": g.Delete(ctx, id), "replay": g.Replay(ctx, id, domain.Oldest), "drop": g.DropDeadLetters(ctx, id, ""), "drop one": g.DropDeadLetters(ctx, id, "x")}
	_, results["get"] = g.Get(ctx, id)
	_, results["update"] = g.Update(ctx, id, func(*domain.Webhook) error { return nil })
	_, results["status"] = g.Status(ctx, id)
	_, results["attempts"] = g.Attempts(ctx, id)
	_, results["test"] = g.Test(ctx, id)
	_, results["rotate"] = g.RotateSecret(ctx, id, time.Hour)
	_, results["letters"] = g.DeadLetters(ctx, id)
	_, results["redeliver"] = g.Redeliver(ctx, id, "x")
	_, _, results["redeliver all"] = g.RedeliverAll(ctx, id)
	return results
}

// A webhook that is switched off gets nothing, and what came meanwhile when it is switched on. Changes hold for the next call.
func TestSwitchingOffAndOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		g := w.start(webhooks.Options{})
		settle()
		made := g.create(hook("http://a.test"))
		settle()
		change := func(f func(*domain.Webhook)) {
			t.Helper()
			if _, err := g.Update(t.Context(), made.ID, func(h *domain.Webhook) error { f(h); return nil }); err != nil {
				t.Fatal(err)
			}
			settle()
		}
		w.put(message(alice, carol, 0))
		settle()
		change(func(h *domain.Webhook) { h.Enabled = false })
		w.put(message(alice, carol, 1), message(alice, carol, 2))
		pass(time.Hour)
		if n := len(w.callsOf("http://a.test")); n != 1 {
			t.Errorf("%d calls", n)
		}
		change(func(h *domain.Webhook) { h.Enabled = true })
		wantInOrder(t, w.callsOf("http://a.test"), []string{carol}, 3)
		change(func(h *domain.Webhook) { h.URL, h.Accounts = "http://new.test", []domain.Account{bob} })
		w.put(message(alice, carol, 3), message(bob, carol, 0))
		settle()
		if calls := w.callsOf("http://new.test"); len(calls) != 1 || len(w.callsOf("http://a.test")) != 3 {
			t.Errorf("%d calls", len(calls))
		}
		if all, accounts, _ := g.hub.Readers(); all || len(accounts) != 1 || accounts[0] != bob {
			t.Errorf("it reads %v, %v", all, accounts)
		}
		if err := g.Delete(t.Context(), made.ID); err != nil {
			t.Fatal(err)
		}
		settle()
		if all, accounts, _ := g.hub.Readers(); all || len(accounts) != 0 {
			t.Errorf("without a webhook it reads %v, %v", all, accounts)
		}
	})
}

func TestRotatingTheSecret(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		g := w.start(webhooks.Options{})
		settle()
		made := g.create(hook("http://a.test"))
		first := made.Secrets[0].Value
		second, err := g.RotateSecret(t.Context(), made.ID, time.Hour)
		if err != nil || second == first {
			t.Fatal(err)
		}
		settle()
		secrets := func() []string {
			w.put(message(alice, carol, len(w.callsOf("http://a.test"))))
			settle()
			calls := w.callsOf("http://a.test")
			return calls[len(calls)-1].Secrets
		}
		if diff := cmp.Diff([]string{second, first}, secrets()); diff != "" {
			t.Error(diff)
		}
		pass(time.Hour)
		if diff := cmp.Diff([]string{second}, secrets()); diff != "" {
			t.Error(diff)
		}
		third, err := g.RotateSecret(t.Context(), made.ID, 0)
		settle()
		if diff := cmp.Diff([]string{third}, secrets()); diff != "" || err != nil {
			t.Error(err, diff)
		}
		for _, secret := range []string{first, second, third} {
			if _, err := domain.ParseWebhookSecret(secret); err != nil || strings.Contains(g.lines.String(), secret) {
				t.Errorf("%v, or it is logged", err)
			}
		}
	})
}
