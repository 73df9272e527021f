package reading

import (
	"context"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

// Poll implements ports.Events.
func (s *Service) Poll(ctx context.Context, reader ports.Reader, limit int, timeout time.Duration) (ports.Page, error) {
	from, err := s.pollFrom(ctx, reader)
	if err != nil {
		return ports.Page{}, err
	}
	page, err := s.log.Read(ctx, reader.Filter, from, limit)
	if err != nil || timeout <= 0 || len(page.Events) > 0 || page.Gap != nil || page.Reset {
		return page, err
	}
	reader.From = page.Next
	if err := s.await(ctx, reader, timeout); err != nil {
		return ports.Page{}, err
	}
	return s.log.Read(ctx, reader.Filter, page.Next, limit)
}

func (s *Service) pollFrom(ctx context.Context, reader ports.Reader) (domain.Cursor, error) {
	if reader.Remember != "" {
		n := s.enter(reader.Remember)
		defer s.leave(n)
		return s.start(ctx, n, reader)
	}
	if reader.From == domain.Latest {
		return s.resolve(ctx, reader.From)
	}
	return reader.From, nil // the log itself knows the oldest, without a gap
}

// await blocks until there is something for reader, or for as long as timeout. Who waits counts as a reader, for whom a backend is asked.
func (s *Service) await(ctx context.Context, reader ports.Reader, timeout time.Duration) error {
	stream, err := s.next.Subscribe(ctx, reader)
	if err != nil {
		return err
	}
	defer stream.Stop()
	waiting, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	_, err = stream.Next(waiting, make([]*domain.Event, 1))
	if err != nil && waiting.Err() != nil && ctx.Err() == nil {
		return nil // nothing came
	}
	return err
}
