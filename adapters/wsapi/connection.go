package wsapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

// ending is why a connection ends, and the close code for it.
type ending struct {
	code   int
	reason string
}

var (
	closeNormal    = ending{1000, ""}
	closeGoingAway = ending{1001, "shutting down"}
	closeGone      = ending{1006, "peer gone"}
	closeNoReading = ending{1008, "stopped reading"}
	closeNoLife    = ending{1008, "no sign of life"}
	closeInternal  = ending{1011, "internal error"}
)

// goodbye is how long a peer may take to answer a close frame.
const goodbye = time.Second

// connection is one open WebSocket.
type connection struct {
	handler  *Handler
	socket   socket
	frames   *frameConn
	stream   ports.Stream
	name     string
	options  ports.SocketOptions
	acks     *acks           // nil where nothing is acknowledged and nothing is read from the peer
	life     context.Context // ends when nothing more is to be delivered
	end      context.CancelFunc
	read     chan struct{} // closed when nothing is read any more
	acked    chan struct{} // closed when nothing is acknowledged any more
	lifeless atomic.Bool   // two pings without a sign of life
	failure  atomic.Pointer[error]

	pingMu   sync.Mutex // held while a ping is written; guards all below
	pinger   *time.Timer
	pinged   bool
	finished bool
}

func newConnection(h *Handler, s socket, f *frameConn, stream ports.Stream, reader ports.Reader, options ports.SocketOptions) *connection {
	c := &connection{handler: h, socket: s, frames: f, stream: stream, name: reader.Name, options: options,
		read: make(chan struct{}), acked: make(chan struct{})}
	if reader.Remember != "" || options.Events {
		c.acks = newAcks(options, reader.Remember != "")
	}
	c.life, c.end = context.WithCancel(h.life)
	return c
}

// start begins to serve; the connection ends by itself.
func (c *connection) start() {
	c.handler.options.Opened()
	c.pingMu.Lock()
	c.pinger = time.AfterFunc(c.handler.options.PingInterval, c.ping)
	c.pingMu.Unlock()
	go func() {
		if c.acks.listens() {
			c.socket.read(c.handler.life, c.acks.hear)
		} else {
			c.socket.discard(c.handler.life)
		}
		close(c.read)
		c.stop() // which ends deliver
	}()
	if c.acks != nil {
		go func() {
			defer close(c.acked)
			c.acknowledge()
		}()
	} else {
		close(c.acked)
	}
	go func() {
		defer c.handler.leave(c)
		c.finish(c.serve())
	}()
}

// stop ends the delivering.
func (c *connection) stop() {
	c.stream.Stop()
	c.end()
}

// fail ends the connection because of a write that failed beside the delivering.
func (c *connection) fail(err error) {
	err = fmt.Errorf("%w: %w", errWrite, err)
	c.failure.CompareAndSwap(nil, &err)
	c.stop()
}

// serve delivers until something ends it, and says what. A panic ends this connection and no other.
func (c *connection) serve() (end ending) {
	defer func() {
		if reason := recover(); reason != nil {
			c.handler.options.Logger.Error("panic", "reason", reason, "stack", string(debug.Stack()))
			end = closeInternal
		}
	}()
	return c.ending(c.deliver())
}

// ending is what the end of deliver means.
func (c *connection) ending(err error) ending {
	select {
	case <-c.read:
		return closeNormal
	default:
	}
	if failure := c.failure.Load(); failure != nil {
		err = *failure
	}
	switch {
	case c.lifeless.Load():
		return closeNoLife
	case errors.Is(err, errClosing):
		return closeNormal
	case errors.Is(err, os.ErrDeadlineExceeded):
		return closeNoReading
	case c.handler.stopping.Err() != nil, domain.KindOf(err) == domain.Unavailable:
		return closeGoingAway
	case errors.Is(err, errWrite):
		return closeGone
	}
	return closeInternal
}

// ping asks for a sign of life, and ends the connection when none came since the last time.
func (c *connection) ping() {
	c.pingMu.Lock()
	defer c.pingMu.Unlock()
	if c.finished {
		return
	}
	if heard := c.frames.heard.Swap(false); c.pinged && !heard {
		c.lifeless.Store(true)
		c.stop()
		return
	}
	c.pinged = true
	if err := c.frames.writeFrames([]byte{pingFrame, 0}); err != nil {
		c.fail(err)
		return
	}
	c.pinger.Reset(c.handler.options.PingInterval)
}

// finish says goodbye and waits until nothing of the connection is left.
func (c *connection) finish(end ending) {
	c.stop()
	c.frames.writeClose(end.code, end.reason)
	timer := time.NewTimer(goodbye)
	select {
	case <-c.read:
	case <-timer.C:
	}
	timer.Stop()
	c.socket.close()
	<-c.read
	<-c.acked
	c.frames.pings.Wait()
	c.pingMu.Lock()
	c.finished = true
	c.pinger.Stop()
	c.pingMu.Unlock()
	c.handler.options.Ended(end.code)
	if end == closeNoReading || end == closeNoLife || end == closeInternal {
		c.handler.options.Logger.LogAttrs(context.WithoutCancel(c.handler.stopping), slog.LevelInfo, "websocket ended",
			slog.String("reader", c.name), slog.Int("code", end.code), slog.String("reason", end.reason))
	}
}
