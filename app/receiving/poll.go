package receiving

import (
	"bytes"
	"context"

	"golang.org/x/sync/errgroup"

	"heliograph/domain"
	"heliograph/ports"
)

// pollRequest asks servePolls for a poll.
type pollRequest struct {
	ctx     context.Context // of who asked: the poll ends with it, and what it has fetched until then is stored
	account domain.Account
	options ports.PollOptions
	done    chan error // has room for the answer
}

// EndPolls ends the polls and starts no more. What they have fetched is stored, and Drains that wait for one give what
// is there; later ones fail with Unavailable. It does not wait. What others Receive is taken until the end of Run.
func (s *Service) EndPolls() { s.endPolls() }

// runPolls runs all polls until ctx ends, or EndPolls, and waits for their ends.
func (s *Service) runPolls(ctx context.Context) error {
	if s.options.Poller == nil {
		return nil
	}
	polling, end := context.WithCancel(ctx)
	defer end()
	var group errgroup.Group
	group.Go(func() error { return s.servePolls(polling) })
	group.Go(func() error { return s.pollReaders(polling) })
	if s.options.Schedule != nil {
		group.Go(func() error { return s.pollOnSchedule(polling) })
	}
	select {
	case <-s.noPolls:
	case <-ctx.Done():
	}
	end()
	_ = group.Wait() // they end with their context only
	return ctx.Err()
}

// servePolls runs the polls that are asked for until ctx ends.
func (s *Service) servePolls(ctx context.Context) error {
	var group errgroup.Group
	defer func() { _ = group.Wait() }()
	for {
		select {
		case r := <-s.polls:
			group.Go(func() error {
				r.done <- s.pollFor(ctx, r)
				return nil
			})
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// pollFor runs the poll of a request until who asked has gone. Where the end of all polls cuts it short that is no failure.
func (s *Service) pollFor(ctx context.Context, r pollRequest) error {
	polling, end := context.WithCancel(ctx)
	defer end()
	defer context.AfterFunc(r.ctx, end)()
	err := s.pollNow(polling, r.account, r.options)
	if ctx.Err() != nil && domain.KindOf(err) == domain.Canceled {
		return nil
	}
	return err
}

// pollNow runs one poll, unless what it brings could not be stored. What it brings is acknowledged at Signal, so it is
// stored also when ctx has ended; putting it ends with the buffer at the latest.
func (s *Service) pollNow(ctx context.Context, account domain.Account, options ports.PollOptions) error {
	if wanted, _ := s.Wanted(); !wanted {
		return domain.Errorf(domain.Unavailable, "receive", "received messages cannot be stored now")
	}
	return s.options.Poller.Poll(ctx, account, options, func(payload []byte) error {
		return s.buffer.put(context.WithoutCancel(ctx), s.event(bytes.Clone(payload), account))
	})
}

// poll has servePolls run a poll and waits for its end, or ctx's.
func (s *Service) poll(ctx context.Context, account domain.Account, options ports.PollOptions) error {
	r := pollRequest{ctx: ctx, account: account, options: options, done: make(chan error, 1)}
	select {
	case s.polls <- r:
	case <-ctx.Done():
		return contextError("receive", ctx.Err())
	case <-s.noPolls:
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
