package reading

import (
	"context"
	"sync"

	"heliograph/domain"
	"heliograph/ports"
)

// stream is that of a named reader.
type stream struct {
	ports.Stream
	service *Service
	name    *name
	leave   func() // once

	mu   sync.Mutex // guards last
	last domain.Cursor
}

func newStream(s *Service, n *name, inner ports.Stream, start domain.Cursor) *stream {
	return &stream{Stream: inner, service: s, name: n, leave: sync.OnceFunc(func() { s.leave(n) }), last: start}
}

// Next implements ports.Stream.
func (s *stream) Next(ctx context.Context, into []*domain.Event) (int, error) {
	n, err := s.Stream.Next(ctx, into)
	if n > 0 {
		s.mu.Lock()
		s.last = into[n-1].Cursor
		s.mu.Unlock()
	}
	return n, err
}

// Ack implements ports.Stream. It also works after Stop.
func (s *stream) Ack(ctx context.Context, c domain.Cursor) error {
	observer := s.service.options.Observer
	if !s.handedOut(c) {
		observer.Refused()
		return domain.Errorf(domain.Invalid, "ack", "the cursor is none that this reader was given")
	}
	err := s.service.remember(ctx, s.name, c)
	switch {
	case err == nil:
		observer.Remembered()
	case domain.KindOf(err) == domain.Invalid:
		observer.Refused()
	default:
		observer.Failed()
	}
	return err
}

// handedOut reports whether the reader was given c, or something later.
func (s *stream) handedOut(c domain.Cursor) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return covers(s.last, c)
}

// Stop implements ports.Stream.
func (s *stream) Stop() {
	s.Stream.Stop()
	s.leave()
}
