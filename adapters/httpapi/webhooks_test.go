package httpapi_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"heliograph/adapters/httpapi"
	"heliograph/domain"
	"heliograph/ports"
)

const (
	hookSecret  = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
	otherSecret = "whsec_GBkaGxwdHh8gISIjJCUmJygpKissLS4v"
)

// fakeWebhooks writes down what is asked of it; it has one webhook.
type fakeWebhooks struct {
	n    *nouns
	kept domain.Webhook
}

func newFakeWebhooks(n *nouns) *fakeWebhooks {
	return &fakeWebhooks{n, domain.Webhook{
		ID: "hook_x", Name: "N", URL: "https://user:s3cret@example.org/hook?key=k3y", Accounts: []domain.Account{"+15550100001"},
		Kinds: []domain.EventKind{domain.KindMessage}, Headers: map[string]string{"Authorization": "Bearer t0ken"},
		Secrets: []domain.WebhookSecret{{Value: hookSecret}}, Enabled: true,
	}.WithDefaults()}
}

func (f *fakeWebhooks) List(context.Context) ([]ports.WebhookEntry, error) {
	return []ports.WebhookEntry{{Webhook: f.kept}}, f.n.did("list webhooks")
}

func (f *fakeWebhooks) Get(_ context.Context, id string) (ports.WebhookEntry, error) {
	return ports.WebhookEntry{Webhook: f.kept}, f.n.did("get webhook %s", id)
}

func (f *fakeWebhooks) Create(_ context.Context, w domain.Webhook) (domain.Webhook, error) {
	f.kept = w.WithDefaults()
	f.kept.ID = "hook_new"
	if len(w.Secrets) == 0 {
		f.kept.Secrets = []domain.WebhookSecret{{Value: otherSecret}}
	}
	return f.kept, f.n.did("create webhook")
}

func (f *fakeWebhooks) Update(_ context.Context, id string, change func(*domain.Webhook) error) (domain.Webhook, error) {
	if err := change(&f.kept); err != nil {
		return domain.Webhook{}, err
	}
	return f.kept, f.n.did("update webhook %s", id)
}

func (f *fakeWebhooks) Delete(_ context.Context, id string) error {
	return f.n.did("delete webhook %s", id)
}

var hookTime = time.Date(2026, 1, 2, 3, 4, 5, 600e6, time.UTC)

func (f *fakeWebhooks) Status(_ context.Context, id string) (ports.WebhookStatus, error) {
	return ports.WebhookStatus{
		State: ports.WebhookFailing, LagEvents: 7, Lag: 1500 * time.Millisecond, LastFailure: hookTime, LastError: "it answered 500", NextTry: hookTime,
		FailingLanes: 2, DeadLetters: 3, LostRanges: 1, Lost: &domain.Gap{After: domain.Cursor{Epoch: 1, Seq: 2}, Next: domain.Cursor{Epoch: 1, Seq: 5}},
	}, f.n.did("status of %s", id)
}

func (f *fakeWebhooks) attempt() ports.WebhookAttempt {
	return ports.WebhookAttempt{
		Delivery: "wh_x", Event: domain.Cursor{Epoch: 1, Seq: 2}, Kind: domain.KindMessage, At: hookTime, Took: 20 * time.Millisecond,
		Outcome: ports.OutcomeFailed, Status: 500, Error: "it answered 500",
	}
}

func (f *fakeWebhooks) Attempts(_ context.Context, id string) ([]ports.WebhookAttempt, error) {
	return []ports.WebhookAttempt{f.attempt()}, f.n.did("attempts of %s", id)
}

func (f *fakeWebhooks) Replay(_ context.Context, id string, from domain.Cursor) error {
	return f.n.did("replay %s from %d", id, from.Seq)
}

func (f *fakeWebhooks) Test(_ context.Context, id string) (ports.WebhookAttempt, error) {
	return ports.WebhookAttempt{Delivery: "wh_test", Kind: domain.KindMessage, At: hookTime, Outcome: ports.OutcomeTimeout}, f.n.did("test %s", id)
}

func (f *fakeWebhooks) RotateSecret(_ context.Context, id string, keep time.Duration) (string, error) {
	return otherSecret, f.n.did("rotate %s keeping %s", id, keep)
}

func (f *fakeWebhooks) DeadLetters(_ context.Context, id string) ([]ports.DeadLetter, error) {
	return []ports.DeadLetter{{
		Delivery: "wh_x", Event: domain.Cursor{Epoch: 1, Seq: 2}, Account: "+15550100001", Kind: domain.KindMessage,
		Received: domain.Timestamp(hookTime.UnixMilli()), At: hookTime, Attempts: 5, Error: "it answered 500",
	}}, f.n.did("dead letters of %s", id)
}

func (f *fakeWebhooks) DropDeadLetters(_ context.Context, id, delivery string) error {
	return f.n.did("drop %q of %s", delivery, id)
}

func (f *fakeWebhooks) Redeliver(_ context.Context, id, delivery string) (ports.WebhookAttempt, error) {
	return f.attempt(), f.n.did("redeliver %s of %s", delivery, id)
}

func (f *fakeWebhooks) RedeliverAll(_ context.Context, id string) (delivered, left int, err error) {
	return 4, 2, f.n.did("redeliver all of %s", id)
}

// shownHook is the fake's webhook in answers.
const shownHook = `{"accounts":["+15550100001"],"body":"event","concurrency":4,"enabled":true,"groups":[],"header_names":["Authorization"],"id":"hook_x",` +
	`"kinds":["message"],"name":"N","pattern":"","read_only":false,"retry":{"drop_refused":false,"give_up_after":86400,"max_pause":300},"senders":[],` +
	`"signed":true,"timeout":10,"url":"https://xxxxx@example.org/hook?xxxxx"}`

const shownAttempt = `{"at":"2026-01-02T03:04:05.6Z","cursor":"AAAAAAAAAAEAAAAAAAAAAg","delivery":"wh_x","duration":0.02,"error":"it answered 500",` +
	`"kind":"message","outcome":"failed","status":500}`

func TestWebhookExchanges(t *testing.T) {
	const hook = "/v1/webhooks/hook_x"
	for _, c := range []struct {
		name, method, target, body string
		status                     int
		calls, answer              string
	}{
		{"list", "GET", "/v1/webhooks", "", 200, "list webhooks", "[" + shownHook + "]"},
		{"show", "GET", hook, "", 200, "get webhook hook_x;status of hook_x", strings.TrimSuffix(shownHook, "}") + `,"status":{"dead_letters":3,"failing_lanes":2,"lag_events":7,"lag_seconds":1.5,` +
			`"last_error":"it answered 500","last_failure":"2026-01-02T03:04:05.6Z","last_lost":{"after":"AAAAAAAAAAEAAAAAAAAAAg","next":"AAAAAAAAAAEAAAAAAAAABQ"},` +
			`"lost_ranges":1,"next_try":"2026-01-02T03:04:05.6Z","state":"failing"}}`},
		{"delete", "DELETE", hook, "", 204, "delete webhook hook_x", ""},
		{"attempts", "GET", hook + "/deliveries", "", 200, "attempts of hook_x", "[" + shownAttempt + "]"},
		{"dead letters", "GET", hook + "/dead-letters", "", 200, "dead letters of hook_x", `[{"account":"+15550100001","at":"2026-01-02T03:04:05.6Z","attempts":5,` +
			`"cursor":"AAAAAAAAAAEAAAAAAAAAAg","delivery":"wh_x","error":"it answered 500","kind":"message","received":"2026-01-02T03:04:05.6Z"}]`},
		{"drop all", "DELETE", hook + "/dead-letters", "", 204, `drop "" of hook_x`, ""},
		{"drop one", "DELETE", hook + "/dead-letters/wh_x", "", 204, `drop "wh_x" of hook_x`, ""},
		{"redeliver one", "POST", hook + "/dead-letters/wh_x/redeliver", "", 200, "redeliver wh_x of hook_x", shownAttempt},
		{"redeliver all", "POST", hook + "/redeliver", "", 200, "redeliver all of hook_x", `{"delivered":4,"left":2}`},
		{"replay", "POST", hook + "/replay?from=AAAAAAAAAAEAAAAAAAAAAg", "", 204, "replay hook_x from 2", ""},
		{"replay from the oldest", "POST", hook + "/replay?from=oldest", "", 204, "replay hook_x from 0", ""},
		{"replay from nowhere", "POST", hook + "/replay", "", 400, "", "invalid"},
		{"replay from anywhere", "POST", hook + "/replay?from=x", "", 400, "", "invalid"},
		{"test", "POST", hook + "/test", "", 200, "test hook_x", `{"at":"2026-01-02T03:04:05.6Z","delivery":"wh_test","duration":0,"kind":"message","outcome":"timeout"}`},
		{"rotate", "POST", hook + "/rotate-secret", "", 200, "rotate hook_x keeping 24h0m0s", `{"secret":"` + otherSecret + `"}`},
		{"rotate, keep", "POST", hook + "/rotate-secret", `{"keep":1.5}`, 200, "rotate hook_x keeping 1.5s", `{"secret":"` + otherSecret + `"}`},
		{"rotate, keep nothing", "POST", hook + "/rotate-secret", `{"keep":0}`, 200, "rotate hook_x keeping 0s", `{"secret":"` + otherSecret + `"}`},
		{"rotate, keep for ever", "POST", hook + "/rotate-secret", `{"keep":1e300}`, 400, "", "invalid"},
		{"create without URL", "POST", "/v1/webhooks", `{}`, 400, "", "invalid"},
		{"create, account", "POST", "/v1/webhooks", `{"url":"http://a.test","accounts":["x"]}`, 400, "", "invalid"},
		{"create, group", "POST", "/v1/webhooks", `{"url":"http://a.test","groups":["x"]}`, 400, "", "invalid"},
		{"create, timeout", "POST", "/v1/webhooks", `{"url":"http://a.test","timeout":0}`, 400, "", "invalid"},
		{"create, pause", "POST", "/v1/webhooks", `{"url":"http://a.test","retry":{"max_pause":-1}}`, 400, "", "invalid"},
		{"update", "PATCH", hook, `{"name":"M","enabled":false}`, 200, "update webhook hook_x;get webhook hook_x",
			strings.NewReplacer(`"name":"N"`, `"name":"M"`, `"enabled":true`, `"enabled":false`).Replace(shownHook)},
	} {
		t.Run(c.name, func(t *testing.T) {
			fake := &core{}
			var p httpapi.Ports
			fake.nouns.into(&p)
			w := call(t, httpapi.New(p, httpapi.Options{LetPanicsThrough: true}), c.method, c.target, c.body)
			if w.Code != c.status || strings.Join(fake.nouns.calls, ";") != c.calls {
				t.Errorf("%d %s after %q", w.Code, w.Body, fake.nouns.calls)
			}
			if w.Code >= 400 {
				if !strings.Contains(w.Body.String(), `"code":"`+c.answer+`"`) {
					t.Errorf("%s", w.Body)
				}
				return
			}
			if diff := cmp.Diff(sorted(t, c.answer), sorted(t, w.Body.String())); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// sorted is JSON with its members in order.
func sorted(t *testing.T, text string) string {
	t.Helper()
	if text == "" {
		return ""
	}
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	encoded, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

// What is created is what was asked for; a secret comes out only where it was made, and once.
func TestCreatedWebhook(t *testing.T) {
	fake := &core{}
	var p httpapi.Ports
	fake.nouns.into(&p)
	hooks := newFakeWebhooks(&fake.nouns)
	p.Webhooks = hooks
	h := httpapi.New(p, httpapi.Options{LetPanicsThrough: true})
	w := call(t, h, http.MethodPost, "/v1/webhooks", `{"url":"https://user:s3cret@example.org/hook","name":"N","accounts":["+15550100001","+15550100001"],
		"kinds":["message","edit"],"senders":["+15550100002"],"groups":["`+family+`"],"pattern":"^!","headers":{"X-Key":"k3y"},"body":"cloudevent",
		"concurrency":7,"timeout":2.5,"retry":{"give_up_after":60,"max_pause":5,"drop_refused":true},"enabled":false}`)
	group, err := domain.ParseGroupID(family)
	if err != nil {
		t.Fatal(err)
	}
	want := domain.Webhook{
		ID: "hook_new", Name: "N", URL: "https://user:s3cret@example.org/hook", Accounts: []domain.Account{"+15550100001"},
		Kinds: []domain.EventKind{domain.KindMessage, domain.KindEdit}, Senders: []string{"+15550100002"}, Groups: []domain.GroupID{group}, Pattern: "^!",
		Secrets: []domain.WebhookSecret{{Value: otherSecret}}, Headers: map[string]string{"X-Key": "k3y"}, Body: domain.WebhookCloudEvent, Concurrency: 7,
		Timeout: 2500 * time.Millisecond, Retry: domain.WebhookRetry{GiveUpAfter: time.Minute, MaxPause: 5 * time.Second, DropRefused: true},
	}
	if diff := cmp.Diff(want, hooks.kept, cmp.AllowUnexported(domain.GroupID{})); diff != "" || w.Code != http.StatusCreated {
		t.Errorf("%d %s\n%s", w.Code, w.Body, diff)
	}
	if body := w.Body.String(); strings.Contains(body, "s3cret") || strings.Contains(body, "k3y") || strings.Count(body, otherSecret) != 1 {
		t.Errorf("the answer is %s", body)
	}
	w = call(t, h, http.MethodPatch, "/v1/webhooks/hook_new", `{"secret":"`+hookSecret+`","accounts":[],"url":"https://xxxxx@example.org/hook"}`)
	if w.Code != 200 || strings.Contains(w.Body.String(), "whsec_") || hooks.kept.Secrets[0].Value != hookSecret || len(hooks.kept.Accounts) != 0 ||
		hooks.kept.URL != want.URL {
		t.Errorf("%d %s: %+v", w.Code, w.Body, hooks.kept)
	}
	w = call(t, h, http.MethodPost, "/v1/webhooks", `{"url":"https://example.org/hook","secret":"`+hookSecret+`"}`)
	if w.Code != http.StatusCreated || strings.Contains(w.Body.String(), "whsec_") {
		t.Errorf("a secret that was given came out: %s", w.Body)
	}
}
