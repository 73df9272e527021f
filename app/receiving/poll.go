package receiving

import (
	"bytes"
	"context"

	"golang.org/x/sync/errgroup"

	"heliograph/domain"
	"heliograph/ports"
)

// pollRequest asks servePolls for a poll. It goes on when who asked goes away: what it fetches is fetched for good.
type pollRequest struct {
	account domain.Account
	options ports.PollOptions
	done    chan error // has room for the answer
}

// servePolls runs the polls that are asked for until ctx ends.
func (s *Service) servePolls(ctx context.Context) error {
	var group errgroup.Group
	defer func() { _ = group.Wait() }()
	for {
		select {
		case r := <-s.polls:
			group.Go(func() error {
				r.done <- s.pollNow(ctx, r.account, r.options)
				return nil
			})
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// pollNow runs one poll, unless what it brings could not be stored.
func (s *Service) pollNow(ctx context.Context, account domain.Account, options ports.PollOptions) error {
	if wanted, _ := s.Wanted(); !wanted {
		return domain.Errorf(domain.Unavailable, "receive", "received messages cannot be stored now")
	}
	return s.options.Poller.Poll(ctx, account, options, func(payload []byte) error {
		return s.buffer.put(ctx, s.event(bytes.Clone(payload), account))
	})
}

// poll has servePolls run a poll and waits for its end, or ctx's.
func (s *Service) poll(ctx context.Context, account domain.Account, options ports.PollOptions) error {
	r := pollRequest{account: account, options: options, done: make(chan error, 1)}
	select {
	case s.polls <- r:
	case <-ctx.Done():
		return contextError("receive", ctx.Err())
	case <-s.ended:
		return errEnded("receive")
	}
	select {
	case err := <-r.done:
		return err
	case <-ctx.Done():
		return contextError("receive", ctx.Err())
	}
}

// pollForDrain polls and waits until what came is stored.
func (s *Service) pollForDrain(ctx context.Context, account domain.Account, options ports.DrainOptions) error {
	if err := s.poll(ctx, account, ports.PollOptions(options)); err != nil {
		return err
	}
	select {
	case <-s.buffer.settled(account):
		return nil
	case <-ctx.Done():
		return contextError("receive", ctx.Err())
	case <-s.ended:
		return errEnded("receive")
	}
}
