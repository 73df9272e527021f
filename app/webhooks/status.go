package webhooks

import (
	"context"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

// Status implements ports.WebhookDeliveries.
func (s *Service) Status(ctx context.Context, id string) (ports.WebhookStatus, error) {
	entry, rec, _, err := s.find(ctx, id)
	if err != nil {
		return ports.WebhookStatus{}, err
	}
	d, err := s.standing(ctx, entry, rec)
	if err != nil {
		return ports.WebhookStatus{}, err
	}
	last, _, err := s.log.Tail(ctx)
	if err != nil {
		return ports.WebhookStatus{}, err
	}
	letters, err := s.letters(ctx, id)
	if err != nil {
		return ports.WebhookStatus{}, err
	}
	status := d.status(last, time.Now())
	status.DeadLetters = len(letters)
	return status, nil
}

// standing is the dispatcher of a webhook, or where no webhook is driven here one that only knows what is kept.
func (s *Service) standing(ctx context.Context, entry ports.WebhookEntry, rec record) (*dispatcher, error) {
	s.mu.Lock()
	d := s.dispatchers[entry.ID]
	s.mu.Unlock()
	if d != nil {
		return d, nil
	}
	d = &dispatcher{drive: &driver{Service: s, head: newHead()}, id: entry.ID, lanes: map[laneKey]*lane{}}
	d.hook, d.serial = entry.Webhook, rec.Serial+1
	kept, err := s.store.Get(ctx, stateSpace, entry.ID)
	switch {
	case err == nil:
		return d, d.load(kept)
	case domain.KindOf(err) != domain.NotFound:
		return nil, err
	}
	d.read = cursorOf(rec.From)
	return d, nil
}

// status tells where the webhook stands; last is the log's end.
func (d *dispatcher) status(last domain.Cursor, now time.Time) ports.WebhookStatus {
	head := d.drive.head.at()
	d.mu.Lock()
	defer d.mu.Unlock()
	_, cursor := d.stateLocked(head)
	status := ports.WebhookStatus{
		LastSuccess: timeOf(d.facts.LastSuccess), LastFailure: timeOf(d.facts.LastFailure), LastError: d.facts.LastError,
		LostRanges: d.facts.LostRanges, FailingLanes: d.waiting,
	}
	var received domain.Timestamp
	oldest := func(at domain.Timestamp) {
		if at != 0 && (received == 0 || at < received) {
			received = at
		}
	}
	for _, l := range d.lanes {
		if l.own && l.done.Seq < cursor.Seq {
			cursor = l.done
		}
		if l.waiting {
			oldest(l.received)
			status.NextTry = earlier(status.NextTry, l.next)
		}
		if e := l.first(); e != nil {
			oldest(e.Received)
		}
	}
	if !status.NextTry.IsZero() && status.NextTry.Before(d.pausedUntil) {
		status.NextTry = d.pausedUntil
	}
	if cursor.Epoch == last.Epoch || cursor == domain.Oldest {
		status.LagEvents = last.Seq - min(cursor.Seq, last.Seq)
	}
	if received != 0 {
		status.Lag = max(0, now.Sub(received.Time()))
	}
	if d.facts.LostNext != "" {
		status.Lost = &domain.Gap{After: cursorOf(d.facts.LostAfter), Next: cursorOf(d.facts.LostNext)}
	}
	status.State = d.stateNameLocked(status.LagEvents)
	return status
}

func (d *dispatcher) stateNameLocked(lag uint64) ports.WebhookState {
	switch {
	case !d.hook.Enabled:
		return ports.WebhookDisabled
	case d.gone != 0 && d.gone == d.serial:
		return ports.WebhookGone
	case d.ownLanes >= d.drive.options.MaxLanes:
		return ports.WebhookStalled
	case d.waiting > 0:
		return ports.WebhookFailing
	case !d.live && lag > 0 || d.reading > 0:
		return ports.WebhookBehind
	}
	return ports.WebhookWorking
}

// Attempts implements ports.WebhookDeliveries.
func (s *Service) Attempts(ctx context.Context, id string) ([]ports.WebhookAttempt, error) {
	if _, err := s.Get(ctx, id); err != nil {
		return nil, err
	}
	s.mu.Lock()
	d := s.dispatchers[id]
	s.mu.Unlock()
	if d == nil {
		return nil, nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.attempts.list(), nil
}

// FailingLanes counts them, of all webhooks that this gateway drives, for metrics.
func (s *Service) FailingLanes() (n int) {
	for _, d := range s.all() {
		d.mu.Lock()
		n += d.waiting
		d.mu.Unlock()
	}
	return n
}

// Lag is the age of the oldest event that a webhook which is driven here did not get, for metrics.
func (s *Service) Lag() (lag time.Duration) {
	now := time.Now()
	for _, d := range s.all() {
		lag = max(lag, d.status(domain.Cursor{}, now).Lag)
	}
	return lag
}
