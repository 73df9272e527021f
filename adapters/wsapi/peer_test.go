package wsapi_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"heliograph/adapters/wsapi"
	"heliograph/domain"
	"heliograph/ports"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// source is a Subscription whose streams give what a test puts into them.
type source struct {
	mu      sync.Mutex
	streams []*stream
	refuse  error
}

func (s *source) Subscribe(_ context.Context, r ports.Reader) (ports.Stream, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse != nil {
		return nil, s.refuse
	}
	one := &stream{reader: r, events: make(chan *domain.Event, 1000), stopped: make(chan struct{})}
	s.streams = append(s.streams, one)
	return one, nil
}

func (s *source) stream(i int) *stream {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.streams[i]
}

type stream struct {
	reader  ports.Reader
	events  chan *domain.Event
	stopped chan struct{}
	once    sync.Once

	mu    sync.Mutex // guards all below
	acked []domain.Cursor
	// fail is the error of the next Acks; hang has them wait for the end of their context.
	fail error
	hang bool
}

func (s *stream) Next(ctx context.Context, into []*domain.Event) (int, error) {
	select {
	case <-s.stopped:
		return 0, domain.Errorf(domain.Unavailable, "next", "stopped")
	case <-ctx.Done():
		return 0, &domain.Error{Op: "next", Kind: domain.KindOf(ctx.Err()), Err: ctx.Err()}
	case e := <-s.events:
		if e == nil {
			panic("as the test wants")
		}
		into[0] = e
	}
	for n := 1; n < len(into); n++ {
		select {
		case e := <-s.events:
			into[n] = e
		default:
			return n, nil
		}
	}
	return len(into), nil
}

func (s *stream) Ack(ctx context.Context, c domain.Cursor) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hang {
		s.mu.Unlock()
		<-ctx.Done()
		s.mu.Lock()
		return ctx.Err()
	}
	if s.fail != nil {
		return s.fail
	}
	s.acked = append(s.acked, c)
	return nil
}

// place is what was acknowledged last, 0 for nothing.
func (s *stream) place() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.acked) == 0 {
		return 0
	}
	return s.acked[len(s.acked)-1].Seq
}

func (s *stream) failWith(err error) {
	s.mu.Lock()
	s.fail = err
	s.mu.Unlock()
}

func (s *stream) Stop() { s.once.Do(func() { close(s.stopped) }) }

// number puts events with the cursors first to last; the payload is the number.
func (s *stream) number(first, last uint64) {
	for n := first; n <= last; n++ {
		select {
		case s.events <- &domain.Event{Kind: domain.KindMessage, Cursor: at(n), Payload: fmt.Append(nil, n)}:
		case <-s.stopped:
		}
	}
}

func at(n uint64) domain.Cursor { return domain.Cursor{Epoch: 7, Seq: n} }

func (s *stream) put(payloads ...string) {
	for _, p := range payloads {
		select {
		case s.events <- &domain.Event{Kind: domain.KindMessage, Payload: []byte(p)}:
		case <-s.stopped:
		}
	}
}

// upgrade is a ResponseWriter over a connection.
type upgrade struct {
	conn   net.Conn
	header http.Header
	status int
	body   strings.Builder
}

func (u *upgrade) Header() http.Header         { return u.header }
func (u *upgrade) WriteHeader(status int)      { u.status = status }
func (u *upgrade) Write(p []byte) (int, error) { return u.body.Write(p) }
func (u *upgrade) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return u.conn, bufio.NewReadWriter(bufio.NewReader(u.conn), bufio.NewWriter(u.conn)), nil
}

// peer is the client's side of a WebSocket, as strict as a client can be.
type peer struct {
	t    testing.TB
	conn net.Conn
	in   *bufio.Reader
}

// frame is what a peer reads.
type frame struct {
	opcode  byte
	payload string
}

const (
	opText  = 1
	opClose = 8
	opPing  = 9
	opPong  = 10
)

func newRequest() *http.Request {
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://127.0.0.1/v1/receive/+15550100001", nil)
	if err != nil {
		panic(err)
	}
	for name, value := range map[string]string{
		"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
	} {
		r.Header.Set(name, value)
	}
	return r
}

// dial opens a WebSocket to h over a pipe without any buffer.
func dial(t testing.TB, h *wsapi.Handler) (*peer, *upgrade) {
	t.Helper()
	return dialWith(t, h, ports.SocketOptions{})
}

// dialWith is dial with options.
func dialWith(t testing.TB, h *wsapi.Handler, o ports.SocketOptions) (*peer, *upgrade) {
	t.Helper()
	return dialAs(t, h, "", o)
}

// dialAs is dialWith of a named reader.
func dialAs(t testing.TB, h *wsapi.Handler, name string, o ports.SocketOptions) (*peer, *upgrade) {
	t.Helper()
	ours, theirs := net.Pipe()
	w := &upgrade{conn: theirs, header: http.Header{}}
	h.Serve(w, newRequest(), ports.Reader{Transport: "websocket", Name: "test", Remember: name}, o)
	if w.status != http.StatusSwitchingProtocols {
		_ = ours.Close()
		_ = theirs.Close()
		return nil, w
	}
	return &peer{t: t, conn: ours, in: bufio.NewReader(ours)}, w
}

// read gives the next frame, or the error that ends the connection. A frame that no server may send fails the test.
func (p *peer) read() (frame, error) {
	var head [2]byte
	if _, err := io.ReadFull(p.in, head[:]); err != nil {
		return frame{}, err
	}
	length := uint64(head[1])
	switch {
	case head[0]&0xf0 != 0x80, head[1] >= 0x80:
		p.t.Errorf("frame begins with %x", head)
		return frame{}, fmt.Errorf("frame begins with %x", head)
	case length == 126:
		var b [2]byte
		if _, err := io.ReadFull(p.in, b[:]); err != nil {
			return frame{}, err
		}
		length = uint64(binary.BigEndian.Uint16(b[:]))
	case length == 127:
		var b [8]byte
		if _, err := io.ReadFull(p.in, b[:]); err != nil {
			return frame{}, err
		}
		length = binary.BigEndian.Uint64(b[:])
	}
	if length > 64<<20 {
		p.t.Errorf("frame of %d bytes", length)
		return frame{}, fmt.Errorf("frame of %d bytes", length)
	}
	payload := make([]byte, length)
	_, err := io.ReadFull(p.in, payload)
	return frame{head[0] & 0x0f, string(payload)}, err
}

// want reads frames up to the next of opcode, which must have that payload; pings are answered on the way.
func (p *peer) want(opcode byte, payload string) {
	p.t.Helper()
	for {
		f, err := p.read()
		switch {
		case err != nil:
			p.t.Fatalf("waiting for frame %d: %v", opcode, err)
		case f.opcode == opPing && opcode != opPing:
			p.write(opPong, f.payload)
		case f.opcode != opcode || f.payload != payload:
			p.t.Fatalf("frame %d %.60q, want %d %.60q", f.opcode, f.payload, opcode, payload)
		default:
			return
		}
	}
}

// wantClose reads up to a close frame with code.
func (p *peer) wantClose(code uint16) {
	p.t.Helper()
	for {
		f, err := p.read()
		if err != nil {
			p.t.Fatalf("waiting for close %d: %v", code, err)
		}
		if f.opcode == opClose {
			if len(f.payload) < 2 || binary.BigEndian.Uint16([]byte(f.payload)) != code {
				p.t.Fatalf("close frame %q, want %d", f.payload, code)
			}
			return
		}
	}
}

// write writes a masked frame; an error is for who reads next to see.
func (p *peer) write(opcode byte, payload string) {
	b := []byte{0x80 | opcode}
	switch n := len(payload); {
	case n <= 125:
		b = append(b, 0x80|byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 0x80|127), uint64(n))
	}
	mask := [4]byte{1, 2, 3, 4}
	b = append(b, mask[:]...)
	for i := range len(payload) {
		b = append(b, payload[i]^mask[i%4])
	}
	_, _ = p.conn.Write(b)
}

// gone fails unless the connection ends without another frame of data.
func (p *peer) gone() {
	p.t.Helper()
	for {
		f, err := p.read()
		if err != nil {
			return
		}
		if f.opcode == opText {
			p.t.Fatalf("text %.60q after the end", f.payload)
		}
	}
}
