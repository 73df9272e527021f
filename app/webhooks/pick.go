package webhooks

import (
	"time"

	"heliograph/domain"
)

// job is one attempt to be made.
type job struct {
	lane *lane
	// event is nil for a lane that waited: it is read from the log.
	event *domain.Event
	retry bool
	extra bool // counts among the calls beyond freeCalls
	era   int
	// What holds for this attempt.
	hook     domain.Webhook
	trusted  bool
	serial   int64
	wants    choice
	since    time.Time
	attempts int // before this one
	done     domain.Cursor
	last     domain.Cursor
}

// schedule begins everything that can be begun, and sees that the rest is when it is due.
func (d *dispatcher) schedule() {
	for d.startOne() {
	}
	d.startFilling()
	d.mu.Lock()
	due := d.dueLocked()
	changed := !due.IsZero() && due != d.alarmed
	d.alarmed = due
	d.mu.Unlock()
	if changed {
		d.drive.alarm.signal()
	}
}

// startOne begins one attempt, if one can be begun.
func (d *dispatcher) startOne() bool {
	d.mu.Lock()
	j, ok := d.pickLocked(time.Now())
	d.mu.Unlock()
	if ok {
		d.drive.spawn(func() error {
			d.work(j)
			return nil
		})
	}
	return ok
}

// pickLocked chooses the next attempt. New events and lanes that failed take turns, and as long as the receiver takes nothing at all it
// gets one of each at a time.
func (d *dispatcher) pickLocked(now time.Time) (job, bool) {
	if d.drive.ctx.Err() != nil || !d.workingLocked() || now.Before(d.pausedUntil) {
		return job{}, false
	}
	calls, retries := d.hook.Concurrency, max(1, d.hook.Concurrency/2)
	if d.troubledLocked() {
		calls, retries = min(calls, 2), 1
	}
	if d.running >= calls {
		return job{}, false
	}
	extra := d.running >= freeCalls
	if extra && !d.drive.takeExtra() {
		return job{}, false
	}
	var l *lane
	retry := false
	if d.turn && d.retrying < retries {
		l = d.dueLaneLocked(now)
		retry = l != nil
	}
	if l == nil {
		l = d.readyLaneLocked()
	}
	if l == nil && d.retrying < retries {
		l = d.dueLaneLocked(now)
		retry = l != nil
	}
	if l == nil {
		if extra {
			d.drive.giveExtra()
		}
		return job{}, false
	}
	d.turn = !retry
	j := job{
		lane: l, retry: retry, extra: extra, era: d.era, hook: d.hook, trusted: d.trusted, serial: d.serial, wants: d.wants,
		since: l.since, attempts: l.attempts, done: l.done, last: l.last,
	}
	l.busy = true
	d.running++
	if retry {
		d.retrying++
		return j, true
	}
	j.event = l.pending[0]
	l.pending[0] = nil
	l.pending = l.pending[1:]
	l.current = j.event
	return j, true
}

// readyLaneLocked takes the first lane that can go on.
func (d *dispatcher) readyLaneLocked() *lane {
	for len(d.ready) > 0 {
		l := d.ready[0]
		d.ready[0] = nil
		d.ready = d.ready[1:]
		l.listed = false
		if !l.busy && !l.waiting && len(l.pending) > 0 {
			return l
		}
	}
	return nil
}

// dueLaneLocked finds the lane that has been due longest, and when the next one is.
func (d *dispatcher) dueLaneLocked(now time.Time) *lane {
	if d.dueAt.IsZero() || now.Before(d.dueAt) {
		return nil
	}
	var first *lane
	var next time.Time
	for _, l := range d.lanes {
		if !l.waiting || l.busy {
			continue
		}
		switch {
		case first == nil:
			first = l
		case l.next.Before(first.next):
			next = earlier(next, first.next)
			first = l
		default:
			next = earlier(next, l.next)
		}
	}
	d.dueAt = next
	if first != nil && now.Before(first.next) {
		d.dueAt = first.next
		return nil
	}
	return first
}

// earlier is the earlier of two times, of which zero is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}
