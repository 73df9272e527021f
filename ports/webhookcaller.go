package ports

import (
	"context"
	"time"
)

// WebhookCaller calls programs elsewhere over HTTP.
type WebhookCaller interface {
	// Call makes one attempt, and blocks until the receiver has answered, the call's timeout is over or ctx ends. It keeps nothing of call.
	// Whatever status it was is an answer, not an error. A call that failed may have arrived all the same. Any number may run side by side.
	// Errors: Unavailable (not reached), Timeout (no answer in time), Invalid (the address is refused: what it resolves to, or is
	// redirected to, is not allowed, or is no address at all), Canceled when ctx ended. None names the address, which may hold credentials.
	Call(ctx context.Context, call WebhookCall) (WebhookAnswer, error)
}

// WebhookCall is one attempt.
type WebhookCall struct {
	// URL is http or https and may hold `user:password@`.
	URL string
	// Header is what the webhook's owner wants sent besides, by name.
	Header map[string]string
	// Secrets sign the call by the Standard Webhooks scheme, each of them, the newest first; none: the call is not signed.
	// `whsec_` and base64 of 24 to 64 bytes.
	Secrets []string
	// ID is the same for all attempts at one delivery.
	ID string
	// ContentType is that of Body.
	ContentType string
	Body        []byte
	// Timeout bounds the attempt, redirects included; 0 is 10 s.
	Timeout time.Duration
	// AllowPrivate lets it reach private, loopback and link-local addresses.
	AllowPrivate bool
}

// WebhookAnswer is what the receiver said.
type WebhookAnswer struct {
	Status int
	// RetryAfter is what it asked for, 0 for nothing.
	RetryAfter time.Duration
}
