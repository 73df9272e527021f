package hub

import (
	"context"
	"log/slog"

	"heliograph/domain"
)

// What the publisher does with a reader.

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

// fit says what became of events for a live reader.
type fit uint8

const (
	// queued: they are in its queue.
	queued fit = iota
	// ended: it is live no more.
	ended
	// full: its own queue has no room.
	full
	// short: all queues together have no room.
	short
)

// enqueue puts events, among which the filter must still choose, into the queue of a live reader; before
// is what was published before them, and own says that some are the gateway's own.
func (s *stream) enqueue(events []*domain.Event, own bool, before domain.Cursor) fit {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != live {
		return ended
	}
	s.passLocked(before)
	for len(events) > 0 && events[0].Cursor.Seq <= s.position.Seq {
		events = events[1:] // read from the log before it joined
	}
	wanted, bytes := s.choose(events, own)
	if len(wanted) == 0 {
		return queued
	}
	added := s.addLocked(wanted, bytes)
	if added == queued {
		s.wakeLocked()
	}
	return added
}

// waits is how many bytes are in the queue.
func (s *stream) waits() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.queue == nil {
		return 0
	}
	return s.queue.bytes
}

// giveUp moves a live reader to catch-up, as something has no room.
func (s *stream) giveUp() {
	s.mu.Lock()
	was := s.state
	if was == live {
		s.fallBehindLocked()
	}
	s.mu.Unlock()
	if was == live {
		s.hub.options.Observer.CatchUp(s.transport)
		s.hub.options.Logger.LogAttrs(context.Background(), slog.LevelDebug, "reader fell behind", slog.String("reader", s.name))
	}
}

// choose gives those that match, and the size of their payloads. Events of the gateway's own are rare: without them, nearly all
// readers get all.
func (s *stream) choose(events []*domain.Event, own bool) (wanted []*domain.Event, bytes int) {
	wanted = events
	if !s.filter.ByOriginAlone() || own && s.filter.Backend {
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

// addLocked adds to the queue where no bound is in the way. An empty queue takes a page of any size: the bounds of pages are below
// its own, but for one event that is larger alone.
func (s *stream) addLocked(events []*domain.Event, bytes int) fit {
	o := &s.hub.options
	if q := s.queue; q != nil && (q.len()+len(events) > o.MaxQueueMessages || q.bytes+bytes > o.MaxQueueBytes) {
		return full
	}
	if !s.hub.budget.take(bytes) {
		return short
	}
	if s.queue == nil {
		s.queue = newQueue()
	}
	s.queue.add(events)
	s.queue.bytes += bytes
	return queued
}
