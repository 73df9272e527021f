package domain

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"time"
	"unicode/utf8"
)

// WebhookBody is the form in which a webhook gets events.
type WebhookBody string

// The forms.
const (
	// WebhookReference is the notification that the reference posts, JSON-RPC 2.0.
	WebhookReference WebhookBody = "reference"
	// WebhookEvent is a plain object with the event's fields and its payload.
	WebhookEvent WebhookBody = "event"
	// WebhookCloudEvent is CloudEvents 1.0 in structured JSON.
	WebhookCloudEvent WebhookBody = "cloudevent"
)

// Defaults and bounds of a Webhook.
const (
	DefaultWebhookConcurrency = 4
	DefaultWebhookTimeout     = 10 * time.Second
	DefaultWebhookGiveUpAfter = 24 * time.Hour
	DefaultWebhookMaxPause    = 5 * time.Minute

	MaxWebhookConcurrency = 64
	MaxWebhookTimeout     = 5 * time.Minute
	MaxWebhookGiveUpAfter = 30 * 24 * time.Hour
	MaxWebhookMaxPause    = 24 * time.Hour

	maxWebhookName    = 100
	maxWebhookPattern = 1000
	maxWebhookList    = 100
	maxWebhookSecrets = 2
)

// Webhook says who is called with which events, and how.
type Webhook struct {
	// ID is 1 to 64 of a-z, 0-9, - and _.
	ID string
	// Name is for people.
	Name string
	// URL is http or https and may hold `user:password@`.
	URL string
	// Accounts, Kinds, Senders and Groups choose as in Filter; what is empty chooses all.
	Accounts []Account
	Kinds    []EventKind
	Senders  []string
	Groups   []GroupID
	// Pattern is a regular expression (RE2) that the text of an event must match somewhere; events without a text do not. Empty: none.
	Pattern string
	// Secrets sign the calls, the newest first.
	Secrets []WebhookSecret
	// Headers are sent besides.
	Headers map[string]string
	// Body is the form of the events.
	Body WebhookBody
	// Concurrency is how many conversations may be delivered side by side.
	Concurrency int
	// Timeout bounds one attempt.
	Timeout time.Duration
	Retry   WebhookRetry
	// Enabled is false for one that is not called.
	Enabled bool
}

// WebhookSecret is `whsec_` and base64 of 24 to 64 bytes.
type WebhookSecret struct {
	Value string
	// Until is when it signs no more; 0 is never.
	Until Timestamp
}

// WebhookRetry says how long a delivery that fails is tried again.
type WebhookRetry struct {
	// GiveUpAfter is the time from its first attempt, or from when it stood behind one that failed, until it becomes a dead letter.
	GiveUpAfter time.Duration
	// MaxPause bounds the pause between two attempts.
	MaxPause time.Duration
	// DropRefused makes a status that says the same would be refused again (3xx, 4xx but 408, 409, 425 and 429) final at once.
	DropRefused bool
}

// WithDefaults fills in what is zero, but for ID, URL and Enabled.
func (w Webhook) WithDefaults() Webhook {
	if w.Body == "" {
		w.Body = WebhookEvent
	}
	if w.Concurrency == 0 {
		w.Concurrency = DefaultWebhookConcurrency
	}
	if w.Timeout == 0 {
		w.Timeout = DefaultWebhookTimeout
	}
	if w.Retry.GiveUpAfter == 0 {
		w.Retry.GiveUpAfter = DefaultWebhookGiveUpAfter
	}
	if w.Retry.MaxPause == 0 {
		w.Retry.MaxPause = DefaultWebhookMaxPause
	}
	return w
}

// Filter is the part of the choice that logs can make; Pattern is not in it.
func (w Webhook) Filter() Filter {
	f := Filter{Accounts: w.Accounts, Kinds: w.Kinds, Senders: w.Senders, Groups: w.Groups, Backend: w.Body == WebhookReference}
	if len(w.Accounts) == 1 {
		f.Account, f.Accounts = w.Accounts[0], nil
	}
	return f
}

var webhookID = regexp.MustCompile(`^[a-z0-9_-]{1,64}$`)

// ParseWebhookID reads the ID of a webhook. Errors are Invalid.
func ParseWebhookID(s string) (string, error) {
	if !webhookID.MatchString(s) {
		return "", Errorf(Invalid, "", "the ID of a webhook is 1 to 64 of a-z, 0-9, - and _")
	}
	return s, nil
}

// Check finds what cannot be used. Errors are Invalid.
func (w Webhook) Check() error {
	if _, err := ParseWebhookID(w.ID); err != nil {
		return err
	}
	if _, err := ParseWebhookURL(w.URL); err != nil {
		return err
	}
	if len(w.Name) > maxWebhookName || !utf8.ValidString(w.Name) {
		return Errorf(Invalid, "", "name must be text of at most %d bytes", maxWebhookName)
	}
	if err := w.checkChoice(); err != nil {
		return err
	}
	if len(w.Secrets) > maxWebhookSecrets {
		return Errorf(Invalid, "", "at most %d secrets may be in force", maxWebhookSecrets)
	}
	for _, s := range w.Secrets {
		if _, err := ParseWebhookSecret(s.Value); err != nil {
			return err
		}
	}
	if err := CheckWebhookHeader(w.Headers); err != nil {
		return err
	}
	if !slices.Contains([]WebhookBody{WebhookReference, WebhookEvent, WebhookCloudEvent}, w.Body) {
		return Errorf(Invalid, "", "body must be %s, %s or %s", WebhookReference, WebhookEvent, WebhookCloudEvent)
	}
	if w.Concurrency < 1 || w.Concurrency > MaxWebhookConcurrency {
		return Errorf(Invalid, "", "concurrency must be 1 to %d", MaxWebhookConcurrency)
	}
	for _, d := range []struct {
		name        string
		value, most time.Duration
	}{
		{"timeout", w.Timeout, MaxWebhookTimeout},
		{"give_up_after", w.Retry.GiveUpAfter, MaxWebhookGiveUpAfter},
		{"max_pause", w.Retry.MaxPause, MaxWebhookMaxPause},
	} {
		if d.value <= 0 || d.value > d.most {
			return Errorf(Invalid, "", "%s must be more than 0 and at most %d seconds", d.name, d.most/time.Second)
		}
	}
	return nil
}

// checkChoice looks at what chooses events.
func (w Webhook) checkChoice() error {
	for name, n := range map[string]int{"accounts": len(w.Accounts), "kinds": len(w.Kinds), "senders": len(w.Senders), "groups": len(w.Groups)} {
		if n > maxWebhookList {
			return Errorf(Invalid, "", "%s must be at most %d", name, maxWebhookList)
		}
	}
	for _, kind := range w.Kinds {
		if !slices.Contains(EventKinds(), kind) {
			return Errorf(Invalid, "", "kinds holds a kind that there is not")
		}
	}
	for _, sender := range w.Senders {
		if _, err := ParseAuthor(sender); err != nil {
			return Errorf(Invalid, "", "senders must be numbers or UUIDs")
		}
	}
	if len(w.Pattern) > maxWebhookPattern {
		return Errorf(Invalid, "", "pattern is longer than %d bytes", maxWebhookPattern)
	}
	if _, err := regexp.Compile(w.Pattern); err != nil {
		return Errorf(Invalid, "", "pattern is no regular expression (RE2)")
	}
	return nil
}

// DeliveryID names the delivery of the event at c to the webhook; it is the same whenever and wherever that is tried.
func DeliveryID(webhook string, c Cursor) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s|%s", webhook, c))
	return "wh_" + hex.EncodeToString(sum[:16])
}
