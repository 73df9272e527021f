package receiving

import (
	"context"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

const (
	// drainsSpace is where the KeyValue keeps the places of drains, by account.
	drainsSpace = "drains"
	// rememberTimeout bounds how long it may take to remember a place, also when the client has gone.
	rememberTimeout = 5 * time.Second
)

// Drain implements ports.Receiving. The place of an account stands in the KeyValue alone, so gateways that share it go on from each other.
// What retention took before it was drained is logged and counted.
func (s *Service) Drain(ctx context.Context, account domain.Account, options ports.DrainOptions, give func([]*domain.Event) error) error {
	select {
	case <-s.ended:
		return errEnded("receive")
	default:
	}
	turn, err := s.turns.enter(ctx, account)
	if err != nil {
		return err
	}
	defer s.turns.leave(account, turn)
	if s.options.Poller != nil {
		if err := s.pollForDrain(ctx, account, options); err != nil {
			return err
		}
		options.Timeout = 0 // the poll has waited
	}
	place, _, err := s.drains.Get(ctx, string(account))
	if err != nil {
		return err
	}
	events, next, err := s.drainFrom(ctx, account, place, options)
	if err != nil {
		return err
	}
	if err := give(events); err != nil {
		return err
	}
	if next == place || place == domain.Oldest && len(events) == 0 {
		return nil // nothing is kept for accounts that never had anything
	}
	remembering, cancel := context.WithTimeout(context.WithoutCancel(ctx), rememberTimeout)
	defer cancel()
	_, err = s.drains.Move(remembering, string(account), next)
	return err
}

// drainFrom gives what comes after place, and waits for it where nothing is there.
func (s *Service) drainFrom(ctx context.Context, account domain.Account, place domain.Cursor, options ports.DrainOptions) ([]*domain.Event, domain.Cursor, error) {
	limit := options.MaxMessages
	if limit <= 0 {
		limit = DefaultMaxMessages
	}
	events, next, err := s.readOn(ctx, account, place, limit)
	if err != nil || len(events) > 0 || options.Timeout == 0 {
		return events, next, err
	}
	if err := s.await(ctx, account, next, options.Timeout); err != nil {
		return nil, domain.Cursor{}, err
	}
	return s.readOn(ctx, account, next, limit)
}

// readOn gives what is in the log after place, and where to read on.
func (s *Service) readOn(ctx context.Context, account domain.Account, place domain.Cursor, limit int) (events []*domain.Event, next domain.Cursor, err error) {
	events, next = []*domain.Event{}, place
	for len(events) < limit {
		page, err := s.log.Read(ctx, domain.Filter{Account: account, Backend: true}, next, limit-len(events))
		if err != nil && len(events) > 0 {
			break // the next Drain meets it again
		}
		if err != nil {
			return nil, domain.Cursor{}, err
		}
		if page.Gap != nil || page.Reset {
			s.options.Observer.Gap()
			s.options.Logger.Warn("events were gone before they were drained", "account", account.Short())
		}
		next = page.Next
		if len(page.Events) == 0 {
			break
		}
		events = append(events, page.Events...)
	}
	return events, next, nil
}

// await blocks until there is something for account after cursor, or for as long as timeout; negative has no end.
func (s *Service) await(ctx context.Context, account domain.Account, cursor domain.Cursor, timeout time.Duration) error {
	stream, err := s.subscription.Subscribe(ctx, ports.Reader{
		Transport: "poll", Name: "drain " + account.Short(), Filter: domain.Filter{Account: account, Backend: true}, From: cursor,
	})
	if err != nil {
		return err
	}
	defer stream.Stop()
	waiting, cancel := ctx, context.CancelFunc(func() {})
	if timeout > 0 {
		waiting, cancel = context.WithTimeout(ctx, timeout)
	}
	defer cancel()
	into := make([]*domain.Event, 1)
	for {
		_, err := stream.Next(waiting, into)
		switch {
		case err != nil && waiting.Err() != nil && ctx.Err() == nil:
			return nil // nothing came
		case err != nil:
			return err
		case into[0].Kind != domain.KindGap && into[0].Kind != domain.KindReset:
			return nil
		}
	}
}
