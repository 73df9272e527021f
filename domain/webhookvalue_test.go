package domain_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"heliograph/domain"
)

func TestWebhookDefaults(t *testing.T) {
	w := domain.Webhook{ID: "hook_1", URL: "https://example.org/"}.WithDefaults()
	want := domain.Webhook{
		ID: "hook_1", URL: "https://example.org/", Body: domain.WebhookEvent, Concurrency: 4, Timeout: 10 * time.Second,
		Retry: domain.WebhookRetry{GiveUpAfter: 24 * time.Hour, MaxPause: 5 * time.Minute},
	}
	if diff := cmp.Diff(want, w); diff != "" {
		t.Error(diff)
	}
	if err := w.Check(); err != nil {
		t.Error(err)
	}
}

func TestWebhookCheck(t *testing.T) {
	for name, change := range map[string]func(*domain.Webhook){
		"ID":            func(w *domain.Webhook) { w.ID = "a.b" },
		"no ID":         func(w *domain.Webhook) { w.ID = "" },
		"URL":           func(w *domain.Webhook) { w.URL = "ftp://user:s3cret@example.org" },
		"name":          func(w *domain.Webhook) { w.Name = strings.Repeat("x", 101) },
		"name, bytes":   func(w *domain.Webhook) { w.Name = "\xff" },
		"kind":          func(w *domain.Webhook) { w.Kinds = []domain.EventKind{"s3cret"} },
		"kind of a gap": func(w *domain.Webhook) { w.Kinds = []domain.EventKind{domain.KindGap} },
		"sender":        func(w *domain.Webhook) { w.Senders = []string{"--s3cret"} },
		"many senders":  func(w *domain.Webhook) { w.Senders = make([]string, 101) },
		"pattern":       func(w *domain.Webhook) { w.Pattern = "(s3cret" },
		"long pattern":  func(w *domain.Webhook) { w.Pattern = strings.Repeat("x", 1001) },
		"secret":        func(w *domain.Webhook) { w.Secrets = []domain.WebhookSecret{{Value: "s3cret"}} },
		"three secrets": func(w *domain.Webhook) { w.Secrets = make([]domain.WebhookSecret, 3) },
		"header":        func(w *domain.Webhook) { w.Headers = map[string]string{"Host": "s3cret"} },
		"body":          func(w *domain.Webhook) { w.Body = "s3cret" },
		"concurrency":   func(w *domain.Webhook) { w.Concurrency = 65 },
		"negative":      func(w *domain.Webhook) { w.Concurrency = -1 },
		"timeout":       func(w *domain.Webhook) { w.Timeout = 301 * time.Second },
		"give up":       func(w *domain.Webhook) { w.Retry.GiveUpAfter = -1 },
		"pause":         func(w *domain.Webhook) { w.Retry.MaxPause = 25 * time.Hour },
	} {
		t.Run(name, func(t *testing.T) {
			w := domain.Webhook{ID: "hook_1", URL: "https://example.org/"}.WithDefaults()
			change(&w)
			err := w.Check()
			wantInvalid(t, name, err, true)
			if err != nil && strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the error repeats what was given: %v", err)
			}
		})
	}
}

func TestWebhookFilter(t *testing.T) {
	w := domain.Webhook{Accounts: []domain.Account{"+15550100001"}, Kinds: []domain.EventKind{domain.KindEdit}}
	if diff := cmp.Diff(domain.Filter{Account: "+15550100001", Kinds: []domain.EventKind{domain.KindEdit}}, w.Filter()); diff != "" {
		t.Error(diff)
	}
	w.Accounts = append(w.Accounts, "+15550100002")
	if f := w.Filter(); f.Account != "" || len(f.Accounts) != 2 {
		t.Errorf("%+v", f)
	}
}

// An ID of a delivery is that of the webhook and the event, and of nothing else.
func TestDeliveryID(t *testing.T) {
	a, b := domain.Cursor{Epoch: 1, Seq: 2}, domain.Cursor{Epoch: 2, Seq: 2}
	if domain.DeliveryID("x", a) == domain.DeliveryID("y", a) || domain.DeliveryID("x", a) == domain.DeliveryID("x", b) {
		t.Error("IDs are not as they should be")
	}
	if id := domain.DeliveryID("x", a); !strings.HasPrefix(id, "wh_") || len(id) != 35 {
		t.Errorf("%s", id)
	}
}

func TestEventKinds(t *testing.T) {
	seen := map[domain.EventKind]bool{}
	for _, kind := range domain.EventKinds() {
		if seen[kind] || kind == domain.KindGap || kind == domain.KindReset {
			t.Errorf("%s", kind)
		}
		seen[kind] = true
	}
	if len(seen) != 14 {
		t.Errorf("%d kinds", len(seen))
	}
}
