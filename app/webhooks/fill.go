package webhooks

import (
	"context"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

// recovery is one pass over the log that brings lanes which are behind what they missed: all of them at once, however many they are.
type recovery struct {
	active bool
	// at is the position up to which it has read, end where it ends.
	at, end domain.Cursor
}

// reading is one page to be read.
type reading struct {
	recovery bool
	from     domain.Cursor
	filter   domain.Filter
	era      int
}

// startFilling begins to read the log where there is something to read and room for it.
func (d *dispatcher) startFilling() {
	d.mu.Lock()
	_, ok := d.planLocked(false)
	ok = ok && !d.filling && d.drive.ctx.Err() == nil
	d.filling = d.filling || ok
	d.mu.Unlock()
	if ok {
		d.drive.spawn(func() error {
			d.fill(d.drive.ctx)
			return nil
		})
	}
}

// fill reads until there is nothing to read or no room.
func (d *dispatcher) fill(ctx context.Context) {
	failed := false
	for after := false; ; after = !after {
		d.mu.Lock()
		r, ok := d.planLocked(after)
		if !ok || ctx.Err() != nil {
			d.filling = false
			d.mu.Unlock()
			return
		}
		d.mu.Unlock()
		page, err := d.drive.readLog(ctx, r.filter, r.from, pageEvents)
		if err != nil {
			if ctx.Err() == nil && !failed {
				failed = true
				d.drive.options.Logger.Warn("the event log cannot be read", "webhook", d.id, "kind", domain.KindOf(err).String(), "error", err)
			}
			sleep(ctx, time.Second)
			continue
		}
		d.took(r, page)
		for d.startOne() {
		}
	}
}

// planLocked says what is to be read next; where there are two things, they take turns.
func (d *dispatcher) planLocked(recoveryFirst bool) (reading, bool) {
	if !d.workingLocked() || d.full || !d.roomLocked(0, maxQueueEvents/2) {
		return reading{}, false
	}
	main := !d.live && d.ownLanes < d.drive.options.MaxLanes && d.drive.head.open.Load()
	if d.recovery.active || d.reading > 0 {
		if recoveryFirst || !main {
			return d.recoveryLocked(), true
		}
	}
	return reading{from: d.read, filter: d.wants.filter, era: d.era}, main
}

// recoveryLocked begins a recovery where none is going on: it covers all lanes that are behind now.
func (d *dispatcher) recoveryLocked() reading {
	if !d.recovery.active {
		d.recovery = recovery{active: true}
		first := true
		for _, l := range d.lanes {
			if !l.behind || l.waiting {
				continue
			}
			l.covered = true
			if first || l.fed.Seq < d.recovery.at.Seq {
				d.recovery.at = l.fed
			}
			d.recovery.end = later(d.recovery.end, l.last)
			first = false
		}
	}
	return reading{recovery: true, from: d.recovery.at, filter: d.wants.filter, era: d.era}
}

// took puts a page where it belongs.
func (d *dispatcher) took(r reading, page ports.Page) {
	d.mu.Lock()
	if r.era != d.era {
		d.mu.Unlock()
		return
	}
	if page.Reset {
		d.lostLocked(domain.KindReset, nil)
		from := page.Next
		if len(page.Events) > 0 {
			from = before(page.Events[0].Cursor)
		}
		d.restartLocked(from)
		d.mu.Unlock()
		d.drive.dirty.signal()
		return
	}
	if page.Gap != nil {
		d.lostLocked(domain.KindGap, page.Gap)
	}
	if r.recovery {
		d.recoverLocked(page)
		d.mu.Unlock()
		return
	}
	all := true
	for _, e := range page.Events {
		if d.wants.match(e) && !d.takeLocked(e) {
			all, d.full = false, d.queued > 0
			break
		}
		d.read = e.Cursor
	}
	if all {
		d.read = page.Next
	}
	d.mu.Unlock()
	if all && len(page.Events) == 0 {
		d.drive.head.join(d)
	}
}

// recoverLocked feeds the lanes that a recovery covers.
func (d *dispatcher) recoverLocked(page ports.Page) {
	for _, e := range page.Events {
		l := d.lanes[laneOf(e)]
		if l != nil && l.covered && !l.waiting && e.Cursor.Seq > l.fed.Seq && e.Cursor.Seq <= l.last.Seq && d.wants.match(e) {
			if !d.roomLocked(len(e.Payload), maxQueueEvents/2) {
				d.full = true // by events, since there is always room for one
				return
			}
			d.pushLocked(l, e)
			l.fed = e.Cursor
		}
		d.recovery.at = e.Cursor
	}
	d.recovery.at = later(d.recovery.at, page.Next)
	if len(page.Events) > 0 && d.recovery.at.Seq < d.recovery.end.Seq {
		return
	}
	end := later(d.recovery.at, d.recovery.end)
	d.recovery = recovery{}
	for _, l := range d.lanes {
		if l.covered {
			l.fed, l.covered = later(l.fed, domain.Cursor{Epoch: end.Epoch, Seq: min(end.Seq, l.last.Seq)}), false
			d.settleLocked(l)
		}
	}
}

// reread gives the event at which a lane that waited is; nil where there is none, for it was all taken by retention.
func (d *dispatcher) reread(j job) (*domain.Event, error) {
	from := j.done
	for from.Seq < j.last.Seq {
		page, err := d.drive.readLog(d.drive.ctx, j.lane.key.filter(), from, 1)
		if err != nil {
			return nil, err
		}
		if page.Gap != nil || page.Reset {
			kind := domain.KindGap
			if page.Reset {
				kind = domain.KindReset
			}
			d.mu.Lock()
			d.lostLocked(kind, page.Gap)
			d.mu.Unlock()
			if page.Reset {
				return nil, nil
			}
		}
		if len(page.Events) == 0 {
			return nil, nil
		}
		e := page.Events[0]
		if e.Cursor.Seq > j.last.Seq {
			return nil, nil
		}
		if laneOf(e) == j.lane.key && j.wants.match(e) {
			return e, nil
		}
		from = e.Cursor
	}
	return nil, nil
}

// sleep waits, less long when ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
