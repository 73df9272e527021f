package config

import (
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"heliograph/domain"
)

// webhooksKey is where webhooks stand in the file.
const webhooksKey = "webhooks.list"

// ReceiveWebhookID is the ID of the webhook that RECEIVE_WEBHOOK_URL names.
const ReceiveWebhookID = "receive"

// webhookEntry is one webhook as the file has it. Times are as in settings.
type webhookEntry struct {
	ID          string             `yaml:"id"`
	Name        string             `yaml:"name"`
	URL         string             `yaml:"url"`
	Accounts    []domain.Account   `yaml:"accounts"`
	Kinds       []domain.EventKind `yaml:"kinds"`
	Senders     []string           `yaml:"senders"`
	Groups      []string           `yaml:"groups"`
	Pattern     string             `yaml:"pattern"`
	Secrets     []string           `yaml:"secrets"`
	Headers     map[string]string  `yaml:"headers"`
	Body        domain.WebhookBody `yaml:"body"`
	Concurrency int                `yaml:"concurrency"`
	Timeout     string             `yaml:"timeout"`
	GiveUpAfter string             `yaml:"give_up_after"`
	MaxPause    string             `yaml:"max_pause"`
	DropRefused bool               `yaml:"drop_refused"`
	Enabled     *bool              `yaml:"enabled"`
	From        string             `yaml:"from"`
}

// webhookKeys are the fields of webhookEntry.
var webhookKeys = []string{"id", "name", "url", "accounts", "kinds", "senders", "groups", "pattern", "secrets", "headers", "body", "concurrency", "timeout",
	"give_up_after", "max_pause", "drop_refused", "enabled", "from"}

// webhookList reads the webhooks of the file.
func (f *flattener) webhookList(node *yaml.Node) {
	for _, item := range node.Content {
		if w, ok := f.webhook(item); ok {
			if slices.ContainsFunc(f.webhooks, func(other ConfiguredWebhook) bool { return other.ID == w.ID }) {
				f.faultf(item, "there are two webhooks %q", w.ID)
			}
			f.webhooks = append(f.webhooks, w)
		}
	}
}

// webhook reads one; what it finds wrong names no value, which may be a secret.
func (f *flattener) webhook(node *yaml.Node) (w ConfiguredWebhook, ok bool) {
	if node.Kind != yaml.MappingNode {
		f.faultf(node, "a webhook must be a mapping")
		return w, false
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if key := node.Content[i]; !slices.Contains(webhookKeys, key.Value) {
			f.faultf(key, "unknown key %q of a webhook", key.Value)
			return w, false
		}
	}
	var e webhookEntry
	if node.Decode(&e) != nil {
		f.faultf(node, "a webhook has a value of the wrong type")
		return w, false
	}
	w.Webhook = domain.Webhook{
		ID: e.ID, Name: e.Name, URL: e.URL, Kinds: e.Kinds, Senders: e.Senders, Pattern: e.Pattern, Headers: e.Headers, Body: e.Body,
		Concurrency: e.Concurrency, Retry: domain.WebhookRetry{DropRefused: e.DropRefused}, Enabled: e.Enabled == nil || *e.Enabled,
	}
	for _, d := range []struct {
		key, text string
		into      *time.Duration
	}{{"timeout", e.Timeout, &w.Timeout}, {"give_up_after", e.GiveUpAfter, &w.Retry.GiveUpAfter}, {"max_pause", e.MaxPause, &w.Retry.MaxPause}} {
		if d.text == "" {
			continue
		}
		var err error
		if *d.into, err = parseDuration(d.text, time.Millisecond); err != nil {
			f.faultf(node, "%s of a webhook %v", d.key, err)
			return w, false
		}
	}
	for _, s := range e.Secrets {
		w.Secrets = append(w.Secrets, domain.WebhookSecret{Value: s})
	}
	if err := f.choice(&w.Webhook, e); err != nil {
		f.faultf(node, "a webhook: %s", domain.DetailOf(err))
		return w, false
	}
	w.FromOldest = e.From == "oldest"
	if e.From != "" && e.From != "oldest" && e.From != "now" {
		f.faultf(node, "from of a webhook must be now or oldest")
		return w, false
	}
	return w, true
}

// choice reads whose events it gets, and checks the whole.
func (f *flattener) choice(w *domain.Webhook, e webhookEntry) error {
	for _, text := range e.Accounts {
		account, err := domain.ParseAccount(string(text))
		if err != nil {
			return err
		}
		w.Accounts = append(w.Accounts, account)
	}
	for _, text := range e.Groups {
		group, err := domain.ParseGroupReference(text)
		if err != nil {
			return err
		}
		w.Groups = append(w.Groups, group)
	}
	if w.ID == ReceiveWebhookID {
		return domain.Errorf(domain.Invalid, "", "the ID %s is that of RECEIVE_WEBHOOK_URL", ReceiveWebhookID)
	}
	if strings.HasPrefix(w.ID, "hook_") {
		return domain.Errorf(domain.Invalid, "", "IDs that begin with hook_ are those of webhooks made over the API")
	}
	*w = w.WithDefaults()
	return w.Check()
}
