package webhooks

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"heliograph/domain"
	"heliograph/ports"
)

var (
	_ ports.Webhooks          = (*Service)(nil)
	_ ports.WebhookDeliveries = (*Service)(nil)
	_ ports.DeadLetters       = (*Service)(nil)
)

// Service is the use case of calling webhooks.
type Service struct {
	log          ports.EventLog
	subscription ports.Subscription
	store        ports.KeyValue
	caller       ports.WebhookCaller
	options      Options

	bytes atomic.Int64  // payload in memory of all webhooks
	extra atomic.Int64  // calls beyond freeCalls of each
	reads chan struct{} // one token for each that reads the log
	// What wakes the goroutines of drive.
	dirty, alarm, reload signal

	// Of drive alone.
	lease, generation uint64
	head              *head

	mu          sync.Mutex // guards all below
	dispatchers map[string]*dispatcher
	driving     bool
}

// New makes a Service. Nothing is called until Run.
func New(log ports.EventLog, subscription ports.Subscription, store ports.KeyValue, caller ports.WebhookCaller, options Options) *Service {
	return &Service{
		log: log, subscription: subscription, store: store, caller: caller, options: options.withDefaults(),
		reads: make(chan struct{}, maxReads), dirty: newSignal(), alarm: newSignal(), reload: newSignal(),
		dispatchers: map[string]*dispatcher{},
	}
}

// Run drives the webhooks, whenever no other gateway of the store does, until ctx ends or the subscription does, and returns that error.
// Run once at a time.
func (s *Service) Run(ctx context.Context) error {
	for {
		if err := s.acquire(ctx); err != nil {
			return err
		}
		err := s.drive(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if domain.KindOf(err) != domain.Conflict {
			return err
		}
		s.options.Logger.Warn("another gateway of this store drives the webhooks now")
	}
}

// drive drives the webhooks until ctx ends or the lease is lost.
func (s *Service) drive(ctx context.Context) error {
	group, driving := errgroup.WithContext(ctx)
	// Below the limit by construction: calls, the reading of each webhook, and the loops.
	group.SetLimit((freeCalls+1)*(s.options.MaxWebhooks+len(s.options.Configured)) + maxExtraCalls + 16)
	s.head = newHead()
	of := &driver{Service: s, ctx: driving, spawn: func(f func() error) { group.Go(f) }, head: s.head}
	s.changedElsewhere(driving)
	group.Go(func() error { return s.hold(driving) })
	group.Go(func() error { return s.keepLoaded(driving, of) })
	group.Go(func() error { return s.head.run(driving, s) })
	group.Go(func() error { return s.keepTime(driving) })
	group.Go(func() error { return s.keepSaving(driving) })
	err := group.Wait()

	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.options.EndGrace)
	defer cancel()
	if domain.KindOf(err) != domain.Conflict && s.saveAll(ending, true) == nil {
		s.release(ending)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dispatchers, s.driving = map[string]*dispatcher{}, false
	s.bytes.Store(0)
	return err
}

// keepTime schedules webhooks when one of their lanes is due.
func (s *Service) keepTime(ctx context.Context) error {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		select {
		case <-s.alarm:
		case <-timer.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		now := time.Now()
		var next time.Time
		for _, d := range s.all() {
			d.mu.Lock()
			due := d.dueLocked()
			d.mu.Unlock()
			switch {
			case due.IsZero():
			case due.After(now):
				next = earlier(next, due)
			default:
				d.schedule()
			}
		}
		if !next.IsZero() {
			timer.Reset(time.Until(next))
		}
	}
}

// all are the dispatchers, by ID.
func (s *Service) all() []*dispatcher {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]*dispatcher, 0, len(s.dispatchers))
	for _, d := range s.dispatchers {
		list = append(list, d)
	}
	slices.SortFunc(list, func(a, b *dispatcher) int {
		if a.id < b.id {
			return -1
		}
		return 1
	})
	return list
}

func (s *Service) scheduleAll() {
	for _, d := range s.all() {
		d.schedule()
	}
}

func (s *Service) takeExtra() bool {
	if s.extra.Add(1) > maxExtraCalls {
		s.extra.Add(-1)
		return false
	}
	return true
}

func (s *Service) giveExtra() { s.extra.Add(-1) }

// tail is the position behind the last event. It waits while the log cannot be read.
func (s *Service) tail(ctx context.Context) (domain.Cursor, error) {
	for {
		last, _, err := s.log.Tail(ctx)
		if err == nil {
			return last, nil
		}
		s.options.Logger.LogAttrs(ctx, slog.LevelWarn, "the event log cannot be read", slog.String("kind", domain.KindOf(err).String()), slog.Any("error", err))
		sleep(ctx, time.Second)
		if ctx.Err() != nil {
			return domain.Cursor{}, ctx.Err()
		}
	}
}

// readLog reads a page, with a bound on how many do so at one time.
func (s *Service) readLog(ctx context.Context, filter domain.Filter, from domain.Cursor, limit int) (ports.Page, error) {
	select {
	case s.reads <- struct{}{}:
	case <-ctx.Done():
		return ports.Page{}, ctx.Err()
	}
	defer func() { <-s.reads }()
	return s.log.Read(ctx, filter, from, limit)
}
