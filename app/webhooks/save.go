package webhooks

import (
	"context"
	"errors"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

// keepSaving saves states that changed, a moment after they did, until ctx ends. It fails with Conflict when another gateway wrote one.
func (s *Service) keepSaving(ctx context.Context) error {
	idle := time.NewTicker(idleSave)
	defer idle.Stop()
	for {
		select {
		case <-s.dirty:
			sleep(ctx, s.options.SaveInterval)
		case <-idle.C:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := s.saveAll(ctx, false); err != nil {
			return err
		}
	}
}

// saveAll saves what changed; with idle also what merely went on. What could not be saved is saved next time.
func (s *Service) saveAll(ctx context.Context, idle bool) error {
	at := s.head.at()
	var lost error
	for _, d := range s.all() {
		err := d.save(ctx, at, idle)
		switch {
		case domain.KindOf(err) == domain.Conflict && err != nil:
			lost = errors.Join(lost, err)
		case err != nil && ctx.Err() == nil:
			s.options.Logger.Warn("a webhook's state cannot be kept", "webhook", d.id, "kind", domain.KindOf(err).String(), "error", err)
			s.dirty.signal()
		}
	}
	return lost
}

// save keeps the state of one webhook where it changed.
func (d *dispatcher) save(ctx context.Context, head domain.Cursor, idle bool) error {
	now := time.Now()
	d.mu.Lock()
	st, cursor := d.stateLocked(head)
	due := d.dirty || cursor != d.saved && (idle || now.Sub(d.savedAt) >= idleSave)
	if !due || d.removed {
		d.mu.Unlock()
		return nil
	}
	d.dirty = false
	revision := d.revision
	d.mu.Unlock()

	revision, err := d.drive.put(ctx, stateSpace, d.id, encode(st), revision)
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil {
		d.dirty = true
		return err
	}
	d.revision, d.saved, d.savedAt = revision, cursor, now
	return nil
}

// stateLocked is what is to be kept: everything up to the cursor was dealt with, but for the lanes.
func (d *dispatcher) stateLocked(head domain.Cursor) (state, domain.Cursor) {
	cursor := d.read
	if d.live {
		cursor = later(cursor, head)
	}
	st := state{Gone: d.gone, Replayed: d.replayed, facts: d.facts}
	for _, l := range d.lanes {
		if !l.own {
			if e := l.first(); e != nil && e.Cursor.Seq <= cursor.Seq {
				cursor = before(e.Cursor)
			}
			continue
		}
		of := laneState{
			Account: l.key.account, Source: l.key.source, Done: l.done.String(), Waiting: l.waiting, Attempts: l.attempts, Fails: l.fails, Since: millis(l.since),
			Next: millis(l.next), Received: int64(l.received),
		}
		if !l.key.group.IsZero() {
			of.Group = l.key.group.String()
		}
		st.Lanes = append(st.Lanes, of)
	}
	st.Cursor = cursor.String()
	return st, cursor
}

// load puts a dispatcher where its webhook stood.
func (d *dispatcher) load(entry ports.Entry) error {
	var st state
	if err := decode(entry.Value, &st); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.revision = entry.Revision
	d.gone, d.replayed, d.facts = st.Gone, st.Replayed, st.facts
	d.read = cursorOf(st.Cursor)
	d.saved = d.read
	for _, of := range st.Lanes {
		key := laneKey{account: of.Account, source: of.Source}
		if of.Group != "" {
			key.group, _ = domain.ParseGroupID(of.Group)
		}
		done := cursorOf(of.Done)
		l := &lane{
			key: key, own: true, done: done, fed: done, last: later(done, d.read),
			attempts: of.Attempts, fails: of.Fails, since: timeOf(of.Since), next: timeOf(of.Next), received: domain.Timestamp(of.Received),
		}
		d.lanes[key] = l
		d.ownLanes++
		d.markLocked(l, true, of.Waiting)
		if of.Waiting {
			d.dueAt = earlier(d.dueAt, l.next)
		} else {
			d.settleLocked(l)
		}
	}
	return nil
}
