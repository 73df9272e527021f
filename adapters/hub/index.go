package hub

import (
	"iter"

	"heliograph/domain"
)

// index is the live readers by account, so that an event touches nobody it is
// not for. It belongs to the publisher goroutine.
type index struct {
	all      topic
	accounts map[domain.Account]*topic
	size     int
	touched  []*topic  // scratch of publish
	relieved []*stream // in the index and live no more, during publish
}

// topic is the readers of one account, or of all.
type topic struct {
	readers []*stream
	events  []*domain.Event // scratch of publish
	own     bool            // scratch of publish: some of events are the gateway's own
}

func newIndex() *index { return &index{accounts: make(map[domain.Account]*topic)} }

func (x *index) topicOf(s *stream) *topic {
	if s.filter.Account == "" {
		return &x.all
	}
	return x.accounts[s.filter.Account]
}

func (x *index) add(s *stream) {
	t := x.topicOf(s)
	if t == nil {
		t = &topic{}
		x.accounts[s.filter.Account] = t
	}
	s.place = len(t.readers)
	t.readers = append(t.readers, s)
	x.size++
}

// remove takes s out, if it is in.
func (x *index) remove(s *stream) {
	t := x.topicOf(s)
	if t == nil || s.place >= len(t.readers) || t.readers[s.place] != s {
		return
	}
	last := len(t.readers) - 1
	moved := t.readers[last]
	t.readers[s.place], t.readers[last] = moved, nil
	moved.place = s.place
	t.readers = t.readers[:last]
	x.size--
	if last == 0 && s.filter.Account != "" {
		delete(x.accounts, s.filter.Account)
	}
}

// publish puts events into the queues of those they are for; before is what was published before them.
func (x *index) publish(events []*domain.Event, before domain.Cursor) {
	defer x.forgetRelieved()
	x.all.own = false
	for _, e := range events {
		own := !e.Kind.FromBackend()
		x.all.own = x.all.own || own
		if t := x.accounts[e.Account]; t != nil {
			if len(t.events) == 0 {
				x.touched = append(x.touched, t)
			}
			t.events = append(t.events, e)
			t.own = t.own || own
		}
	}
	if len(x.all.readers) > 0 {
		x.deliver(&x.all, events, before)
	}
	for i, t := range x.touched {
		x.deliver(t, t.events, before)
		clear(t.events)
		t.events, t.own = t.events[:0], false
		x.touched[i] = nil
	}
	x.touched = x.touched[:0]
}

func (x *index) deliver(t *topic, events []*domain.Event, before domain.Cursor) {
	for i := len(t.readers) - 1; i >= 0; i-- { // backwards: remove moves the last into its place
		s := t.readers[i]
		added := s.enqueue(events, t.own, before)
		if added == short && x.relieve(s) {
			added = s.enqueue(events, t.own, before)
		}
		if added == full || added == short {
			s.giveUp()
		}
		if added != queued {
			x.remove(s)
		}
	}
}

// relieve moves the readers with the largest queues to catch-up, so that none who reads has to go because others do not. All that
// have at least half as much as the largest go at once, so it is seldom needed again; false when s has as much itself.
func (x *index) relieve(s *stream) bool {
	largest := 0
	for other := range x.live() {
		largest = max(largest, other.waits())
	}
	if largest == 0 || 2*s.waits() >= largest {
		return false
	}
	for other := range x.live() {
		if 2*other.waits() >= largest {
			other.giveUp() // and out of the index when publish is done
			x.relieved = append(x.relieved, other)
		}
	}
	return true
}

// live gives all readers of the index.
func (x *index) live() iter.Seq[*stream] {
	return func(yield func(*stream) bool) {
		for _, s := range x.all.readers {
			if !yield(s) {
				return
			}
		}
		for _, t := range x.accounts {
			for _, s := range t.readers {
				if !yield(s) {
					return
				}
			}
		}
	}
}

// forgetRelieved takes out who was moved to catch-up in the middle of publish, before any of them can join again.
func (x *index) forgetRelieved() {
	for i, s := range x.relieved {
		x.remove(s)
		x.relieved[i] = nil
	}
	x.relieved = x.relieved[:0]
}

// dismiss makes all live readers read the log; published is the last published cursor.
func (x *index) dismiss(published domain.Cursor) {
	for s := range x.live() {
		s.fallBehind(published)
	}
	*x = *newIndex()
}
