package hub

import (
	"sync"

	"heliograph/domain"
)

// command is what a reader asks of the publisher: to join at a position, or to leave the index.
type command struct {
	stream   *stream
	position domain.Cursor
	leave    bool
}

// commands wait for the publisher. Sending never blocks; there is at most one
// join and one leave a reader.
type commands struct {
	ready chan struct{} // one token while something is pending

	mu      sync.Mutex // guards all below
	pending []command
	closed  bool
}

func newCommands() *commands { return &commands{ready: make(chan struct{}, 1)} }

func (c *commands) send(cmd command) {
	c.mu.Lock()
	if !c.closed {
		c.pending = append(c.pending, cmd)
	}
	c.mu.Unlock()
	select {
	case c.ready <- struct{}{}:
	default:
	}
}

// receive takes all; the room of spare is reused for those that follow.
func (c *commands) receive(spare []command) []command {
	c.mu.Lock()
	defer c.mu.Unlock()
	pending := c.pending
	c.pending = spare[:0]
	return pending
}

// close drops what is pending and what comes.
func (c *commands) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending, c.closed = nil, true
}
