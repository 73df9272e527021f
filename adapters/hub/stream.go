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

// goLive is the publisher's yes to a reader at position; false when the reader has ended.
func (s *stream) goLive() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == joining {
		s.state = live
	}
	return s.state == live
}

// fallBehind makes a reader read the log from its position. It may be live,
// then published is the last published cursor, or joining, then it is ignored.
func (s *stream) fallBehind(published domain.Cursor) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == live {
		s.passLocked(published)
	}
	s.fallBehindLocked()
}

// passLocked moves the position of a live reader for which nothing waits: what was published up to there
// was either handed over or rejected by the filter.
func (s *stream) passLocked(published domain.Cursor) {
	if s.queue == nil && s.position.Seq < published.Seq {
		s.position = published
	}
}

func (s *stream) fallBehindLocked() {
	if s.state != stopped {
		s.state = catchingUp
		s.dropLocked()
		s.wakeLocked()
	}
}

// enqueue puts events, of which kinds the filter must still choose, into the queue of a live reader; before
// is what was published before them. It is false when the reader is live no more: it had no room, or was stopped.
func (s *stream) enqueue(events []*domain.Event, before domain.Cursor) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != live {
		return false
	}
	s.passLocked(before)
	for len(events) > 0 && events[0].Cursor.Seq <= s.position.Seq {
		events = events[1:] // read from the log before it joined
	}
	wanted, bytes := s.choose(events)
	if len(wanted) == 0 {
		return true
	}
	if !s.addLocked(wanted, bytes) {
		s.fallBehindLocked()
		s.hub.options.Observer.CatchUp(s.transport)
		return false
	}
	s.wakeLocked()
	return true
}

// choose gives those that match, and the size of their payloads.
func (s *stream) choose(events []*domain.Event) (wanted []*domain.Event, bytes int) {
	wanted = events
	if len(s.filter.Kinds) > 0 {
		wanted = nil
		for _, e := range events {
			if s.filter.Match(e) {
				wanted = append(wanted, e)
			}
		}
	}
	for _, e := range wanted {
		bytes += len(e.Payload)
	}
	return wanted, bytes
}

// addLocked is false where a bound is in the way.
func (s *stream) addLocked(events []*domain.Event, bytes int) bool {
	queued, queuedBytes := 0, 0
	if s.queue != nil {
		queued, queuedBytes = s.queue.len(), s.queue.bytes
	}
	o := &s.hub.options
	if queued+len(events) > o.MaxQueueMessages || queuedBytes+bytes > o.MaxQueueBytes || !s.hub.budget.take(bytes) {
		return false
	}
	if s.queue == nil {
		s.queue = newQueue()
	}
	s.queue.add(events)
	s.queue.bytes += bytes
	return true
}

// dropLocked forgets the queue.
func (s *stream) dropLocked() {
	if s.queue != nil {
		s.hub.budget.give(s.queue.bytes)
		s.queue.free()
		s.queue = nil
	}
}
