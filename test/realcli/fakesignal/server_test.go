package fakesignal

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Two accounts, as signal-cli stores them.
const (
	firstACI  = "00000000-0000-4000-8000-000000000001"
	secondACI = "00000000-0000-4000-8000-000000000002"
)

func newServer(t *testing.T) (*Server, *Authority) {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, value any) {
		text, err := json.Marshal(value)
		if err == nil {
			err = os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	write("data/accounts.json", map[string]any{"accounts": []map[string]string{
		{"number": "+15550100001", "uuid": firstACI, "path": "1"},
		{"number": "+15550100002", "uuid": secondACI, "path": "2"},
	}})
	write("data/1", map[string]any{})
	write("data/2", map[string]any{})
	write("certificates.json", map[string]any{})
	authority, err := NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	server, err := Start(authority, dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return server, authority
}

// client is a signal-cli reduced to its connection.
type client struct {
	t      *testing.T
	conn   net.Conn
	reader *bufio.Reader
}

// connect opens a chat through the proxy; an empty login is the one without.
func connect(t *testing.T, s *Server, a *Authority, login string) (*client, error) {
	t.Helper()
	raw, err := net.Dial("tcp", s.ProxyAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = raw.Close() })
	_ = raw.SetDeadline(time.Now().Add(30 * time.Second))
	if _, err := io.WriteString(raw, "CONNECT chat.signal.org:443 HTTP/1.1\r\nHost: chat.signal.org:443\r\n\r\n"); err != nil {
		return nil, err
	}
	if _, err := http.ReadResponse(bufio.NewReader(raw), nil); err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AddCert(a.cert)
	conn := tls.Client(raw, &tls.Config{RootCAs: roots, ServerName: "chat.signal.org"})
	request, err := http.NewRequest(http.MethodGet, "https://chat.signal.org/v1/websocket/", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Upgrade", "websocket")
	request.Header.Set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
	if login != "" {
		request.SetBasicAuth(login, "password")
	}
	if err := request.Write(conn); err != nil {
		return nil, err
	}
	c := &client{t: t, conn: conn, reader: bufio.NewReader(conn)}
	response, err := http.ReadResponse(c.reader, request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusSwitchingProtocols {
		return nil, errors.New(response.Status)
	}
	if got := response.Header.Get("Sec-WebSocket-Accept"); got != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
		t.Errorf("accept key %s", got) // the example of RFC 6455
	}
	return c, nil
}

func (c *client) write(message []byte) {
	c.t.Helper()
	frame := binary.BigEndian.AppendUint16([]byte{0x80 | opBinary, 126}, uint16(len(message)))
	if _, err := c.conn.Write(append(frame, message...)); err != nil {
		c.t.Fatal(err)
	}
}

// read returns the fields of the next request or response of the server.
func (c *client) read() (kind int, fields map[int]field) {
	c.t.Helper()
	s := &socket{reader: c.reader}
	message, err := s.read()
	if err != nil {
		c.t.Fatal(err)
	}
	outer, err := parseFields(message)
	if err != nil {
		c.t.Fatal(err)
	}
	fields = map[int]field{}
	for _, f := range outer {
		if f.num == 2 || f.num == 3 {
			kind = f.num
			inner, err := parseFields(f.data)
			if err != nil {
				c.t.Fatal(err)
			}
			for _, i := range inner {
				fields[i.num] = i
			}
		}
	}
	return kind, fields
}

// ask sends a request and returns the status of its response.
func (c *client) ask(verb, path string, body []byte) (status int) {
	c.t.Helper()
	var r, message builder
	r.text(1, verb)
	r.text(2, path)
	r.bytes(3, body)
	r.number(4, 7)
	message.number(1, 1)
	message.bytes(2, r.buf.Bytes())
	c.write(message.buf.Bytes())
	kind, fields := c.read()
	if kind != 3 || fields[1].n != 7 {
		c.t.Fatalf("kind %d, %v instead of the answer", kind, fields)
	}
	return int(fields[2].n)
}

// expect reads a request of the server for path, confirms it and returns its body.
func (c *client) expect(path string) (body []byte) {
	c.t.Helper()
	kind, fields := c.read()
	if kind != 2 || string(fields[2].data) != path {
		c.t.Fatalf("kind %d, path %q, want a request for %q", kind, fields[2].data, path)
	}
	var r, message builder
	r.number(1, fields[4].n)
	r.number(2, http.StatusOK)
	message.number(1, 2)
	message.bytes(3, r.buf.Bytes())
	c.write(message.buf.Bytes())
	return fields[3].data
}

func TestMessageWaitsForItsReceiver(t *testing.T) {
	server, authority := newServer(t)
	sender, err := connect(t, server, authority, firstACI+".1")
	if err != nil {
		t.Fatal(err)
	}
	sender.expect("/api/v1/queue/empty")
	message := []byte(`{"timestamp":17,"messages":[{"type":1,"content":"c2VjcmV0"}]}`)
	if status := sender.ask("PUT", "/v1/messages/"+secondACI, message); status != http.StatusOK {
		t.Fatalf("status %d", status)
	}
	online := []byte(`{"timestamp":18,"online":true,"messages":[{"type":1,"content":"c2VjcmV0"}]}`)
	if status := sender.ask("PUT", "/v1/messages/"+secondACI, online); status != http.StatusOK {
		t.Fatalf("status %d", status)
	}

	lost, err := connect(t, server, authority, secondACI)
	if err != nil {
		t.Fatal(err)
	}
	if kind, _ := lost.read(); kind != 2 { // read, not acknowledged
		t.Fatalf("kind %d, want a request", kind)
	}
	_ = lost.conn.Close()

	receiver, err := connect(t, server, authority, secondACI)
	if err != nil {
		t.Fatal(err)
	}
	if body := receiver.expect("/api/v1/message"); !bytes.Contains(body, []byte("secret")) {
		t.Errorf("envelope %q lacks the content", body)
	}
	receiver.expect("/api/v1/queue/empty") // what was for an online device only is gone
	if status := receiver.ask("GET", "/v1/keepalive", nil); status != http.StatusOK {
		t.Errorf("keep-alive: status %d", status)
	}
	if got := server.Status(); got.Queued["+15550100002"] != 0 || got.Acked != 1 || got.Relayed != 2 {
		t.Errorf("status %+v", got)
	}
}

func TestStrangersAreRefused(t *testing.T) {
	server, authority := newServer(t)
	if _, err := connect(t, server, authority, "nobody"); err == nil {
		t.Error("an unknown account was let in")
	}
	anonymous, err := connect(t, server, authority, "")
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{
		"/v1/accounts/whoami":     http.StatusUnauthorized,
		"/v1/profile/nobody":      http.StatusNotFound,
		"/v2/keys/" + secondACI:   http.StatusNotFound, // none uploaded
		"/v1/profile/" + firstACI: http.StatusOK,
	} {
		if got := anonymous.ask("GET", path, nil); got != want {
			t.Errorf("GET %s without a login: %d, want %d", path, got, want)
		}
	}
}

func TestFaults(t *testing.T) {
	server, authority := newServer(t)
	c, err := connect(t, server, authority, "")
	if err != nil {
		t.Fatal(err)
	}
	server.Reply("GET /v1/profile", http.StatusTooManyRequests)
	if got := c.ask("GET", "/v1/profile/"+firstACI, nil); got != http.StatusTooManyRequests {
		t.Errorf("status %d, want 429", got)
	}
	server.Unreply("GET /v1/profile")
	if got := c.ask("GET", "/v1/profile/"+firstACI, nil); got != http.StatusOK {
		t.Errorf("status %d after Unreply", got)
	}
	server.Drop()
	if _, err := c.reader.ReadByte(); err == nil {
		t.Error("the connection outlived Drop")
	}
	server.Down(true)
	if _, err := connect(t, server, authority, ""); err == nil {
		t.Error("a server that is down took a connection")
	}
	server.Down(false)
	if _, err := connect(t, server, authority, ""); err != nil {
		t.Errorf("after Down(false): %v", err)
	}
}
