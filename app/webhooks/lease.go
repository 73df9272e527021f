package webhooks

import (
	"context"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

const (
	driveKey      = "drive"
	generationKey = "generation"
)

// holder is what is kept of who drives the webhooks.
type holder struct {
	Owner string `json:"owner"`
}

// acquire waits until this gateway may drive the webhooks. Others are taken for dead when their entry has not changed for the time
// of the lease, so clocks need not agree.
func (s *Service) acquire(ctx context.Context) error {
	var seen uint64
	var since time.Time
	told := false
	for {
		entry, err := s.store.Get(ctx, leaseSpace, driveKey)
		var of holder
		switch kind := domain.KindOf(err); {
		case err == nil:
			_ = decode(entry.Value, &of) // what cannot be read is nobody's
		case kind == domain.NotFound:
			entry = ports.Entry{}
		case ctx.Err() != nil:
			return ctx.Err()
		default:
			s.options.Logger.Warn("the store cannot be read", "kind", kind.String(), "error", err)
			sleep(ctx, time.Second)
			continue
		}
		if entry.Revision != seen || since.IsZero() {
			seen, since = entry.Revision, time.Now()
		}
		if of.Owner == "" || of.Owner == s.options.Owner || time.Since(since) >= s.options.Lease {
			revision, err := s.store.Put(ctx, leaseSpace, driveKey, encode(holder{s.options.Owner}), entry.Revision)
			if err == nil {
				s.lease = revision
				return nil
			}
		} else if !told {
			told = true
			s.options.Logger.Info("another gateway of this store drives the webhooks")
		}
		sleep(ctx, s.options.Lease/5)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// hold renews the lease until ctx ends. It fails with Conflict when another gateway may drive the webhooks by now. With each
// renewal it looks for changes that were asked for at other gateways.
func (s *Service) hold(ctx context.Context) error {
	ticker := time.NewTicker(s.options.Lease / 3)
	defer ticker.Stop()
	renewed := time.Now()
	for {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		revision, err := s.renew(ctx)
		switch {
		case err == nil:
			s.lease, renewed = revision, time.Now()
		case ctx.Err() != nil:
			return ctx.Err()
		case domain.KindOf(err) == domain.Conflict || time.Since(renewed) > s.options.Lease/2:
			return domain.Errorf(domain.Conflict, "webhooks", "the lease was lost")
		}
		if s.changedElsewhere(ctx) {
			s.reload.signal()
		}
	}
}

// renew does so once, and does not wait for long.
func (s *Service) renew(ctx context.Context) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, s.options.Lease/3)
	defer cancel()
	return s.put(ctx, leaseSpace, driveKey, encode(holder{s.options.Owner}), s.lease)
}

// changedElsewhere says whether configuration changed since it was last asked.
func (s *Service) changedElsewhere(ctx context.Context) bool {
	entry, err := s.store.Get(ctx, leaseSpace, generationKey)
	if err != nil || entry.Revision == s.generation {
		return false
	}
	s.generation = entry.Revision
	return true
}

// tell lets the gateway that drives know of a change.
func (s *Service) tell(ctx context.Context) {
	s.reload.signal()
	if _, err := s.store.Put(ctx, leaseSpace, generationKey, []byte("{}"), ports.AnyRevision); err != nil {
		s.options.Logger.Warn("other gateways will learn of a change late", "kind", domain.KindOf(err).String(), "error", err)
	}
}

// release lets the next gateway drive at once.
func (s *Service) release(ctx context.Context) {
	_, _ = s.store.Put(ctx, leaseSpace, driveKey, encode(holder{}), s.lease) // else it waits for the end of the lease
}

// put stores a value that only this gateway writes; where the outcome is unknown it finds out.
func (s *Service) put(ctx context.Context, space, key string, value []byte, revision uint64) (uint64, error) {
	next, err := s.store.Put(ctx, space, key, value, revision)
	if domain.KindOf(err) != domain.OutcomeUnknown || err == nil {
		return next, err
	}
	entry, readErr := s.store.Get(ctx, space, key)
	switch {
	case readErr != nil:
		return 0, err
	case entry.Revision == revision:
		return 0, domain.Errorf(domain.Unavailable, "put", "it was not stored")
	case string(entry.Value) == string(value):
		return entry.Revision, nil
	}
	return 0, domain.Errorf(domain.Conflict, "put", "it was changed meanwhile")
}
