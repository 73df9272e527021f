package ports

import (
	"context"
	"time"

	"heliograph/domain"
)

// Backend is what the gateway knows of its signal-cli.
type Backend interface {
	// Health makes a round trip (`version`) where that costs little; where each call is a process it starts none and reports whether the program is
	// there and how the last call ended. It never waits longer than ctx or 5 s.
	Health(ctx context.Context) BackendHealth
}

// BackendHealth is the outcome of Backend.Health.
type BackendHealth struct {
	// Err is nil when the backend works.
	Err error
	// Version is signal-cli's, empty while unknown.
	Version string
	// LastCall is when the last call ended, zero for never.
	LastCall time.Time
}

// Poller asks a backend for messages that does not deliver them by itself (one process a call).
type Poller interface {
	// Poll runs one `receive` for account and hands each payload to receive as it comes, in order; an error of
	// receive ends the run and is returned. What was handed over is acknowledged at Signal already.
	Poll(ctx context.Context, account domain.Account, options PollOptions, receive func(payload []byte) error) error
}

// PollOptions bound and shape one Poll.
type PollOptions struct {
	// Timeout ends the poll after that long without a message; at least one second is used, 0 is the backend's default (3 s).
	Timeout time.Duration
	// MaxMessages is 0 for no limit.
	MaxMessages       int
	IgnoreAttachments bool
	IgnoreAvatars     bool
	IgnoreStickers    bool
	IgnoreStories     bool
	SendReadReceipts  bool
}
