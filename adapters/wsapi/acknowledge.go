package wsapi

import (
	"context"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

const (
	// ackTimeout is how long it may take to remember a place.
	ackTimeout = 10 * time.Second
	// ackPause is between a failure to remember a place and the next attempt.
	ackPause = time.Second
)

// acknowledge remembers what was acknowledged, and answers the peer, until the connection ends. What was acknowledged before the end is
// remembered also then.
func (c *connection) acknowledge() {
	for {
		select {
		case <-c.acks.more:
		case <-c.life.Done():
		}
		if c.life.Err() != nil {
			if due, isDue, _ := c.acks.take(); isDue && c.acks.mode != ports.AckPong {
				_ = c.remember(due) // nobody is there to be told
			}
			return
		}
		due, isDue, fault := c.acks.take()
		if fault != nil {
			c.tell(fault.frame())
		}
		if isDue && !c.acknowledgeOne(due) {
			return
		}
	}
}

// acknowledgeOne moves the place to due. Who acknowledges cursors is told how that went; for the others it is tried again. False when the
// connection has ended.
func (c *connection) acknowledgeOne(due domain.Cursor) bool {
	if c.acks.mode == ports.AckPong && c.socket.ping(c.handler.life) != nil {
		return false
	}
	err := c.remember(due)
	byCursor := c.acks.mode == ports.AckExplicit && !c.acks.oneByOne
	switch {
	case byCursor && err != nil:
		c.tell(faultOf(err).frame())
	case byCursor:
		c.tell([]byte(`{"acked":"` + due.String() + `"}`))
	case err != nil && domain.KindOf(err) != domain.Invalid:
		c.acks.putBack(due)
		c.pause(ackPause)
	}
	return true
}

// remember has the stream acknowledge. When the connection ends it has goodbye left.
func (c *connection) remember(due domain.Cursor) error {
	ctx, cancel := context.WithTimeout(c.handler.life, ackTimeout)
	defer cancel()
	defer context.AfterFunc(c.life, func() { time.AfterFunc(goodbye, cancel) })()
	return c.stream.Ack(ctx, due)
}

// pause waits, or until the connection ends.
func (c *connection) pause(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.life.Done():
	}
}

// tell writes a text frame of ours.
func (c *connection) tell(text []byte) {
	if err := c.frames.writeText(text); err != nil {
		c.fail(err)
	}
}
