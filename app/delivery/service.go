// Package delivery hands what was received to a webhook.
//
// It is an ordinary reader of the hub, so nobody waits for it: behind a slow webhook it reads on from the event log, and what
// retention takes meanwhile is lost to the webhook alone, logged, and counted by the hub. Events of all accounts go out one after the
// other, in the order of the log. One that fails is tried again with growing pauses for a bounded time, then it is given up, logged and counted;
// one that the webhook refuses is given up at once. A delivery that failed may have arrived, so a webhook may see an event twice.
//
// A Service begins at the oldest retained event each time it runs: it remembers nothing.
package delivery

import (
	"context"
	"log/slog"
	"time"

	"github.com/cenkalti/backoff/v5"

	"heliograph/domain"
	"heliograph/ports"
)

// Defaults of Options.
const (
	DefaultGiveUpAfter = 5 * time.Minute
	DefaultEndGrace    = 2 * time.Second
)

// Bounds of the pause before another attempt.
const (
	minPause = 100 * time.Millisecond
	maxPause = 30 * time.Second
)

// batchEvents is how many events are taken from the stream at once.
const batchEvents = 16

// Options shape a Service; the zero value has the defaults.
type Options struct {
	// GiveUpAfter bounds the attempts for one event (5 min).
	GiveUpAfter time.Duration
	// EndGrace is how long an attempt that is going on at the end of Run may still take (2 s).
	EndGrace time.Duration
	// Observer counts; nil for nobody.
	Observer Observer
	// Logger gets failures, without numbers or contents; nil for none.
	Logger *slog.Logger
}

// Observer counts what becomes of events, for metrics. Its methods must not block.
type Observer interface {
	// Delivered counts an event that the webhook took, Dropped one that was given up.
	Delivered()
	Dropped()
	// Retried counts an attempt that failed and is made again.
	Retried()
}

type nobody struct{}

func (nobody) Delivered() {}
func (nobody) Dropped()   {}
func (nobody) Retried()   {}

// Service is the use case of delivering.
type Service struct {
	subscription ports.Subscription
	webhook      ports.Webhook
	options      Options
	failing      bool // the last attempt failed; Run's own
}

// New makes a Service. Nothing happens until Run.
func New(subscription ports.Subscription, webhook ports.Webhook, options Options) *Service {
	if options.GiveUpAfter <= 0 {
		options.GiveUpAfter = DefaultGiveUpAfter
	}
	if options.EndGrace <= 0 {
		options.EndGrace = DefaultEndGrace
	}
	if options.Observer == nil {
		options.Observer = nobody{}
	}
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	return &Service{subscription: subscription, webhook: webhook, options: options}
}

// Run delivers until ctx ends or the subscription does, and returns that error. Run once at a time.
func (s *Service) Run(ctx context.Context) error {
	stream, err := s.subscription.Subscribe(ctx, ports.Reader{
		Transport: "webhook", Name: "webhook", Filter: domain.Filter{Backend: true}, From: domain.Oldest,
	})
	if err != nil {
		return err
	}
	defer stream.Stop()
	var batch [batchEvents]*domain.Event
	for {
		n, err := stream.Next(ctx, batch[:])
		if err != nil {
			return err
		}
		for i, event := range batch[:n] {
			if err := s.handle(ctx, event); err != nil {
				s.options.Logger.Warn("ending before the webhook got all events", "at_least", n-i)
				return err
			}
		}
		clear(batch[:n])
	}
}

// handle deals with one event; it fails only when ctx ended before that was done.
func (s *Service) handle(ctx context.Context, event *domain.Event) error {
	if event.Kind == domain.KindGap || event.Kind == domain.KindReset {
		s.options.Logger.Warn("events were given up by retention before the webhook got them", "kind", string(event.Kind))
		return nil
	}
	err := s.deliver(ctx, body(event))
	switch {
	case err == nil:
		s.options.Observer.Delivered()
		if s.failing {
			s.failing = false
			s.options.Logger.Info("the webhook takes events again")
		}
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	s.failing = true
	s.options.Observer.Dropped()
	s.options.Logger.Warn("an event was given up: the webhook did not take it", "event", string(event.Kind), "bytes", len(event.Payload), "error", err)
	return nil
}

// deliver makes attempts until one succeeds, is refused or ctx or the time for them ends.
func (s *Service) deliver(ctx context.Context, body []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	pause := backoff.NewExponentialBackOff() // it adds jitter
	pause.InitialInterval, pause.MaxInterval = minPause, maxPause
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		err := s.attempt(ctx, body)
		if kind := domain.KindOf(err); err != nil && kind != domain.Unavailable && kind != domain.Timeout {
			return struct{}{}, backoff.Permanent(err)
		}
		return struct{}{}, err
	}, backoff.WithBackOff(pause), backoff.WithMaxElapsedTime(s.options.GiveUpAfter), backoff.WithNotify(func(err error, again time.Duration) {
		s.options.Observer.Retried()
		if !s.failing {
			s.failing = true
			s.options.Logger.Warn("the webhook does not take events", "error", err, "again", again)
		}
	}))
	return err
}

// attempt makes one attempt, which outlives ctx by EndGrace.
func (s *Service) attempt(ctx context.Context, body []byte) error {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(s.options.EndGrace, cancel) })()
	return s.webhook.Deliver(longer, body)
}
