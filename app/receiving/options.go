package receiving

import (
	"context"
	"log/slog"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

// Defaults of Options.
const (
	DefaultBufferBytes     = 64 << 20
	DefaultBatchEvents     = 256
	DefaultBatchBytes      = 1 << 20
	DefaultWriters         = 16
	DefaultAppendTimeout   = 10 * time.Second
	DefaultPollEnd         = 3 * time.Second
	DefaultFlushTimeout    = 2 * time.Second
	DefaultReceiveInterval = 30 * time.Second
	DefaultPollTimeout     = 5 * time.Second
	DefaultPollMessages    = 100
	DefaultPollConcurrency = 4
	DefaultMaxMessages     = 1000
)

// Options shape a Service; the zero value has the defaults.
type Options struct {
	// BufferBytes bounds what waits to be stored, in bytes (64 MiB). A single larger payload is taken when nothing else waits.
	BufferBytes int
	// BatchEvents bounds one append in events (256).
	BatchEvents int
	// BatchBytes bounds one append of several events in bytes of payload (1 MiB).
	BatchBytes int
	// Writers is how many appends, none two of one account, may run at once (16).
	Writers int
	// AppendTimeout bounds one attempt to append (10 s); its outcome is unknown then, and it is made again.
	AppendTimeout time.Duration
	// PollEnd is how long the polls may take to end at the end of Run (3 s); what they bring later is lost. FlushTimeout is how
	// long after that what is in the buffer may take to be stored (2 s).
	PollEnd, FlushTimeout time.Duration
	// Writable says whether the log takes what is given to it, as far as that is known before anything is; nil where it always does. It
	// must not block.
	Writable func() bool

	// Poller is set for a backend that does not deliver by itself.
	Poller ports.Poller
	// Readership tells whom to poll for; needed with a Poller.
	Readership ports.Readership
	// Accounts lists all accounts; needed with a Poller.
	Accounts func(ctx context.Context) ([]domain.Account, error)
	// ReceiveInterval is how often an account with readers is polled (30 s).
	ReceiveInterval time.Duration
	// PollTimeout and PollMessages bound such a poll (5 s without a message, 100 messages).
	PollTimeout  time.Duration
	PollMessages int
	// PollConcurrency is how many accounts are polled at once, not counting polls of a Drain (4).
	PollConcurrency int
	// Schedule gives the next time after now at which all accounts are polled, zero for never; nil for no schedule.
	Schedule func(now time.Time) time.Time
	// ScheduledPoll shapes the polls of the schedule.
	ScheduledPoll ports.PollOptions

	// Observer counts; nil for nobody.
	Observer Observer
	// Logger gets failures, without numbers or contents; nil for none.
	Logger *slog.Logger
	// Now is the clock (time.Now).
	Now func() time.Time
}

// Observer counts what happens in receiving, for metrics. Its methods are called concurrently and must not block.
type Observer interface {
	// Stored counts events that are in the log, Doubles those that had been there before.
	Stored(events int)
	Doubles(events int)
	// AppendFailed counts attempts that the log did not take.
	AppendFailed(kind domain.Kind)
	// Refused counts events that can never be stored and were left out.
	Refused(kind domain.Kind)
	// Gap counts drains that lost events to retention.
	Gap()
}

type nobody struct{}

func (nobody) Stored(int)               {}
func (nobody) Doubles(int)              {}
func (nobody) AppendFailed(domain.Kind) {}
func (nobody) Refused(domain.Kind)      {}
func (nobody) Gap()                     {}

func orDefault[T int | time.Duration](value *T, or T) {
	if *value <= 0 {
		*value = or
	}
}

func (o Options) withDefaults() Options {
	orDefault(&o.BufferBytes, DefaultBufferBytes)
	orDefault(&o.BatchEvents, DefaultBatchEvents)
	orDefault(&o.BatchBytes, DefaultBatchBytes)
	orDefault(&o.Writers, DefaultWriters)
	orDefault(&o.AppendTimeout, DefaultAppendTimeout)
	orDefault(&o.PollEnd, DefaultPollEnd)
	orDefault(&o.FlushTimeout, DefaultFlushTimeout)
	orDefault(&o.ReceiveInterval, DefaultReceiveInterval)
	orDefault(&o.PollTimeout, DefaultPollTimeout)
	orDefault(&o.PollMessages, DefaultPollMessages)
	orDefault(&o.PollConcurrency, DefaultPollConcurrency)
	if o.Writable == nil {
		o.Writable = func() bool { return true }
	}
	if o.Observer == nil {
		o.Observer = nobody{}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}
