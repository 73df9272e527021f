package receiving

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"heliograph/app/place"
	"heliograph/domain"
	"heliograph/ports"
)

var (
	_ ports.Receiver  = (*Service)(nil)
	_ ports.Receiving = (*Service)(nil)
)

// Service is the use case of receiving.
type Service struct {
	log          ports.EventLog
	subscription ports.Subscription
	options      Options

	buffer    *buffer
	turns     *turns
	drains    *place.Store
	polls     chan pollRequest
	noPolls   chan struct{} // closed when no polls are started any more
	endPolls  func()        // closes it, once
	ended     chan struct{} // closed when Run has ended
	lastEvent atomic.Int64  // nanoseconds since the Unix epoch, 0 for never
	arrivals  arrivals
}

// New makes a Service that stores in log, and remembers in values how far each account was drained; subscription, on the same log, is for
// drains that wait. Nothing happens until Run.
func New(log ports.EventLog, values ports.KeyValue, subscription ports.Subscription, options Options) *Service {
	options = options.withDefaults()
	noPolls := make(chan struct{})
	return &Service{
		log:          log,
		subscription: subscription,
		options:      options,
		buffer:       newBuffer(options),
		turns:        newTurns(),
		drains:       place.New(values, log, drainsSpace, options.Now),
		polls:        make(chan pollRequest),
		noPolls:      noPolls,
		endPolls:     sync.OnceFunc(func() { close(noPolls) }),
		ended:        make(chan struct{}),
		arrivals:     arrivals{accounts: make(map[domain.Account]time.Time)},
	}
}

// Run stores what Receive takes, and polls, until ctx ends. Then it ends the polls, stores what they and others still bring and
// what is left, and returns ctx's error. Run once only.
func (s *Service) Run(ctx context.Context) error {
	defer close(s.ended)
	storing, endStoring := context.WithCancel(context.WithoutCancel(ctx))
	defer endStoring()
	taking, endTaking := context.WithCancel(storing)
	defer endTaking()
	pollsOver := make(chan struct{})

	group, groupCtx := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(pollsOver)
		return s.runPolls(groupCtx)
	})
	s.buffer.open(s.options.Writers)
	for range s.options.Writers {
		group.Go(func() error {
			s.write(taking, storing)
			return groupCtx.Err()
		})
	}
	group.Go(func() error {
		<-groupCtx.Done()
		s.endPolls()
		await(pollsOver, s.options.PollEnd)
		endTaking()
		await(s.buffer.end, s.options.FlushTimeout)
		endStoring()
		return groupCtx.Err()
	})
	err := group.Wait()
	if left := s.buffer.bytes(); left > 0 {
		s.options.Logger.Error("received events could not be stored before the end", "bytes", left)
	}
	return err
}

// await waits until done is closed, for as long as limit.
func await(done <-chan struct{}, limit time.Duration) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	}
}

// Receive implements ports.Receiver.
func (s *Service) Receive(ctx context.Context, payload []byte) error {
	return s.buffer.put(ctx, s.event(payload, ""))
}

// Wanted implements ports.Receiver.
func (s *Service) Wanted() (wanted bool, changed <-chan struct{}) { return s.buffer.wanted() }

// Stalled implements ports.Receiver.
func (s *Service) Stalled() bool { return s.buffer.stalled() }

// Buffered is how many bytes wait to be stored.
func (s *Service) Buffered() int { return s.buffer.bytes() }

// LastEvent is when something that was received was stored last, zero for never.
func (s *Service) LastEvent() time.Time {
	if ns := s.lastEvent.Load(); ns != 0 {
		return time.Unix(0, ns)
	}
	return time.Time{}
}

// Problems says, in sentences for people, why messages cannot be received now; empty when they can.
func (s *Service) Problems() []string {
	failing, stalled, over := s.buffer.state()
	var problems []string
	if failing || !s.options.Writable() {
		problems = append(problems, "received messages cannot be stored")
	}
	if stalled {
		problems = append(problems, "the buffer of received messages is full: the backend is not read any more")
	} else if over {
		problems = append(problems, "the buffer of received messages is more than half full: receiving pauses")
	}
	return problems
}

func errEnded(op string) error {
	return domain.Errorf(domain.Unavailable, op, "the gateway is shutting down")
}

func contextError(op string, err error) error {
	return &domain.Error{Op: op, Kind: domain.KindOf(err), Err: err}
}
