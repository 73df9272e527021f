package config_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"heliograph/domain"
	"heliograph/wire/config"
)

func TestWebhooksOfTheFile(t *testing.T) {
	file := write(t, "h.yaml", `
mode: simulator
webhooks:
  allow_private: [192.168.0.0/16, "fd00::1"]
  list:
    - id: one
      url: https://user:s3cret@example.org/hook
      name: One
      accounts: [+15550100001]
      kinds: [message, edit]
      senders: ["+15550100002"]
      groups: [group.QUFFQ0F3UUZCZ2NJQ1FvTERBME9Edz09]
      pattern: ^!
      secrets: [whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX]
      headers: {X-Key: "k3y, and more"}
      body: cloudevent
      concurrency: 2
      timeout: 500ms
      give_up_after: 2h
      max_pause: 60
      drop_refused: true
      from: oldest
    - {id: two, url: "http://127.0.0.1:5000", enabled: false}
`)
	c, warnings := load(t, config.Sources{File: file, Environ: []string{"HOME=/nowhere"}})
	group, err := domain.ParseGroupID("group.QUFFQ0F3UUZCZ2NJQ1FvTERBME9Edz09")
	if err != nil || len(warnings) != 0 {
		t.Fatal(err, warnings)
	}
	want := []config.ConfiguredWebhook{{FromOldest: true, Webhook: domain.Webhook{
		ID: "one", Name: "One", URL: "https://user:s3cret@example.org/hook", Accounts: []domain.Account{"+15550100001"},
		Kinds: []domain.EventKind{domain.KindMessage, domain.KindEdit}, Senders: []string{"+15550100002"}, Groups: []domain.GroupID{group}, Pattern: "^!",
		Secrets: []domain.WebhookSecret{{Value: "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"}}, Headers: map[string]string{"X-Key": "k3y, and more"},
		Body: domain.WebhookCloudEvent, Concurrency: 2, Timeout: 500 * time.Millisecond,
		Retry: domain.WebhookRetry{GiveUpAfter: 2 * time.Hour, MaxPause: time.Minute, DropRefused: true}, Enabled: true,
	}}, {Webhook: domain.Webhook{ID: "two", URL: "http://127.0.0.1:5000"}.WithDefaults()}}
	if diff := cmp.Diff(want, c.Webhooks.List, cmp.AllowUnexported(domain.GroupID{})); diff != "" {
		t.Error(diff)
	}
	if got := c.Webhooks.AllowPrivate; len(got) != 2 || got[0] != netip.MustParsePrefix("192.168.0.0/16") || got[1] != netip.MustParsePrefix("fd00::1/128") {
		t.Errorf("%v", got)
	}
	var shown strings.Builder
	if err := c.Write(&shown); err != nil || strings.Contains(shown.String(), "s3cret") || strings.Contains(shown.String(), "whsec_") {
		t.Errorf("%v\n%s", err, &shown)
	}
}

func TestAllowPrivate(t *testing.T) {
	for text, want := range map[string]int{"yes": 2, "no": 0, "10.0.0.0/8, 127.0.0.1": 2, "10.0.0.0/99": -1, "example.org": -1} {
		c, _, err := config.Load(config.Sources{Environ: []string{"HOME=/nowhere", "HELIOGRAPH_WEBHOOKS_ALLOW_PRIVATE=" + text}})
		if (err != nil) != (want < 0) || err == nil && len(c.Webhooks.AllowPrivate) != want {
			t.Errorf("%s: %v, %v", text, c.Webhooks.AllowPrivate, err)
		}
	}
}

// Each fault is told with its line, and none of what may be secret.
func TestFaultsOfWebhooks(t *testing.T) {
	for name, c := range map[string]struct{ yaml, want string }{
		"no mapping":  {"- s3cret", "line 2: a webhook must be a mapping"},
		"unknown key": {"- {id: a, url: 'http://a.test', secret: s3cret}", `line 2: unknown key "secret" of a webhook`},
		"wrong type":  {"- {id: a, url: 'http://a.test', concurrency: s3cret}", "line 2: a webhook has a value of the wrong type"},
		"no ID":       {"- {url: 'http://s3cret@a.test'}", "line 2: a webhook: the ID of a webhook is"},
		"no URL":      {"- {id: a}", "line 2: a webhook: the webhook's url"},
		"secret":      {"- {id: a, url: 'http://a.test', secrets: [s3cret]}", "line 2: a webhook: a webhook's secret is"},
		"account":     {"- {id: a, url: 'http://a.test', accounts: [s3cret]}", "line 2: a webhook: "},
		"group":       {"- {id: a, url: 'http://a.test', groups: [group.!]}", "line 2: a webhook: "},
		"duration":    {"- {id: a, url: 'http://a.test', timeout: s3cret}", "line 2: timeout of a webhook must be a number of seconds"},
		"from":        {"- {id: a, url: 'http://a.test', from: s3cret}", "line 2: from of a webhook must be now or oldest"},
		"reserved":    {"- {id: receive, url: 'http://a.test'}", "line 2: a webhook: the ID receive is that of RECEIVE_WEBHOOK_URL"},
		"made":        {"- {id: hook_1, url: 'http://a.test'}", "line 2: a webhook: IDs that begin with hook_"},
		"twice":       {"- {id: a, url: 'http://a.test'}\n  - {id: a, url: 'http://a.test'}", `line 3: there are two webhooks "a"`},
	} {
		t.Run(name, func(t *testing.T) {
			file := write(t, "h.yaml", "webhooks: {allow_private: no, list: []}\n")
			if _, _, err := config.Load(config.Sources{File: file, Environ: []string{"HOME=/nowhere"}}); err != nil {
				t.Fatal(err)
			}
			file = write(t, "h.yaml", "webhooks.list:\n  "+c.yaml+"\n")
			_, _, err := config.Load(config.Sources{File: file, Environ: []string{"HOME=/nowhere"}})
			var faults config.Faults
			if !errors.As(err, &faults) || len(faults) != 1 || !strings.Contains(faults[0], c.want) || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}
