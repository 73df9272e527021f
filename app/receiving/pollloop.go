package receiving

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"heliograph/domain"
	"heliograph/ports"
)

// pollReaders polls each account that somebody reads, every ReceiveInterval,
// from the moment its first reader is there, until ctx ends.
func (s *Service) pollReaders(ctx context.Context) error {
	l := pollLoop{
		service:  s,
		started:  make(map[domain.Account]time.Time),
		running:  make(map[domain.Account]bool),
		finished: make(chan domain.Account, s.options.PollConcurrency),
	}
	defer func() { _ = l.group.Wait() }()
	for {
		if err := l.round(ctx); err != nil {
			return err
		}
	}
}

// pollLoop is the state of pollReaders; it belongs to its goroutine.
type pollLoop struct {
	service  *Service
	group    errgroup.Group
	started  map[domain.Account]time.Time // when the last poll began
	running  map[domain.Account]bool
	finished chan domain.Account
	all      []domain.Account // all accounts as they were at listed
	listed   time.Time
}

// round starts the polls that are due and waits for a reason to look again.
func (l *pollLoop) round(ctx context.Context) error {
	s := l.service
	now := s.options.Now()
	accounts, changed := l.accounts(ctx, now)
	wanted, wantedChanged := s.Wanted()
	wait := s.options.ReceiveInterval
	for account, at := range l.started {
		if now.Sub(at) > s.options.ReceiveInterval && !l.running[account] && !slices.Contains(accounts, account) {
			delete(l.started, account)
		}
	}
	// Who waits longest is first; the zero time of the new ones is before all.
	slices.SortStableFunc(accounts, func(a, b domain.Account) int { return l.started[a].Compare(l.started[b]) })
	for _, account := range accounts {
		due := s.options.ReceiveInterval - now.Sub(l.started[account])
		switch {
		case l.running[account]:
		case due > 0:
			wait = min(wait, due)
		case wanted && len(l.running) < s.options.PollConcurrency:
			l.start(ctx, account, now)
		}
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-changed:
	case <-wantedChanged:
	case account := <-l.finished:
		delete(l.running, account)
	case <-timer.C:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// accounts are those with readers. The list of all accounts may be as old as ReceiveInterval: it can cost a process.
func (l *pollLoop) accounts(ctx context.Context, now time.Time) ([]domain.Account, <-chan struct{}) {
	o := &l.service.options
	all, accounts, changed := o.Readership.Readers()
	if !all {
		return slices.Clone(accounts), changed
	}
	if now.Sub(l.listed) >= o.ReceiveInterval {
		listed, err := o.Accounts(ctx)
		if err != nil {
			o.Logger.Warn("accounts to receive for cannot be listed", "error", err)
		} else {
			l.all, l.listed = listed, now
		}
	}
	for _, account := range l.all {
		if !slices.Contains(accounts, account) {
			accounts = append(slices.Clip(accounts), account)
		}
	}
	return slices.Clone(accounts), changed
}

func (l *pollLoop) start(ctx context.Context, account domain.Account, now time.Time) {
	s := l.service
	l.started[account] = now
	l.running[account] = true
	l.group.Go(func() error {
		s.pollOrLog(ctx, account, ports.PollOptions{Timeout: s.options.PollTimeout, MaxMessages: s.options.PollMessages})
		l.finished <- account
		return nil
	})
}

func (s *Service) pollOrLog(ctx context.Context, account domain.Account, options ports.PollOptions) {
	if err := s.pollNow(ctx, account, options); err != nil && ctx.Err() == nil {
		s.options.Logger.Warn("poll for messages", "account", account.Short(), "error", err)
	}
}

// pollOnSchedule polls all accounts at the times of the schedule, until ctx ends. A round that takes longer than
// to the next time makes that one fall out.
func (s *Service) pollOnSchedule(ctx context.Context) error {
	for {
		now := s.options.Now()
		next := s.options.Schedule(now)
		if next.IsZero() {
			<-ctx.Done()
			return ctx.Err()
		}
		timer := time.NewTimer(next.Sub(now))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
		s.pollAll(ctx)
	}
}

func (s *Service) pollAll(ctx context.Context) {
	accounts, err := s.options.Accounts(ctx)
	if err != nil {
		s.options.Logger.Warn("accounts to receive for cannot be listed", "error", err)
		return
	}
	var group errgroup.Group
	group.SetLimit(s.options.PollConcurrency)
	for _, account := range accounts {
		group.Go(func() error {
			s.pollOrLog(ctx, account, s.options.ScheduledPoll)
			return nil
		})
	}
	_ = group.Wait()
}
