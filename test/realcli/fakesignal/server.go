package fakesignal

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// tunnelTimeout bounds CONNECT and the TLS handshake of a tunnel.
const tunnelTimeout = 30 * time.Second

// Server is a running stand-in. Its methods may be called from any goroutine.
type Server struct {
	listener net.Listener
	tls      *tls.Config
	workers  sync.WaitGroup

	stateMu  sync.Mutex
	accounts map[string]*account // by ACI
	tunnels  map[net.Conn]struct{}
	blobs    map[string][]byte // attachments by key
	faults   faults
	relayed  int
	acked    int
	log      []string
	closed   bool
}

// Start serves the accounts of a signal-cli data directory, which must also
// hold certificates.json. state is what Snapshot of an earlier server
// returned, or nil when no signal-cli has used these accounts so far. configDir
// is read here and not afterwards.
func Start(authority *Authority, configDir string, state []byte) (*Server, error) {
	accounts, err := readAccounts(configDir)
	if err != nil {
		return nil, err
	}
	if err := restore(accounts, state); err != nil {
		return nil, err
	}
	leaf, err := authority.leaf()
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("proxy: %w", err)
	}
	s := &Server{
		listener: listener,
		tls:      &tls.Config{Certificates: []tls.Certificate{leaf}, NextProtos: []string{"http/1.1"}},
		accounts: accounts,
		tunnels:  map[net.Conn]struct{}{},
		blobs:    map[string][]byte{},
		faults:   faults{replies: map[string]int{}},
	}
	s.workers.Go(s.accept)
	return s, nil
}

// ProxyAddr is the loopback address of the HTTP CONNECT proxy.
func (s *Server) ProxyAddr() *net.TCPAddr { return s.listener.Addr().(*net.TCPAddr) }

// Close ends all connections and waits for the goroutines. It may be repeated.
func (s *Server) Close() {
	s.stateMu.Lock()
	s.closed = true
	s.cutLocked()
	s.stateMu.Unlock()
	_ = s.listener.Close()
	s.workers.Wait()
}

// Snapshot returns what signal-cli has uploaded: attributes and prekeys, which
// it sends once only. It goes together with a copy of the data directory made
// while no signal-cli runs. Queued envelopes and attachments are not in it.
func (s *Server) Snapshot() ([]byte, error) {
	s.stateMu.Lock()
	defer s.stateMu.Unlock()
	devices := map[string]device{}
	for id, a := range s.accounts {
		devices[id] = a.device
	}
	return json.Marshal(devices)
}

func restore(accounts map[string]*account, state []byte) error {
	if state == nil {
		return nil
	}
	devices := map[string]device{}
	if err := json.Unmarshal(state, &devices); err != nil {
		return fmt.Errorf("server state: %w", err)
	}
	for id, d := range devices {
		if a := accounts[id]; a != nil {
			a.device = d
		}
	}
	return nil
}

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.workers.Go(func() { s.serveTunnel(conn) })
	}
}

// register adds a connection to those that a cut ends; false while the server is down.
func (s *Server) register(conn net.Conn) bool {
	s.stateMu.Lock()
	defer s.stateMu.Unlock()
	if s.closed || s.faults.down {
		return false
	}
	s.tunnels[conn] = struct{}{}
	return true
}

func (s *Server) forget(conn net.Conn) {
	_ = conn.Close()
	s.stateMu.Lock()
	defer s.stateMu.Unlock()
	delete(s.tunnels, conn)
}

func (s *Server) cutLocked() {
	for conn := range s.tunnels {
		_ = conn.Close()
	}
}

// serveTunnel answers CONNECT and then serves what comes through, in TLS.
func (s *Server) serveTunnel(conn net.Conn) {
	defer s.forget(conn)
	if !s.register(conn) {
		return
	}
	_ = conn.SetDeadline(time.Now().Add(tunnelTimeout))
	reader := bufio.NewReader(conn)
	request, err := http.ReadRequest(reader)
	if err != nil || request.Method != http.MethodConnect {
		return
	}
	if _, err := io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	inner := tls.Server(&buffered{Conn: conn, reader: reader}, s.tls)
	if err := inner.Handshake(); err != nil {
		s.note("tls for %s: %v", request.Host, err)
		return
	}
	_ = conn.SetDeadline(time.Time{})
	s.serveHTTP(inner)
}

// serveHTTP reads requests until the connection ends or becomes a WebSocket.
func (s *Server) serveHTTP(conn net.Conn) {
	reader := bufio.NewReader(conn)
	for {
		request, err := http.ReadRequest(reader)
		if err != nil {
			return
		}
		if strings.EqualFold(request.Header.Get("Upgrade"), "websocket") {
			s.serveChat(conn, reader, request)
			return
		}
		body, err := io.ReadAll(io.LimitReader(request.Body, maxBlob+1))
		if err != nil || len(body) > maxBlob {
			return
		}
		answer := s.cdn(request, body)
		if err := answer.Write(conn); err != nil {
			return
		}
	}
}

// answer is an HTTP response with its body in memory.
func answer(request *http.Request, status int, body []byte) *http.Response {
	return &http.Response{
		StatusCode: status, ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{},
		Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: request,
	}
}

// buffered reads through the reader that may hold bytes behind CONNECT.
type buffered struct {
	net.Conn
	reader *bufio.Reader
}

func (b *buffered) Read(p []byte) (int, error) { return b.reader.Read(p) }
