package hub

import (
	"context"
	"log/slog"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

var (
	_ ports.Subscription = (*SubscriptionHub)(nil)
	_ ports.Readership   = (*SubscriptionHub)(nil)
)

// Defaults of Options.
const (
	DefaultMaxQueueMessages = 1024
	DefaultMaxQueueBytes    = 4 << 20
	DefaultMaxTotalBytes    = 256 << 20
	DefaultMaxCatchUps      = 16
	DefaultPublishInterval  = time.Millisecond
)

// Options are the bounds of a hub; the zero value has the defaults.
type Options struct {
	// MaxQueueMessages bounds one reader's queue in events (1,024).
	MaxQueueMessages int
	// MaxQueueBytes bounds one reader's queue in bytes of payload (4 MiB).
	MaxQueueBytes int
	// MaxTotalBytes bounds all queues together in bytes of payload, an event counted once a queue (256 MiB).
	MaxTotalBytes int
	// MaxCatchUps bounds how many readers read the log at the same time (16).
	MaxCatchUps int
	// PublishInterval is the least time between two publishings, so that under load each
	// reader is woken once for several events (1 ms). The first event after a pause
	// is published at once. Negative: none.
	PublishInterval time.Duration
	// Observer counts; nil for nobody.
	Observer Observer
	// Logger is for failures of the log; nil for none.
	Logger *slog.Logger
	// Now is the clock (time.Now).
	Now func() time.Time
}

func (o Options) withDefaults() Options {
	for _, f := range []struct {
		value *int
		or    int
	}{
		{&o.MaxQueueMessages, DefaultMaxQueueMessages},
		{&o.MaxQueueBytes, DefaultMaxQueueBytes},
		{&o.MaxTotalBytes, DefaultMaxTotalBytes},
		{&o.MaxCatchUps, DefaultMaxCatchUps},
	} {
		if *f.value <= 0 {
			*f.value = f.or
		}
	}
	if o.PublishInterval == 0 {
		o.PublishInterval = DefaultPublishInterval
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

// SubscriptionHub distributes the events of a log to readers. Run must run for
// readers to become live.
type SubscriptionHub struct {
	log       ports.EventLog
	options   Options
	readers   *registry
	budget    budget
	catchUps  chan struct{} // one token for each reader that reads the log
	publisher publisher
}

// New makes a hub on log.
func New(log ports.EventLog, options Options) *SubscriptionHub {
	options = options.withDefaults()
	h := &SubscriptionHub{
		log:      log,
		options:  options,
		readers:  newRegistry(),
		budget:   budget{max: int64(options.MaxTotalBytes)},
		catchUps: make(chan struct{}, options.MaxCatchUps),
	}
	h.publisher = newPublisher(log, options)
	return h
}

// Run publishes until ctx ends and returns its error. It waits out failures of the
// log. When it returns, every reader has ended. Run once only.
func (h *SubscriptionHub) Run(ctx context.Context) error {
	defer h.readers.close()
	return h.publisher.run(ctx)
}

// Subscribe implements ports.Subscription.
func (h *SubscriptionHub) Subscribe(ctx context.Context, reader ports.Reader) (ports.Stream, error) {
	if err := ctx.Err(); err != nil {
		return nil, contextError("subscribe", err)
	}
	if reader.From == domain.Latest {
		last, _, err := h.log.Tail(ctx)
		if err != nil {
			return nil, err
		}
		reader.From = last
	}
	s := newStream(h, reader)
	if !h.readers.add(s) {
		return nil, errStopped("subscribe")
	}
	h.options.Observer.ReaderOpened(reader.Transport)
	return s, nil
}

// Readers implements ports.Readership.
func (h *SubscriptionHub) Readers() (all bool, accounts []domain.Account, changed <-chan struct{}) {
	return h.readers.readership()
}

func errStopped(op string) error {
	return domain.Errorf(domain.Unavailable, op, "the subscription has ended or the gateway is shutting down")
}

func contextError(op string, err error) error {
	return &domain.Error{Op: op, Kind: domain.KindOf(err), Err: err}
}
