package webhooks_test

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"heliograph/adapters/memlog"
	"heliograph/app/webhooks"
	"heliograph/domain"
	"heliograph/ports"
)

var update = flag.Bool("update", false, "rewrite golden files")

// The bodies of all forms, byte by byte; the payload goes through untouched.
func TestBodies(t *testing.T) {
	group, err := domain.ParseGroupID("group.QUFFQ0F3UUZCZ2NJQ1FvTERBME9Edz09")
	if err != nil {
		t.Fatal(err)
	}
	events := map[string]domain.Event{
		"message": {Account: alice, Kind: domain.KindMessage, Source: carol, Received: 1767225600123,
			Payload: []byte(`{"envelope":{"x":1.0, "new":["<é>"]},"account":"+15550100001"}`)},
		"group": {Account: alice, Kind: domain.KindReaction, Source: carol, Group: group, Received: 1767225600000, Payload: []byte(`{"account":"+15550100001"}`)},
		"error": {Kind: domain.KindReceiveError, Received: 1767225600000, Payload: []byte(`{"error":{"code":-1,"data":null}}`)},
	}
	for _, form := range []domain.WebhookBody{domain.WebhookReference, domain.WebhookEvent, domain.WebhookCloudEvent} {
		for name, event := range events {
			t.Run(string(form)+" "+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t)
					w.log = memlog.New(memlog.Options{Epoch: 7})
					h := hook("http://a.test")
					h.ID, h.Body = "fixed", form
					w.start(webhooks.Options{Configured: []webhooks.Configured{{Webhook: h.WithDefaults()}}})
					settle()
					w.put(&event)
					settle()
					calls := w.callsOf("http://a.test")
					if len(calls) != 1 || !json.Valid(calls[0].Body) || !strings.Contains(string(calls[0].Body), strings.Trim(string(event.Payload), "{}")) {
						t.Fatalf("%+v", calls)
					}
					got := calls[0].ContentType + "\n" + calls[0].ID + "\n" + string(calls[0].Body) + "\n"
					golden := filepath.Join("testdata", string(form)+"-"+name+".golden")
					if *update {
						if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
							t.Fatal(err)
						}
					}
					want, err := os.ReadFile(golden)
					if err != nil || string(want) != got {
						t.Errorf("receivers read this; -update when the change is meant: %v\n%s\nwant\n%s", err, got, want)
					}
				})
			})
		}
	}
}

// A test of a webhook arrives in its form, signed like all others, and is told of at once.
func TestTestEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		g := w.start(webhooks.Options{})
		settle()
		h := hook("http://a.test")
		h.Body, h.Accounts = domain.WebhookEvent, []domain.Account{bob}
		made := g.create(h)
		settle()
		for _, c := range []struct {
			does    answer
			outcome ports.WebhookOutcome
			status  int
		}{{nil, ports.OutcomeDelivered, 200}, {says(410), ports.OutcomeGone, 410}, {hangs, ports.OutcomeTimeout, 0}, {fails(domain.Invalid), ports.OutcomeForbidden, 0}} {
			w.set("http://a.test", c.does)
			a, err := g.Test(t.Context(), made.ID)
			if err != nil || a.Outcome != c.outcome || a.Status != c.status || (a.Error == "") != (c.outcome == ports.OutcomeDelivered) || a.Event != (domain.Cursor{}) {
				t.Errorf("%+v, %v", a, err)
			}
		}
		calls := w.callsOf("http://a.test")
		var body struct {
			ID, Account, Kind string
			Payload           struct {
				Envelope struct{ DataMessage struct{ Message string } }
			}
		}
		if err := json.Unmarshal(calls[0].Body, &body); err != nil || body.ID != calls[0].ID || body.Account != string(bob) || body.Kind != "message" ||
			!strings.Contains(body.Payload.Envelope.DataMessage.Message, "test") || len(calls[0].Secrets) != 1 {
			t.Errorf("%+v, %v", body, err)
		}
		if calls[0].ID == calls[1].ID {
			t.Error("two tests have one ID")
		}
		if s := g.status(made.ID); s.State != ports.WebhookWorking {
			t.Errorf("a test changed it: %+v", s)
		}
		if attempts, _ := g.Attempts(t.Context(), made.ID); len(attempts) != 4 || attempts[0].Outcome != ports.OutcomeForbidden {
			t.Errorf("%+v", attempts)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		w.set("http://a.test", hangs)
		if _, err := g.Test(ctx, made.ID); domain.KindOf(err) != domain.Canceled {
			t.Errorf("who went away: %v", err)
		}
	})
}
