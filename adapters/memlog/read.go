package memlog

import (
	"context"

	"heliograph/domain"
	"heliograph/ports"
)

const (
	// pageBytes bounds the payload of one page.
	pageBytes = 1 << 20
	// scanEvents is how many events one step of a Read looks at before it lets appends pass.
	scanEvents = 4096
)

// Read implements ports.EventLog.
func (l *Log) Read(ctx context.Context, filter domain.Filter, from domain.Cursor, limit int) (ports.Page, error) {
	r := read{log: l, filter: filter, limit: max(limit, 1)}
	l.expire()
	if r.start(from) {
		return r.page, nil
	}
	for {
		if err := ctx.Err(); err != nil {
			return ports.Page{}, contextError("read", err)
		}
		if r.step() {
			r.page.Next = l.cursor(r.next - 1)
			return r.page, nil
		}
	}
}

// expire drops what is too old, if there is something.
func (l *Log) expire() {
	now := l.options.Now()
	oldest := now.Add(-l.options.MaxAge).UnixNano()
	l.mu.RLock()
	due := l.events.len() > 0 && l.events.at(0).stored < oldest
	l.mu.RUnlock()
	if due {
		l.mu.Lock()
		l.evictLocked(now)
		l.mu.Unlock()
	}
}

// read is one Read in progress.
type read struct {
	log    *Log
	filter domain.Filter
	limit  int
	next   uint64 // sequence to look at next
	oldest bool   // it began at the oldest retained event, so nothing before counts as missed
	bytes  int
	page   ports.Page
}

// start finds where to begin; true when there is nothing to read.
func (r *read) start(from domain.Cursor) bool {
	l := r.log
	l.mu.RLock()
	defer l.mu.RUnlock()
	switch {
	case from == domain.Latest:
		r.page.Next = l.cursor(l.last)
		return true
	case from == domain.Oldest:
		r.oldest = true
		r.next = l.first
	case from.Epoch != l.epoch:
		r.page.Reset, r.oldest = true, true
		r.next = l.first
	case from.Seq >= l.last:
		r.page.Next = from // perhaps of a position that a reader is ahead of us with
		return true
	case from.Seq+1 < l.first:
		r.missed(from, l.first)
	default:
		r.next = from.Seq + 1
	}
	return false
}

// missed notes that everything after from and before first is gone.
func (r *read) missed(from domain.Cursor, first uint64) {
	r.page.Gap = &domain.Gap{After: from, Next: r.log.cursor(first)}
	r.next = first
}

// step looks at some events; true when the page is done.
func (r *read) step() bool {
	l := r.log
	l.mu.RLock()
	defer l.mu.RUnlock()
	if r.next < l.first { // evicted between two steps
		if len(r.page.Events) > 0 {
			return true
		}
		if r.page.Gap == nil && !r.oldest {
			r.missed(l.cursor(r.next-1), l.first)
		} else if r.page.Gap != nil {
			r.page.Gap.Next = l.cursor(l.first)
		}
		r.next = l.first
	}
	if r.filter.Account != "" {
		return r.stepAccountLocked()
	}
	for range scanEvents {
		if r.next > l.last {
			return true
		}
		if !r.take(l.events.at(int(r.next - l.first)).event) {
			return true
		}
		r.next++
	}
	return false
}

func (r *read) stepAccountLocked() bool {
	l := r.log
	of := l.accounts[r.filter.Account]
	if of != nil {
		at := of.search(r.next)
		for range scanEvents {
			if at == of.len() {
				break
			}
			seq := of.at(at)
			if !r.take(l.events.at(int(seq - l.first)).event) {
				return true
			}
			at++
			r.next = seq + 1
		}
		if at < of.len() {
			return false
		}
	}
	r.next = l.last + 1
	return true
}

// take adds e to the page where it matches; false when it does not fit any more.
func (r *read) take(e *domain.Event) bool {
	if e == nil || !r.filter.Match(e) {
		return true
	}
	if n := len(r.page.Events); n == r.limit || n > 0 && r.bytes+len(e.Payload) > pageBytes {
		return false
	}
	r.page.Events = append(r.page.Events, e)
	r.bytes += len(e.Payload)
	return true
}
