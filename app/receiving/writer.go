package receiving

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v5"

	"heliograph/domain"
)

// Bounds of the pause before a failed append is made again.
const (
	minRetry = 50 * time.Millisecond
	maxRetry = 2 * time.Second
)

// write stores batches until ctx has ended and nothing is left, or storing has ended.
func (s *Service) write(ctx, storing context.Context) {
	for {
		taken := s.buffer.take(ctx)
		if len(taken.events) == 0 {
			return
		}
		if err := s.store(storing, taken.events); err != nil {
			s.buffer.abandon()
			return
		}
		s.buffer.done(taken)
	}
}

// store appends batch, until the log has answered. Where the log refuses it for good, its
// events are appended one by one and those that are refused alone are left
// out. It fails only when ctx ends.
func (s *Service) store(ctx context.Context, batch []*domain.Event) error {
	err := s.append(ctx, batch)
	switch {
	case err == nil:
		s.count(batch)
		return nil
	case !refused(err):
		return err
	case len(batch) == 1:
		s.options.Observer.Refused(domain.KindOf(err))
		s.options.Logger.Error("received event can never be stored and is left out",
			"account", batch[0].Account.Short(), "event", string(batch[0].Kind), "bytes", len(batch[0].Payload), "error", err)
		return nil
	}
	for i := range batch {
		if err := s.store(ctx, batch[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

// refused says that the log will never take what it was given.
func refused(err error) bool {
	k := domain.KindOf(err)
	return k == domain.TooLarge || k == domain.Invalid
}

// append makes attempts until one succeeds, the log refuses or ctx ends.
func (s *Service) append(ctx context.Context, batch []*domain.Event) error {
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval, pause.MaxInterval = minRetry, maxRetry
	failed := false
	defer func() {
		if failed {
			s.buffer.fail(-1)
		}
	}()
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		attempt, cancel := context.WithTimeout(ctx, s.options.AppendTimeout)
		defer cancel()
		err := s.log.Append(attempt, batch)
		if err != nil && refused(err) {
			return struct{}{}, backoff.Permanent(err)
		}
		return struct{}{}, err
	}, backoff.WithBackOff(pause), backoff.WithMaxElapsedTime(0), backoff.WithNotify(func(err error, again time.Duration) {
		if !failed {
			failed = true
			s.buffer.fail(+1)
		}
		s.options.Observer.AppendFailed(domain.KindOf(err))
		s.options.Logger.Warn("received events cannot be stored", "error", err, "again", again)
	}))
	return err
}

// count notes what came of a batch that the log has taken. What the gateway itself has to say does not count.
func (s *Service) count(batch []*domain.Event) {
	received, stored, now := 0, 0, s.options.Now()
	for _, e := range batch {
		if !e.Kind.FromBackend() {
			continue
		}
		received++
		s.arrivals.note(e.Account, now)
		if e.Cursor != (domain.Cursor{}) {
			stored++
		}
	}
	if received == 0 {
		return
	}
	s.lastEvent.Store(now.UnixNano())
	s.options.Observer.Stored(stored)
	if doubles := received - stored; doubles > 0 {
		s.options.Observer.Doubles(doubles)
	}
}
