package hub

import (
	"context"
	"log/slog"

	"heliograph/domain"
	"heliograph/ports"
)

// catchUp is what a reader has read from the log and not handed over: no more than
// a page has when it is told of a gap, else nothing. So a reader that is stuck
// holds no events.
type catchUp struct {
	rest []*domain.Event
	next domain.Cursor // position behind the rest
}

// readPast hands over from the log; from is the position. With nothing left it
// asks the publisher to join and returns 0.
func (s *stream) readPast(ctx context.Context, from domain.Cursor, into []*domain.Event) (int, error) {
	if len(s.past.rest) == 0 {
		if err := s.readPage(ctx, from, len(into)); err != nil {
			return 0, err
		}
	}
	n := copy(into, s.past.rest)
	s.past.rest = s.past.rest[n:]
	if len(s.past.rest) == 0 && !s.passed(n == 0) {
		return 0, errStopped("next")
	}
	if n > 0 {
		s.hub.options.Observer.Delivered(s.transport, n)
	}
	return n, nil
}

// passed moves the position behind the page that was handed over, and, with nothing left in the log, asks the
// publisher to join. False when the reader has ended.
func (s *stream) passed(join bool) bool {
	position := s.past.next
	s.past.rest = nil
	s.mu.Lock()
	if s.state == stopped {
		s.mu.Unlock()
		return false
	}
	s.position = position
	if join {
		s.state = joining
	}
	s.mu.Unlock()
	if join {
		s.hub.publisher.commands.send(command{stream: s, position: position})
	}
	return true
}

// readPage fills past with the next page of the log. It waits out failures of
// the log, and fails when ctx ends or the reader is stopped.
func (s *stream) readPage(ctx context.Context, from domain.Cursor, limit int) error {
	reading, cancel := context.WithCancel(ctx)
	defer cancel()
	s.mu.Lock()
	s.cancel = cancel
	ended := s.state == stopped
	s.mu.Unlock()
	if ended {
		return errStopped("next")
	}
	page, err := s.readLog(reading, from, limit)
	s.mu.Lock()
	s.cancel = nil
	ended = s.state == stopped
	s.mu.Unlock()
	switch {
	case ended:
		return errStopped("next")
	case err != nil: // ctx ended
		return contextError("next", ctx.Err())
	}
	s.past = catchUp{rest: page.Events, next: page.Next}
	if page.Gap == nil && !page.Reset {
		return nil
	}
	if page.Gap != nil {
		s.hub.options.Observer.Gap(s.transport)
	}
	lost := s.lost(page)
	s.hub.options.Logger.LogAttrs(ctx, slog.LevelWarn, "reader lost events", slog.String("reader", s.name), slog.String("kind", string(lost.Kind)))
	s.past.rest = append([]*domain.Event{lost}, page.Events...)
	return nil
}

// readLog reads one page, with a bound on how many readers do so at once, until ctx ends. An outage of the log is logged when it
// begins and when it is over.
func (s *stream) readLog(ctx context.Context, from domain.Cursor, limit int) (ports.Page, error) {
	wait := retry{}
	for first := true; ; first = false {
		page, err := s.readOnce(ctx, from, limit)
		switch {
		case err == nil && !first:
			s.hub.options.Logger.LogAttrs(ctx, slog.LevelInfo, "event log can be read again", slog.String("reader", s.name))
			return page, nil
		case err == nil:
			return page, nil
		case first && ctx.Err() == nil:
			s.hub.options.Logger.LogAttrs(ctx, slog.LevelWarn, "event log cannot be read", slog.String("reader", s.name),
				slog.String("kind", domain.KindOf(err).String()), slog.Any("error", err))
		}
		if !wait.sleep(ctx) {
			return ports.Page{}, err
		}
	}
}

func (s *stream) readOnce(ctx context.Context, from domain.Cursor, limit int) (ports.Page, error) {
	select {
	case s.hub.catchUps <- struct{}{}:
	case <-ctx.Done():
		return ports.Page{}, ctx.Err()
	}
	defer func() { <-s.hub.catchUps }()
	return s.hub.log.Read(ctx, s.filter, from, limit)
}

// lost is the event that tells of a gap or a reset. Its cursor is the position from which
// reading goes on, so it may be used to resume.
func (s *stream) lost(page ports.Page) *domain.Event {
	e := &domain.Event{
		Cursor:   page.Next,
		Account:  s.filter.Account,
		Kind:     domain.KindReset,
		Received: domain.Timestamp(s.hub.options.Now().UnixMilli()),
	}
	if len(page.Events) > 0 {
		e.Cursor = page.Events[0].Cursor
		e.Cursor.Seq--
	}
	if page.Gap != nil {
		e.Kind, e.Gap = domain.KindGap, page.Gap
	}
	return e
}
