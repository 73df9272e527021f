package simulator

import (
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// pipeBuffer is how many bytes each direction of a pipe holds before its writer waits.
const pipeBuffer = 64 << 10

// newPipe returns the two ends of a buffered in-process connection. Both support deadlines.
func newPipe() (client, server *pipeConn) {
	up, down := newPipeHalf(), newPipeHalf()
	return &pipeConn{in: down, out: up}, &pipeConn{in: up, out: down}
}

// pipeConn is one end of a pipe: a net.Conn with room for pipeBuffer bytes each way.
type pipeConn struct {
	in, out *pipeHalf
}

var _ net.Conn = (*pipeConn)(nil)

func (c *pipeConn) Read(p []byte) (int, error)  { return c.in.read(p) }
func (c *pipeConn) Write(p []byte) (int, error) { return c.out.write(p) }

// Close ends both directions. What was written before can still be read by the other end.
func (c *pipeConn) Close() error {
	c.out.closeWrite()
	c.in.closeRead()
	return nil
}

// CloseWrite ends the sending direction only.
func (c *pipeConn) CloseWrite() error {
	c.out.closeWrite()
	return nil
}

func (c *pipeConn) LocalAddr() net.Addr  { return pipeAddr{} }
func (c *pipeConn) RemoteAddr() net.Addr { return pipeAddr{} }

func (c *pipeConn) SetDeadline(t time.Time) error {
	c.in.setDeadline(&c.in.readDeadline, t)
	c.out.setDeadline(&c.out.writeDeadline, t)
	return nil
}

func (c *pipeConn) SetReadDeadline(t time.Time) error {
	c.in.setDeadline(&c.in.readDeadline, t)
	return nil
}

func (c *pipeConn) SetWriteDeadline(t time.Time) error {
	c.out.setDeadline(&c.out.writeDeadline, t)
	return nil
}

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "simulator" }

// pipeHalf is one direction: a ring of bytes with one lock and one condition.
type pipeHalf struct {
	mu            sync.Mutex
	changed       *sync.Cond
	buf           []byte
	start, length int
	noMoreWrites  bool
	noMoreReads   bool
	readDeadline  deadline
	writeDeadline deadline
}

// deadline is when one side gives up; the timer only wakes the waiters.
type deadline struct {
	at    time.Time
	timer *time.Timer
}

func (d *deadline) passed() bool { return !d.at.IsZero() && !time.Now().Before(d.at) }

func newPipeHalf() *pipeHalf {
	h := &pipeHalf{buf: make([]byte, pipeBuffer)}
	h.changed = sync.NewCond(&h.mu)
	return h
}

func (h *pipeHalf) read(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for {
		switch {
		case h.noMoreReads:
			return 0, net.ErrClosed
		case h.readDeadline.passed():
			return 0, os.ErrDeadlineExceeded
		case h.length > 0:
			n := copy(p, h.buf[h.start:min(h.start+h.length, len(h.buf))])
			h.start = (h.start + n) % len(h.buf)
			h.length -= n
			h.changed.Broadcast()
			return n, nil
		case h.noMoreWrites:
			return 0, io.EOF
		case len(p) == 0:
			return 0, nil
		}
		h.changed.Wait()
	}
}

func (h *pipeHalf) write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	written := 0
	for {
		switch {
		case h.noMoreWrites || h.noMoreReads:
			return written, io.ErrClosedPipe
		case h.writeDeadline.passed():
			return written, os.ErrDeadlineExceeded
		case len(p) == 0:
			return written, nil
		case h.length < len(h.buf):
			end := (h.start + h.length) % len(h.buf)
			room := h.buf[end:min(end+len(h.buf)-h.length, len(h.buf))]
			n := copy(room, p)
			h.length += n
			written += n
			p = p[n:]
			h.changed.Broadcast()
			continue
		}
		h.changed.Wait()
	}
}

func (h *pipeHalf) closeWrite() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.noMoreWrites = true
	h.writeDeadline.stop()
	h.changed.Broadcast()
}

func (h *pipeHalf) closeRead() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.noMoreReads = true
	h.readDeadline.stop()
	h.changed.Broadcast()
}

func (d *deadline) stop() {
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
}

func (h *pipeHalf) setDeadline(d *deadline, at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	d.stop()
	d.at = at
	if !at.IsZero() {
		if wait := time.Until(at); wait > 0 {
			d.timer = time.AfterFunc(wait, func() {
				h.mu.Lock()
				defer h.mu.Unlock()
				h.changed.Broadcast()
			})
		}
	}
	h.changed.Broadcast()
}
