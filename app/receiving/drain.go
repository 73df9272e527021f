package receiving

import (
	"context"
	"sync"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

// drains remembers how far each account was drained.
type drains struct {
	mu       sync.Mutex // guards all below
	accounts map[domain.Account]*drainState
}

type drainState struct {
	turn   chan struct{} // a token while a Drain of the account runs
	users  int           // Drains that hold or want the turn; guarded by drains.mu
	cursor domain.Cursor // belongs to who holds the turn; Oldest until something was given
}

func newDrains() *drains { return &drains{accounts: make(map[domain.Account]*drainState)} }

// enter waits for the account's turn; leave must follow.
func (d *drains) enter(ctx context.Context, account domain.Account) (*drainState, error) {
	d.mu.Lock()
	state := d.accounts[account]
	if state == nil {
		state = &drainState{turn: make(chan struct{}, 1)}
		d.accounts[account] = state
	}
	state.users++
	d.mu.Unlock()
	select {
	case state.turn <- struct{}{}:
		return state, nil
	case <-ctx.Done():
		d.forget(account, state)
		return nil, contextError("receive", ctx.Err())
	}
}

func (d *drains) leave(account domain.Account, state *drainState) {
	<-state.turn
	d.forget(account, state)
}

// forget drops the state of an account for which nothing was ever given.
func (d *drains) forget(account domain.Account, state *drainState) {
	d.mu.Lock()
	defer d.mu.Unlock()
	state.users--
	if state.users == 0 && state.cursor == domain.Oldest {
		delete(d.accounts, account)
	}
}

// Drain implements ports.Receiving. Drains of one account take turns. What
// retention took before it was drained is logged and counted.
func (s *Service) Drain(ctx context.Context, account domain.Account, options ports.DrainOptions) ([]*domain.Event, error) {
	select {
	case <-s.ended:
		return nil, errEnded("receive")
	default:
	}
	state, err := s.drains.enter(ctx, account)
	if err != nil {
		return nil, err
	}
	defer s.drains.leave(account, state)
	if s.options.Poller != nil {
		if err := s.pollForDrain(ctx, account, options); err != nil {
			return nil, err
		}
		options.Timeout = 0 // the poll has waited
	}
	limit := options.MaxMessages
	if limit <= 0 {
		limit = DefaultMaxMessages
	}
	events, err := s.readOn(ctx, account, state, limit)
	if err != nil || len(events) > 0 || options.Timeout == 0 {
		return events, err
	}
	if err := s.await(ctx, account, state.cursor, options.Timeout); err != nil {
		return nil, err
	}
	return s.readOn(ctx, account, state, limit)
}

// readOn gives what is in the log after the account's cursor, and moves that.
func (s *Service) readOn(ctx context.Context, account domain.Account, state *drainState, limit int) ([]*domain.Event, error) {
	events := []*domain.Event{}
	cursor := state.cursor
	for len(events) < limit {
		page, err := s.log.Read(ctx, domain.Filter{Account: account, Backend: true}, cursor, limit-len(events))
		if err != nil && len(events) > 0 {
			break // the next Drain meets it again
		}
		if err != nil {
			return nil, err
		}
		if page.Gap != nil {
			s.options.Observer.Gap()
			s.options.Logger.Warn("events were given up by retention before they were drained", "account", account.Short())
		}
		cursor = page.Next
		if len(page.Events) == 0 {
			break
		}
		events = append(events, page.Events...)
	}
	if len(events) > 0 || state.cursor != domain.Oldest {
		state.cursor = cursor
	}
	return events, nil
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
