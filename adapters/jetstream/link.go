package jetstream

import (
	"context"
	"errors"
)

// link is the life of a connection, from one loss to the next.
type link struct {
	context.Context
	lose context.CancelFunc
}

// errLost says that the connection was lost before the answer came.
var errLost = errors.New("the connection to NATS was lost")

// linked begins the life of a connection, and ends the one before.
func (s *Store) linked(ctx context.Context) {
	life, lose := context.WithCancel(context.WithoutCancel(ctx))
	if before := s.link.Swap(&link{life, lose}); before != nil {
		before.lose()
	}
}

// attached is ctx for an exchange: it ends too when the connection is lost, as no answer comes then. cancel must be called.
func (s *Store) attached(ctx context.Context) (exchange context.Context, cancel context.CancelFunc) {
	exchange, end := context.WithCancelCause(ctx)
	stop := context.AfterFunc(s.link.Load(), func() { end(errLost) })
	return exchange, func() {
		stop()
		end(nil)
	}
}

// call is attached with a limit, for exchanges that are answered at once.
func (s *Store) call(ctx context.Context) (exchange context.Context, cancel context.CancelFunc) {
	limited, expire := context.WithTimeout(ctx, callTimeout)
	exchange, end := s.attached(limited)
	return exchange, func() {
		end()
		expire()
	}
}
