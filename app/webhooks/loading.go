package webhooks

import (
	"context"
	"errors"
	"strings"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

// keepLoaded makes the dispatchers those that the configuration asks for, now and whenever it changes.
func (s *Service) keepLoaded(ctx context.Context, of *driver) error {
	first := true
	for {
		if err := s.loadAll(ctx, of, first); err != nil {
			if ctx.Err() != nil || domain.KindOf(err) == domain.Conflict {
				return errors.Join(ctx.Err(), err)
			}
			s.options.Logger.Warn("the webhooks cannot be loaded", "kind", domain.KindOf(err).String(), "error", err)
			sleep(ctx, time.Second)
			s.reload.signal()
		} else {
			first = false
		}
		select {
		case <-s.reload:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// loadAll reads the configuration; first says that nothing is loaded yet.
func (s *Service) loadAll(ctx context.Context, of *driver, first bool) error {
	entries, records, err := s.read(ctx)
	if err != nil {
		return err
	}
	states := map[string]ports.Entry{}
	if first {
		list, err := s.store.List(ctx, stateSpace)
		if err != nil {
			return err
		}
		for _, e := range list {
			states[e.Key] = e
		}
	}
	wanted := map[string]bool{}
	var called []*dispatcher
	for _, entry := range entries {
		wanted[entry.ID] = true
		d, err := s.dispatcherOf(ctx, of, entry, records[entry.ID], states)
		if err != nil {
			return err
		}
		d.apply(entry, records[entry.ID])
		d.mu.Lock()
		working := d.workingLocked()
		d.mu.Unlock()
		if working {
			called = append(called, d)
		} else {
			s.head.leave(d)
		}
	}
	for _, d := range s.all() {
		if !wanted[d.id] {
			s.forget(ctx, d.id)
		}
	}
	for id := range states { // where one of a configuration file stood is kept: another gateway, or the next start, may have it again
		if !wanted[id] && strings.HasPrefix(id, madePrefix) {
			s.forget(ctx, id)
		}
	}
	s.mu.Lock()
	s.driving = true
	s.mu.Unlock()
	s.head.set(called)
	s.dirty.signal()
	for _, d := range called {
		d.schedule()
	}
	return nil
}

// dispatcherOf finds a webhook's dispatcher or makes one that stands where the webhook stood.
func (s *Service) dispatcherOf(ctx context.Context, of *driver, entry ports.WebhookEntry, rec record, states map[string]ports.Entry) (*dispatcher, error) {
	s.mu.Lock()
	d := s.dispatchers[entry.ID]
	s.mu.Unlock()
	if d != nil {
		return d, nil
	}
	d = &dispatcher{drive: of, id: entry.ID, lanes: map[laneKey]*lane{}, savedAt: time.Now()}
	st, ok := states[entry.ID]
	if !ok {
		var err error
		st, err = s.store.Get(ctx, stateSpace, entry.ID)
		if ok = err == nil; !ok && domain.KindOf(err) != domain.NotFound {
			return nil, err
		}
	}
	if ok {
		if err := d.load(st); err != nil {
			return nil, err
		}
	} else if err := s.place(ctx, d, rec); err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.dispatchers[entry.ID] = d
	s.mu.Unlock()
	return d, nil
}

// place puts a webhook that was never called where it begins, and keeps that at once.
func (s *Service) place(ctx context.Context, d *dispatcher, rec record) error {
	switch {
	case rec.Replay > 0: // made by Create, which noted the place
		d.read, d.replayed = cursorOf(rec.From), rec.Replay
	case !s.fromOldest(d.id):
		last, err := s.tail(ctx)
		if err != nil {
			return err
		}
		d.read = last
	}
	d.dirty = true
	return d.save(ctx, domain.Cursor{}, false)
}

func (s *Service) fromOldest(id string) bool {
	for _, c := range s.options.Configured {
		if c.ID == id {
			return c.FromOldest
		}
	}
	return false
}

// apply takes over a configuration.
func (d *dispatcher) apply(entry ports.WebhookEntry, rec record) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hook, d.trusted, d.wants, d.serial = entry.Webhook, entry.ReadOnly, newChoice(entry.Webhook), rec.Serial+1
	if rec.Replay != d.replayed {
		d.replayed = rec.Replay
		d.restartLocked(cursorOf(rec.From))
	}
}

// forget removes everything about a webhook that is gone from the configuration. What cannot be removed now is at the next start.
func (s *Service) forget(ctx context.Context, id string) {
	s.mu.Lock()
	d := s.dispatchers[id]
	delete(s.dispatchers, id)
	s.mu.Unlock()
	if d != nil {
		s.head.leave(d)
		d.mu.Lock()
		d.removed = true
		d.restartLocked(d.read)
		d.mu.Unlock()
	}
	if err := errors.Join(s.store.Delete(ctx, stateSpace, id), s.dropDeadLetters(ctx, id)); err != nil {
		s.options.Logger.Warn("what is kept of a webhook cannot be removed", "webhook", id, "error", err)
	}
}
