package ports

import (
	"context"
	"time"

	"heliograph/domain"
)

// Receiver is the driving port by which a backend hands over what it received.
type Receiver interface {
	// Receive takes one payload, `{"envelope":…,"account":…}`, a call event, or `{"error":…}` for a failure that came in
	// place of a message, and owns it from then on. It
	// returns at once while there is room, and blocks while the buffer
	// is full (the brake: the backend must not read on meanwhile), until there is room or ctx ends. A
	// payload that cannot be understood is stored as KindOther, never refused.
	Receive(ctx context.Context, payload []byte) error
	// Wanted says whether the backend should deliver now: false while events cannot be stored or the buffer
	// is half full. changed is closed when the answer changes. Payloads are taken all the same.
	Wanted() (wanted bool, changed <-chan struct{})
	// Stalled says that Receive blocks now.
	Stalled() bool
}

// Receiving is the driving port for those who ask for messages and keep no connection.
type Receiving interface {
	// Drain hands to give what came for account since the last Drain of it, oldest first, and when give has returned nil remembers how far
	// that was; the first time it begins at the oldest retained event. If give fails, that is Drain's error, and the next Drain hands
	// out the same. With nothing there it waits up to options.Timeout and hands out nothing. give is called at most once, and not if Drain fails before; Drains of one account
	// take turns until give has returned. When Drain returns nil, the place is remembered. An error after give has returned nil says that it is not.
	// With a Poller it polls first, and the poll's failure is the answer.
	Drain(ctx context.Context, account domain.Account, options DrainOptions, give func([]*domain.Event) error) error
}

// DrainOptions shape one Drain.
type DrainOptions struct {
	// Timeout is how long to wait while there is nothing; negative without end. A polling backend waits at least 1 s.
	Timeout time.Duration
	// MaxMessages is 1,000 when 0; a poll is bounded only by what was asked for, and the next Drain gives the rest.
	MaxMessages       int
	IgnoreAttachments bool
	IgnoreAvatars     bool
	IgnoreStickers    bool
	IgnoreStories     bool
	SendReadReceipts  bool
}
