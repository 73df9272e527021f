package hub

import "heliograph/domain"

// index is the live readers by account, so that an event touches nobody it is
// not for. It belongs to the publisher goroutine.
type index struct {
	all      topic
	accounts map[domain.Account]*topic
	size     int
	touched  []*topic // scratch of publish
}

// topic is the readers of one account, or of all.
type topic struct {
	readers []*stream
	events  []*domain.Event // scratch of publish
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
	if len(x.all.readers) > 0 {
		x.deliver(&x.all, events, before)
	}
	if len(x.accounts) == 0 {
		return
	}
	for _, e := range events {
		if t := x.accounts[e.Account]; t != nil {
			if len(t.events) == 0 {
				x.touched = append(x.touched, t)
			}
			t.events = append(t.events, e)
		}
	}
	for i, t := range x.touched {
		x.deliver(t, t.events, before)
		clear(t.events)
		t.events = t.events[:0]
		x.touched[i] = nil
	}
	x.touched = x.touched[:0]
}

func (x *index) deliver(t *topic, events []*domain.Event, before domain.Cursor) {
	for i := len(t.readers) - 1; i >= 0; i-- { // backwards: remove moves the last into its place
		if s := t.readers[i]; !s.enqueue(events, before) {
			x.remove(s)
		}
	}
}

// dismiss makes all live readers read the log; published is the last published cursor.
func (x *index) dismiss(published domain.Cursor) {
	dismissed := func(t *topic) {
		for _, s := range t.readers {
			s.fallBehind(published)
		}
	}
	dismissed(&x.all)
	for _, t := range x.accounts {
		dismissed(t)
	}
	*x = *newIndex()
}
