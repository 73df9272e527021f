package hub

import (
	"context"
	"sync"

	"heliograph/domain"
	"heliograph/ports"
)

// state says who moves a reader.
type state uint8

const (
	// catchingUp: the goroutine that calls Next reads the log.
	catchingUp state = iota
	// joining: the publisher has been asked and will answer live or catchingUp.
	joining
	// live: the publisher fills the queue.
	live
	// stopped: for ever.
	stopped
)

// stream is one reader.
type stream struct {
	hub       *SubscriptionHub
	transport string
	name      string
	filter    domain.Filter

	wake  chan struct{} // one token when waiting became false
	place int           // in the publisher's index; the publisher's own
	past  catchUp       // belongs to the goroutine that calls Next

	mu      sync.Mutex // guards all below
	state   state
	waiting bool
	// position is the last event handed over, or a later one up to which there
	// is nothing for this reader.
	position domain.Cursor
	queue    *queue             // nil when empty
	cancel   context.CancelFunc // ends a read of the log; nil while there is none
}

func newStream(h *SubscriptionHub, reader ports.Reader) *stream {
	return &stream{
		hub:       h,
		transport: reader.Transport,
		name:      reader.Name,
		filter:    reader.Filter,
		wake:      make(chan struct{}, 1),
		position:  reader.From,
	}
}

// Next implements ports.Stream.
func (s *stream) Next(ctx context.Context, into []*domain.Event) (int, error) {
	if len(into) == 0 {
		return 0, domain.Errorf(domain.Invalid, "next", "no room for events")
	}
	for {
		if err := ctx.Err(); err != nil {
			return 0, contextError("next", err)
		}
		s.mu.Lock()
		switch {
		case s.state == stopped:
			s.mu.Unlock()
			return 0, errStopped("next")
		case s.state == catchingUp:
			from := s.position
			s.mu.Unlock()
			n, err := s.readPast(ctx, from, into)
			if n > 0 || err != nil {
				return n, err
			}
		case s.queue != nil:
			n := s.takeLocked(into)
			s.mu.Unlock()
			s.hub.options.Observer.Delivered(s.transport, n)
			return n, nil
		default:
			s.waiting = true
			s.mu.Unlock()
			if err := s.wait(ctx); err != nil {
				return 0, err
			}
		}
	}
}

// takeLocked hands over from the queue.
func (s *stream) takeLocked(into []*domain.Event) int {
	n, bytes := s.queue.take(into)
	s.hub.budget.give(bytes)
	s.position = into[n-1].Cursor
	if s.queue.len() == 0 {
		s.queue.free()
		s.queue = nil
	}
	return n
}

// wait blocks until wakeLocked; waiting was set before.
func (s *stream) wait(ctx context.Context) error {
	select {
	case <-s.wake:
		return nil
	case <-ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.waiting {
		<-s.wake // sent under the lock, so it is there
	}
	s.waiting = false
	return contextError("next", ctx.Err())
}

// wakeLocked lets Next look again.
func (s *stream) wakeLocked() {
	if s.waiting {
		s.waiting = false
		select {
		case s.wake <- struct{}{}:
		default: // never: one token a wait
		}
	}
}

// Ack implements ports.Stream: readers of a hub have no name to remember.
func (s *stream) Ack(context.Context, domain.Cursor) error { return nil }

// Stop implements ports.Stream.
func (s *stream) Stop() {
	s.mu.Lock()
	was := s.state
	s.state = stopped
	s.dropLocked()
	s.wakeLocked()
	cancel := s.cancel
	s.mu.Unlock()
	if cancel != nil {
		cancel()
	}
	if was == stopped {
		return
	}
	s.hub.readers.remove(s)
	s.hub.options.Observer.ReaderClosed(s.transport)
	if was == live {
		s.hub.publisher.commands.send(command{stream: s, leave: true})
	}
}

// dropLocked forgets the queue.
func (s *stream) dropLocked() {
	if s.queue != nil {
		s.hub.budget.give(s.queue.bytes)
		s.queue.free()
		s.queue = nil
	}
}
