package reading

import (
	"context"
	"sync"

	"heliograph/domain"
)

// name is a name that somebody uses just now. It joins the acknowledgements of all its readers.
type name struct {
	key   string
	users int           // guarded by Service.namesMu
	turn  chan struct{} // a token while somebody stores or deletes the place

	mu sync.Mutex // guards all below
	// wanted is the furthest that was acknowledged, stored or not; remembered the furthest that is known to be stored.
	wanted, remembered domain.Cursor
}

// enter gives the name of key; leave must follow.
func (s *Service) enter(key string) *name {
	s.namesMu.Lock()
	defer s.namesMu.Unlock()
	n := s.names[key]
	if n == nil {
		n = &name{key: key, turn: make(chan struct{}, 1)}
		s.names[key] = n
	}
	n.users++
	return n
}

func (s *Service) leave(n *name) {
	s.namesMu.Lock()
	defer s.namesMu.Unlock()
	n.users--
	if n.users == 0 && s.names[n.key] == n {
		delete(s.names, n.key)
	}
}

// remember stores the place of n at c or further. Where several wait, the first of them stores for all.
func (s *Service) remember(ctx context.Context, n *name, c domain.Cursor) error {
	n.want(c)
	if err := n.take(ctx); err != nil {
		return err
	}
	defer n.give()
	target, done := n.target(c)
	if done {
		return nil
	}
	at, err := s.places.Move(ctx, n.key, target)
	if err == nil {
		n.note(at)
	}
	return err
}

// take waits for the turn; give must follow.
func (n *name) take(ctx context.Context) error {
	select {
	case n.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return &domain.Error{Op: "ack", Kind: domain.KindOf(ctx.Err()), Err: ctx.Err()}
	}
}

func (n *name) give() { <-n.turn }

func (n *name) want(c domain.Cursor) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !covers(n.wanted, c) {
		n.wanted = c
	}
}

// target is what to store for who acknowledged c; done when that was done meanwhile.
func (n *name) target(c domain.Cursor) (target domain.Cursor, done bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case covers(n.remembered, c):
		return c, true
	case covers(n.wanted, c):
		return n.wanted, false
	}
	return c, false // wanted is of another epoch
}

func (n *name) note(at domain.Cursor) {
	n.mu.Lock()
	n.remembered = at
	n.mu.Unlock()
}

// forget makes n as new; for who holds the turn.
func (n *name) forget() {
	n.mu.Lock()
	n.wanted, n.remembered = domain.Cursor{}, domain.Cursor{}
	n.mu.Unlock()
}

// covers reports whether everything up to c lies before or at a.
func covers(a, c domain.Cursor) bool { return a.Epoch == c.Epoch && a.Seq >= c.Seq }
