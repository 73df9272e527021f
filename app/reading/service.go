package reading

import (
	"context"
	"sync"

	"heliograph/app/place"
	"heliograph/domain"
	"heliograph/ports"
)

var (
	_ ports.Subscription = (*Service)(nil)
	_ ports.Events       = (*Service)(nil)
)

// The spaces of the KeyValue: readers by domain.ReaderName.Key, drains by account.
const (
	readersSpace = "readers"
	drainsSpace  = "drains"
)

// Service is the use case of reading.
type Service struct {
	next    ports.Subscription
	log     ports.EventLog
	places  *place.Store
	drains  *place.Store
	options Options

	namesMu sync.Mutex // guards names and the users of each
	names   map[string]*name
}

// New makes a Service that reads from next, which is a Subscription on log, and remembers in values.
func New(next ports.Subscription, log ports.EventLog, values ports.KeyValue, options Options) *Service {
	options = options.withDefaults()
	return &Service{
		next:    next,
		log:     log,
		places:  place.New(values, log, readersSpace, options.Now),
		drains:  place.New(values, log, drainsSpace, options.Now),
		options: options,
		names:   make(map[string]*name),
	}
}

// Subscribe implements ports.Subscription.
func (s *Service) Subscribe(ctx context.Context, reader ports.Reader) (ports.Stream, error) {
	if reader.Remember == "" {
		return s.next.Subscribe(ctx, reader)
	}
	n := s.enter(reader.Remember)
	start, err := s.start(ctx, n, reader)
	if err != nil {
		s.leave(n)
		return nil, err
	}
	reader.From = start
	inner, err := s.next.Subscribe(ctx, reader)
	if err != nil {
		s.leave(n)
		return nil, err
	}
	return newStream(s, n, inner, start), nil
}

// start is where a named reader begins. It is remembered when start returns, so what comes from then on is kept for the name.
func (s *Service) start(ctx context.Context, n *name, reader ports.Reader) (domain.Cursor, error) {
	if reader.Resume {
		return reader.From, s.resume(ctx, n, reader.From)
	}
	cursor, known, err := s.places.Get(ctx, n.key)
	if err != nil || known {
		return cursor, err
	}
	if cursor, err = s.resolve(ctx, reader.From); err != nil {
		return domain.Cursor{}, err
	}
	return s.places.Begin(ctx, n.key, cursor)
}

// resume acknowledges everything up to from, where that can be.
func (s *Service) resume(ctx context.Context, n *name, from domain.Cursor) error {
	last, _, err := s.log.Tail(ctx)
	switch {
	case err != nil:
		return err
	case from.Epoch != last.Epoch:
		_, err = s.places.Begin(ctx, n.key, from)
		return err
	case from.Seq > last.Seq:
		_, err = s.places.Begin(ctx, n.key, last)
		return err
	}
	return s.remember(ctx, n, from)
}

// resolve makes a position of the log of a cursor that may be a special one.
func (s *Service) resolve(ctx context.Context, from domain.Cursor) (domain.Cursor, error) {
	switch from {
	case domain.Oldest:
		before, _, err := s.log.Bounds(ctx)
		return before, err
	case domain.Latest:
		last, _, err := s.log.Tail(ctx)
		return last, err
	}
	return from, nil
}
