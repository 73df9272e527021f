package fakesignal

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"sync"
)

// maxFrame bounds one WebSocket frame of a client, in bytes.
const maxFrame = 64 << 20

// Opcodes of RFC 6455.
const (
	opBinary = 2
	opClose  = 8
	opPing   = 9
	opPong   = 10
)

// socket is the server's side of a WebSocket. One goroutine reads it; any
// goroutine may queue frames, which one writer sends in order. The queue is
// unbounded, because its only reader is a signal-cli of the same test.
type socket struct {
	conn   net.Conn
	reader *bufio.Reader
	wake   chan struct{}
	closed chan struct{}

	queueMu sync.Mutex
	queue   [][]byte
	once    sync.Once
}

// upgrade answers the handshake of a client that sent key.
func upgrade(conn net.Conn, reader *bufio.Reader, key string) (*socket, error) {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	_, err := fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"+
		"Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", base64.StdEncoding.EncodeToString(sum[:]))
	return &socket{conn: conn, reader: reader, wake: make(chan struct{}, 1), closed: make(chan struct{})}, err
}

// close ends both directions. It is safe from anywhere and may be repeated.
func (s *socket) close() {
	s.once.Do(func() {
		close(s.closed)
		_ = s.conn.Close()
	})
}

// send queues one frame and returns at once.
func (s *socket) send(op byte, payload []byte) {
	frame := []byte{0x80 | op}
	switch {
	case len(payload) < 126:
		frame = append(frame, byte(len(payload)))
	case len(payload) < 1<<16:
		frame = binary.BigEndian.AppendUint16(append(frame, 126), uint16(len(payload)))
	default:
		frame = binary.BigEndian.AppendUint64(append(frame, 127), uint64(len(payload)))
	}
	s.queueMu.Lock()
	s.queue = append(s.queue, append(frame, payload...))
	s.queueMu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// write sends queued frames until the socket is closed.
func (s *socket) write() {
	defer s.close()
	for {
		s.queueMu.Lock()
		frames := net.Buffers(s.queue)
		s.queue = nil
		s.queueMu.Unlock()
		if _, err := frames.WriteTo(s.conn); err != nil {
			return
		}
		select {
		case <-s.wake:
		case <-s.closed:
			return
		}
	}
}

// read returns the next message; pings are answered on the way.
func (s *socket) read() ([]byte, error) {
	var message []byte
	for {
		final, op, payload, err := s.readFrame()
		if err != nil {
			return nil, err
		}
		switch op {
		case opClose:
			return nil, io.EOF
		case opPing:
			s.send(opPong, payload)
		case opPong:
		default:
			message = append(message, payload...)
			if final {
				return message, nil
			}
		}
	}
}

func (s *socket) readFrame() (final bool, op byte, payload []byte, err error) {
	var head [2]byte
	if _, err = io.ReadFull(s.reader, head[:]); err != nil {
		return false, 0, nil, err
	}
	size := uint64(head[1] & 0x7f)
	if wide := map[uint64]int{126: 2, 127: 8}[size]; wide > 0 {
		var long [8]byte
		if _, err = io.ReadFull(s.reader, long[8-wide:]); err != nil {
			return false, 0, nil, err
		}
		size = binary.BigEndian.Uint64(long[:])
	}
	if size > maxFrame {
		return false, 0, nil, fmt.Errorf("frame of %d bytes", size)
	}
	var mask [4]byte
	if head[1]&0x80 != 0 {
		if _, err = io.ReadFull(s.reader, mask[:]); err != nil {
			return false, 0, nil, err
		}
	}
	payload = make([]byte, size)
	if _, err = io.ReadFull(s.reader, payload); err != nil {
		return false, 0, nil, err
	}
	for i := range payload {
		payload[i] ^= mask[i&3]
	}
	return head[0]&0x80 != 0, head[0] & 0xf, payload, nil
}
