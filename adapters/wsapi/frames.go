package wsapi

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// The first bytes of the frames we write: the only or last fragment of a message of that type.
const (
	textFrame  = 0x81
	closeFrame = 0x88
	pingFrame  = 0x89

	opcodeBits  = 0x0f
	closeOpcode = 0x08
	pingOpcode  = 0x09
)

var (
	errClosing = errors.New("a close frame was written")
	errBroken  = errors.New("an earlier write ended within a frame")
)

// frameConn is a connection on which whole frames are written, by the library and
// by us. Reads go through.
type frameConn struct {
	net.Conn
	heard   atomic.Bool // something was read since the last look
	timeout atomic.Int64
	// waiting is a ping of the library's that follows what is being written; pings are the goroutines that write one.
	waiting atomic.Pointer[[]byte]
	pings   sync.WaitGroup

	writeMu sync.Mutex // held while a frame is written; guards all below
	armed   time.Time  // when the write deadline was last set
	closing bool
	broken  error // of a write that ended within a frame
}

func newFrameConn(conn net.Conn, timeout time.Duration) *frameConn {
	f := &frameConn{Conn: conn}
	f.timeout.Store(int64(timeout))
	return f
}

// Read is for the library.
func (f *frameConn) Read(p []byte) (int, error) {
	n, err := f.Conn.Read(p)
	if n > 0 && !f.heard.Load() {
		f.heard.Store(true)
	}
	return n, err
}

// Write is for the library, which writes one control frame a call. What comes after a close frame is dropped
// without an error: that is its answer to the peer's. A ping is written later: the library would end the connection of a peer that
// does not take it within 5 s.
func (f *frameConn) Write(frame []byte) (int, error) {
	if frame[0]&opcodeBits == pingOpcode {
		ping := bytes.Clone(frame)
		f.waiting.Store(&ping)
		f.pings.Go(f.writeWaiting)
		return len(frame), nil
	}
	f.writeMu.Lock()
	defer f.unlock()
	if f.closing {
		return len(frame), nil
	}
	return f.writeLocked(frame)
}

// writeFrames writes whole frames. Errors are errClosing, errBroken or those of the connection.
func (f *frameConn) writeFrames(frames []byte) error {
	f.writeMu.Lock()
	defer f.unlock()
	if f.closing {
		return errClosing
	}
	_, err := f.writeLocked(frames)
	return err
}

// writeLarge writes one frame without copying its payload.
func (f *frameConn) writeLarge(header, payload []byte) error {
	f.writeMu.Lock()
	defer f.unlock()
	if f.closing {
		return errClosing
	}
	if f.broken != nil {
		return fmt.Errorf("%w: %w", errBroken, f.broken)
	}
	f.armLocked()
	buffers := net.Buffers{header, payload}
	if _, err := buffers.WriteTo(f.Conn); err != nil {
		f.broken = err
		return err
	}
	return nil
}

func (f *frameConn) unlock() {
	f.writeMu.Unlock()
	f.writeWaiting()
}

// writeWaiting writes the ping that waits, unless somebody writes just now, who will do it then.
func (f *frameConn) writeWaiting() {
	for f.waiting.Load() != nil && f.writeMu.TryLock() {
		if ping := f.waiting.Swap(nil); ping != nil && !f.closing {
			_, _ = f.writeLocked(*ping) // the next write tells
		}
		f.writeMu.Unlock()
	}
}

func (f *frameConn) writeLocked(frames []byte) (int, error) {
	if f.broken != nil {
		return 0, fmt.Errorf("%w: %w", errBroken, f.broken)
	}
	f.armLocked()
	n, err := f.Conn.Write(frames)
	if err != nil {
		f.broken = err
		return n, err
	}
	if frames[0]&opcodeBits == closeOpcode {
		f.closing = true
	}
	return n, nil
}

// armLocked sets the write deadline, unless that was done just now: it costs as much as a small write.
func (f *frameConn) armLocked() {
	timeout := time.Duration(f.timeout.Load())
	if now := time.Now(); now.Sub(f.armed) > timeout/16 {
		f.armed = now
		_ = f.SetWriteDeadline(now.Add(timeout)) // a connection that cannot is closed, which the write tells
	}
}

// hurry gives a write that is going on, and all later ones, that much time.
func (f *frameConn) hurry(timeout time.Duration) {
	f.timeout.Store(int64(timeout))
	_ = f.SetWriteDeadline(time.Now().Add(timeout))
}

// writeClose writes a close frame; errors do not matter: then there is nobody to read it.
func (f *frameConn) writeClose(code int, reason string) {
	frame := binary.BigEndian.AppendUint16([]byte{closeFrame, byte(2 + len(reason))}, uint16(code))
	_ = f.writeFrames(append(frame, reason...))
}

// writeText writes a text frame of ours, which is small.
func (f *frameConn) writeText(text []byte) error {
	return f.writeFrames(append(appendHeader(make([]byte, 0, maxHeader+len(text)), len(text)), text...))
}

// appendHeader appends the header of a text frame of length bytes.
func appendHeader(p []byte, length int) []byte {
	const max7, max16 = 125, 1<<16 - 1
	switch {
	case length <= max7:
		return append(p, textFrame, byte(length))
	case length <= max16:
		return binary.BigEndian.AppendUint16(append(p, textFrame, 126), uint16(length))
	}
	return binary.BigEndian.AppendUint64(append(p, textFrame, 127), uint64(length))
}
