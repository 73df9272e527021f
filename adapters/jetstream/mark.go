package jetstream

import "time"

// mark is the last message that came, at some moment, and when that was stored.
type mark struct {
	seq  uint64
	time time.Time
}

// setMark has marked give what it is now, unless that waits to be looked at from an earlier time.
func (t *tail) setMark() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.mark == (mark{}) {
		t.mark = mark{t.end, t.endTime}
	}
}

// marked is what setMark noted, else what it would.
func (t *tail) marked() (m mark, lostConnection bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.mark != (mark{}) {
		return t.mark, true
	}
	return mark{t.end, t.endTime}, false
}

// unmark is for when the stream was found to go on after m.
func (t *tail) unmark(m mark) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.mark == m {
		t.mark = mark{}
	}
}

// mark has the open logs note where they are, as the connection was lost.
func (s *Store) mark() {
	s.logsMu.Lock()
	defer s.logsMu.Unlock()
	for _, l := range s.logs {
		l.tail.setMark()
	}
}
