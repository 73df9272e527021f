package reading

import (
	"context"

	"heliograph/domain"
	"heliograph/ports"
)

// ListReaders implements ports.Events.
func (s *Service) ListReaders(ctx context.Context) ([]ports.ReaderState, error) {
	places, err := s.places.List(ctx)
	if err != nil {
		return nil, err
	}
	last, _, err := s.log.Tail(ctx)
	if err != nil {
		return nil, err
	}
	states := make([]ports.ReaderState, 0, len(places))
	for _, p := range places {
		name, ok := domain.ReaderNameOf(p.Key)
		if !ok {
			continue // a reader that is no client's
		}
		behind := int64(-1)
		if p.Cursor.Epoch == last.Epoch {
			behind = int64(last.Seq - min(p.Cursor.Seq, last.Seq))
		}
		states = append(states, ports.ReaderState{Name: name, Cursor: p.Cursor, Updated: p.Updated, Behind: behind})
	}
	return states, nil
}

// DeleteReader implements ports.Events.
func (s *Service) DeleteReader(ctx context.Context, name domain.ReaderName) error {
	_, known, err := s.places.Get(ctx, name.Key())
	switch {
	case err != nil:
		return err
	case !known:
		return domain.Errorf(domain.NotFound, "delete reader", "no reader of this name is remembered")
	}
	return s.delete(ctx, name.Key())
}

// delete forgets a place, here and in the store.
func (s *Service) delete(ctx context.Context, key string) error {
	n := s.enter(key)
	defer s.leave(n)
	if err := n.take(ctx); err != nil {
		return err
	}
	defer n.give()
	n.forget()
	return s.places.Delete(ctx, key)
}

// Forget implements ports.Events.
func (s *Service) Forget(ctx context.Context, account domain.Account) error {
	if err := s.log.Forget(ctx, account); err != nil {
		return err
	}
	places, err := s.places.List(ctx)
	if err != nil {
		return err
	}
	for _, p := range places {
		if name, ok := domain.ReaderNameOf(p.Key); ok && name.Account == account {
			if err := s.delete(ctx, p.Key); err != nil {
				return err
			}
		}
	}
	return s.drains.Delete(ctx, string(account))
}
