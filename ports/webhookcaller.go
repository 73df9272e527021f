package ports

import (
	"context"
	"time"
)

// WebhookCaller calls programs elsewhere over HTTP.
type WebhookCaller interface {
	// Call makes one attempt, a POST, and blocks until the receiver has answered, the call's timeout is over or ctx ends. Whatever status it was
	// is an answer, not an error. Redirects 307 and 308 to the same host and port are followed, three at most; all others are the answer, so nothing
	// of a call goes elsewhere. An attempt may arrive more than once, also one that failed. Any number may run side by side; who calls bounds them.
	// Errors: Unavailable (not reached, or no answer that can be read), Timeout (no answer in time), Invalid (the same call can never succeed: what the
	// address resolves to is not allowed; or the address, a secret, a header or the ID is none), Canceled when ctx ended, Timeout when its deadline
	// passed. Details are for the webhook's owner. No error names the address, which may hold credentials, or quotes the receiver.
	Call(ctx context.Context, call WebhookCall) (WebhookAnswer, error)
}

// WebhookCall is one attempt.
type WebhookCall struct {
	// URL is as domain.ParseWebhookURL takes it: http or https, it may hold `user:password@`.
	URL string
	// Header is what the webhook's owner wants sent besides, by name, as domain.CheckWebhookHeader takes it. An Authorization among it goes before
	// the user and password of URL.
	Header map[string]string
	// Secrets sign the call by the Standard Webhooks scheme, each of them, the newest first; none: the call is not signed.
	// As domain.ParseWebhookSecret takes them.
	Secrets []string
	// ID is the same for all attempts at one delivery: visible ASCII, not empty.
	ID string
	// ContentType is that of Body.
	ContentType string
	// Body must not be changed any more: it may still be on its way when Call has returned.
	Body []byte
	// Timeout bounds the attempt, redirects included; 0 is 10 s.
	Timeout time.Duration
	// AllowPrivate lets it reach private, loopback and link-local addresses.
	AllowPrivate bool
}

// WebhookAnswer is what the receiver said.
type WebhookAnswer struct {
	Status int
	// RetryAfter is what it asked for, at most a day, 0 for nothing.
	RetryAfter time.Duration
}
