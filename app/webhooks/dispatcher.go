package webhooks

import (
	"context"
	"sync"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

// driver is what a dispatcher needs of the service that drives it.
type driver struct {
	*Service
	ctx context.Context // ends when this gateway drives the webhooks no more
	// spawn runs a function on a goroutine that the service waits for.
	spawn func(func() error)
	head  *head
}

// dispatcher delivers to one webhook. It has goroutines only while it calls or reads.
type dispatcher struct {
	drive *driver
	id    string

	mu      sync.Mutex // guards all below
	hook    domain.Webhook
	trusted bool
	wants   choice
	serial  int64
	removed bool
	lanes   map[laneKey]*lane
	ready   []*lane // lanes with pending events, in the order in which they got ready
	// Of the lanes, those that are own, that wait for their next attempt, and that must read the log.
	ownLanes, waiting, reading int
	// dueAt is when the first of those that wait is due, or earlier; zero for never.
	dueAt time.Time
	// alarmed is what the timekeeper was told last.
	alarmed time.Time
	// read is the position up to which events were put into lanes or passed over; live says that the head's position counts where that
	// is further.
	read domain.Cursor
	live bool
	// queued and queuedBytes are the events in lanes.
	queued, queuedBytes int
	running, retrying   int
	turn                bool // it is a failing lane's turn
	filling             bool
	full                bool // there was no room for what was read, until an event is dealt with
	recovery            recovery
	// trouble counts failures since the last success; woke is when a success woke failing lanes.
	trouble     int
	woke        time.Time
	pausedUntil time.Time
	gone        int64
	replayed    int64
	facts       facts
	attempts    ring
	// era changes when everything begins anew elsewhere: what was begun before does not count.
	era int

	dead     []string // IDs of dead letters, oldest first; some may be gone
	dirty    bool     // something happened since it was saved
	saved    domain.Cursor
	savedAt  time.Time
	revision uint64
}

// workingLocked says whether it may be called.
func (d *dispatcher) workingLocked() bool {
	return !d.removed && d.hook.Enabled && (d.gone == 0 || d.gone != d.serial)
}

// troubledLocked says that the receiver takes nothing at present: it has failed more often in a row than calls were made side by side.
func (d *dispatcher) troubledLocked() bool { return d.trouble > d.hook.Concurrency }

// offer takes events that are new, of which the first comes after the position from; to is the position behind them. It says whether there is work.
func (d *dispatcher) offer(events []*domain.Event, from, to domain.Cursor) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.live {
		return false
	}
	d.read = later(d.read, from)
	for _, e := range events {
		if e.Cursor.Seq <= d.read.Seq {
			continue
		}
		if d.wants.match(e) && !d.takeLocked(e) {
			d.live = false
			return true
		}
		d.read = e.Cursor
	}
	d.read = later(d.read, to)
	return len(d.ready) > 0
}

// takeLocked puts an event into its lane, or notes that the lane must read it; false when there is no room.
func (d *dispatcher) takeLocked(e *domain.Event) bool {
	if d.ownLanes >= d.drive.options.MaxLanes {
		return false
	}
	key := laneOf(e)
	l := d.lanes[key]
	if l != nil && l.behind {
		l.last = e.Cursor
		return true
	}
	if l != nil && len(l.pending) >= maxLaneEvents {
		d.leaveLocked(l)
		l.last = e.Cursor
		return true
	}
	if !d.roomLocked(len(e.Payload), maxQueueEvents) {
		return false
	}
	if l == nil {
		l = &lane{key: key}
		d.lanes[key] = l
	}
	d.pushLocked(l, e)
	return true
}

func (d *dispatcher) roomLocked(bytes, events int) bool {
	if d.queued == 0 {
		return true
	}
	o := &d.drive.options
	if d.troubledLocked() {
		events = min(events, troubledEvents)
	}
	return d.queued < events && d.queuedBytes+bytes <= o.MaxQueueBytes && d.drive.bytes.Load()+int64(bytes) <= int64(o.MaxTotalBytes)
}

func (d *dispatcher) pushLocked(l *lane, e *domain.Event) {
	l.pending = append(l.pending, e)
	d.queued++
	d.countLocked(len(e.Payload))
	d.listLocked(l)
}

func (d *dispatcher) countLocked(bytes int) {
	d.queuedBytes += bytes
	d.drive.bytes.Add(int64(bytes))
}

// listLocked notes that a lane can go on.
func (d *dispatcher) listLocked(l *lane) {
	if !l.listed && !l.busy && !l.waiting && len(l.pending) > 0 {
		l.listed = true
		d.ready = append(d.ready, l)
	}
}

// leaveLocked puts a lane that has an event in memory on its own: from now on its events are passed over.
func (d *dispatcher) leaveLocked(l *lane) {
	if !l.own {
		l.own, l.done = true, before(l.first().Cursor)
		d.ownLanes++
	}
	l.fed = l.first().Cursor
	if n := len(l.pending); n > 0 {
		l.fed = l.pending[n-1].Cursor
	}
	l.last = later(l.last, l.fed)
	l.covered = false
	d.markLocked(l, true, l.waiting)
	d.dirty = true
}

// markLocked changes what a lane is, and counts.
func (d *dispatcher) markLocked(l *lane, behind, waiting bool) {
	count := func(by int) {
		if l.waiting {
			d.waiting += by
		} else if l.behind {
			d.reading += by
		}
	}
	count(-1)
	l.behind, l.waiting = behind, waiting
	count(1)
}

// dropLocked forgets what is in memory of a lane.
func (d *dispatcher) dropLocked(l *lane) {
	for _, e := range l.pending {
		d.queued--
		d.countLocked(-len(e.Payload))
	}
	l.pending = nil
}

// settleLocked finds out what a lane is after something happened to it.
func (d *dispatcher) settleLocked(l *lane) {
	if l.behind && !l.waiting && l.fed.Seq >= l.last.Seq {
		l.covered = false
		d.markLocked(l, false, false) // all of it is in memory, so the webhook's reading goes on with it
	}
	if l.behind || l.busy || l.waiting || len(l.pending) > 0 {
		d.listLocked(l)
		return
	}
	if l.own {
		l.own = false
		d.ownLanes--
	}
	delete(d.lanes, l.key)
}

// restartLocked forgets all lanes and goes on at from.
func (d *dispatcher) restartLocked(from domain.Cursor) {
	for _, l := range d.lanes {
		d.dropLocked(l)
	}
	d.lanes, d.ready, d.dueAt = map[laneKey]*lane{}, nil, time.Time{}
	d.ownLanes, d.waiting, d.reading, d.trouble = 0, 0, 0, 0
	d.recovery = recovery{}
	d.read, d.live, d.full = from, false, false
	d.era++
	d.dirty = true
}

// dueLocked is when there will be something to do that nothing else brings about; zero for never.
func (d *dispatcher) dueLocked() time.Time {
	due := d.dueAt
	if !d.workingLocked() || due.IsZero() && len(d.ready) == 0 {
		return time.Time{}
	}
	if due.Before(d.pausedUntil) {
		due = d.pausedUntil
	}
	return due
}

// lostLocked notes a range that retention took, or a log that is another one.
func (d *dispatcher) lostLocked(kind domain.EventKind, gap *domain.Gap) {
	d.facts.LostRanges++
	if gap != nil {
		d.facts.LostAfter, d.facts.LostNext = gap.After.String(), gap.Next.String()
	}
	d.dirty = true
	d.drive.options.Observer.Lost(kind)
	d.drive.options.Logger.Warn("events are gone before a webhook got them", "webhook", d.id, "kind", string(kind))
}

// noteLocked remembers how an attempt ended.
func (d *dispatcher) noteLocked(a ports.WebhookAttempt) {
	d.attempts.add(a)
	if a.Outcome == ports.OutcomeDelivered {
		d.facts.LastSuccess = millis(a.At.Add(a.Took))
		return
	}
	d.facts.LastFailure, d.facts.LastError = millis(a.At.Add(a.Took)), a.Error
}
