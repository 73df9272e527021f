package webhooks

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

// deadKey is where a dead letter is kept.
func deadKey(id, delivery string) string { return id + "." + delivery }

// bury keeps a delivery that is given up.
func (s *Service) bury(driving context.Context, id string, event *domain.Event, a ports.WebhookAttempt, attempts int) error {
	letter := deadLetter{
		Event: event.Cursor.String(), Account: event.Account, Kind: event.Kind, Received: int64(event.Received), At: millis(a.At.Add(a.Took)),
		Attempts: attempts, Error: a.Error,
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(driving), s.options.EndGrace)
	defer cancel()
	if _, err := s.store.Put(ctx, deadSpace, deadKey(id, a.Delivery), encode(letter), ports.AnyRevision); err != nil {
		s.options.Logger.Warn("a dead letter cannot be kept, so its delivery is tried on", "webhook", id, "kind", domain.KindOf(err).String())
		return err
	}
	s.options.Observer.GivenUp()
	s.options.Logger.Warn("a delivery was given up", "webhook", id, "outcome", string(a.Outcome), "status", a.Status, "attempts", attempts)
	s.mu.Lock()
	d := s.dispatchers[id]
	s.mu.Unlock()
	if d != nil {
		s.bound(ctx, d, a.Delivery)
	}
	return nil
}

// bound counts a new dead letter, and drops the oldest where there are too many.
func (s *Service) bound(ctx context.Context, d *dispatcher, delivery string) {
	d.mu.Lock()
	d.dead = append(d.dead, delivery)
	over := len(d.dead) > s.options.MaxDeadLetters
	d.mu.Unlock()
	if !over {
		return
	}
	letters, err := s.letters(ctx, d.id)
	if err != nil {
		return // next time
	}
	kept := letters
	if len(letters) > s.options.MaxDeadLetters { // some more at once, so that it need not be done for each
		drop := len(letters) - s.options.MaxDeadLetters + s.options.MaxDeadLetters/10
		for _, l := range letters[:drop] {
			err = errors.Join(err, s.store.Delete(ctx, deadSpace, deadKey(d.id, l.Delivery)))
		}
		kept = letters[drop:]
		s.options.Logger.Warn("the oldest dead letters were dropped, as there are too many", "webhook", d.id, "dropped", drop, "error", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.dead = d.dead[:0]
	for _, l := range kept {
		d.dead = append(d.dead, l.Delivery)
	}
}

// letters are the dead letters of a webhook, oldest first.
func (s *Service) letters(ctx context.Context, id string) ([]ports.DeadLetter, error) {
	list, err := s.store.List(ctx, deadSpace)
	if err != nil {
		return nil, err
	}
	letters := []ports.DeadLetter{}
	for _, e := range list {
		delivery, ok := strings.CutPrefix(e.Key, id+".")
		if !ok {
			continue
		}
		var l deadLetter
		if err := decode(e.Value, &l); err != nil {
			return nil, err
		}
		letters = append(letters, ports.DeadLetter{
			Delivery: delivery, Event: cursorOf(l.Event), Account: l.Account, Kind: l.Kind, Received: domain.Timestamp(l.Received),
			At: timeOf(l.At), Attempts: l.Attempts, Error: l.Error,
		})
	}
	slices.SortStableFunc(letters, func(a, b ports.DeadLetter) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Event.Seq, b.Event.Seq))
	})
	return letters, nil
}

// DeadLetters implements ports.DeadLetters.
func (s *Service) DeadLetters(ctx context.Context, id string) ([]ports.DeadLetter, error) {
	if _, err := s.Get(ctx, id); err != nil {
		return nil, err
	}
	return s.letters(ctx, id)
}

// DropDeadLetters implements ports.DeadLetters.
func (s *Service) DropDeadLetters(ctx context.Context, id, delivery string) error {
	if _, err := s.Get(ctx, id); err != nil {
		return err
	}
	if delivery == "" {
		return s.dropDeadLetters(ctx, id)
	}
	if _, err := s.store.Get(ctx, deadSpace, deadKey(id, delivery)); err != nil {
		return noLetter(err)
	}
	return s.store.Delete(ctx, deadSpace, deadKey(id, delivery))
}

func (s *Service) dropDeadLetters(ctx context.Context, id string) error {
	letters, err := s.letters(ctx, id)
	for _, l := range letters {
		err = errors.Join(err, s.store.Delete(ctx, deadSpace, deadKey(id, l.Delivery)))
	}
	return err
}

// noLetter says which thing was not found; a name that is too long for the store is none either.
func noLetter(err error) error {
	if kind := domain.KindOf(err); kind == domain.NotFound || kind == domain.Invalid {
		return domain.Errorf(domain.NotFound, "webhooks", "there is no dead letter of this ID")
	}
	return err
}

// Redeliver implements ports.DeadLetters.
func (s *Service) Redeliver(ctx context.Context, id, delivery string) (ports.WebhookAttempt, error) {
	entry, err := s.Get(ctx, id)
	if err != nil {
		return ports.WebhookAttempt{}, err
	}
	kept, err := s.store.Get(ctx, deadSpace, deadKey(id, delivery))
	if err != nil {
		return ports.WebhookAttempt{}, noLetter(err)
	}
	var l deadLetter
	if err := decode(kept.Value, &l); err != nil {
		return ports.WebhookAttempt{}, err
	}
	at := cursorOf(l.Event)
	page, err := s.log.Read(ctx, domain.Filter{Account: l.Account}, before(at), 1)
	if err != nil {
		return ports.WebhookAttempt{}, err
	}
	if len(page.Events) == 0 || page.Events[0].Cursor != at {
		return ports.WebhookAttempt{}, domain.Errorf(domain.NotFound, "webhooks", "the event log does not keep the event any more")
	}
	a, err := s.one(ctx, entry, page.Events[0], delivery)
	if err != nil || a.Outcome != ports.OutcomeDelivered {
		return a, err
	}
	return a, s.store.Delete(ctx, deadSpace, deadKey(id, delivery))
}

// RedeliverAll implements ports.DeadLetters.
func (s *Service) RedeliverAll(ctx context.Context, id string) (delivered, left int, err error) {
	letters, err := s.DeadLetters(ctx, id)
	if err != nil {
		return 0, 0, err
	}
	began := time.Now()
	for i, l := range letters {
		if ctx.Err() != nil || time.Since(began) > redeliverLimit {
			return delivered, left + len(letters) - i, nil
		}
		a, err := s.Redeliver(ctx, id, l.Delivery)
		switch {
		case domain.KindOf(err) == domain.NotFound && err != nil:
			left++ // the event is gone, the letter tells of it
		case err != nil:
			return delivered, left + len(letters) - i, err
		case a.Outcome != ports.OutcomeDelivered:
			return delivered, left + len(letters) - i, nil
		default:
			delivered++
		}
	}
	return delivered, left, nil
}
