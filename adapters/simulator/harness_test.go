package simulator_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"heliograph/adapters/simulator"
)

const (
	alice = "+15550100001"
	bob   = "+15550100002"
	carol = "+15550100003"
	dave  = "+15550100004"
)

func TestMain(m *testing.M) {
	if simulator.IsBackground(os.Args[1:]) {
		os.Exit(simulator.Main(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv))
	}
	goleak.VerifyTestMain(m)
}

// answer is one line from the simulator: an answer or a notification.
type answer struct {
	ID     json.RawMessage  `json:"id"`
	Method string           `json:"method"`
	Params json.RawMessage  `json:"params"`
	Result json.RawMessage  `json:"result"`
	Error  *simulator.Error `json:"error"`
}

// client is a plain JSON-RPC client that reads one line after the other.
type client struct {
	t       testing.TB
	conn    io.ReadWriteCloser
	lines   *bufio.Reader
	nextID  int
	pending []answer
}

func open(t testing.TB, sim *simulator.Simulator) *client {
	t.Helper()
	conn := sim.Pipe()
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	t.Cleanup(func() { _ = conn.Close() })
	return newClient(t, conn)
}

func newClient(t testing.TB, conn io.ReadWriteCloser) *client {
	return &client{t: t, conn: conn, lines: bufio.NewReader(conn)}
}

func start(t testing.TB, opt simulator.Options) *simulator.Simulator {
	t.Helper()
	sim := simulator.New(opt)
	t.Cleanup(sim.Close)
	return sim
}

func (c *client) write(line string) {
	c.t.Helper()
	if _, err := io.WriteString(c.conn, line); err != nil {
		c.t.Fatalf("write: %v", err)
	}
}

// readLine returns the next line, or io.EOF.
func (c *client) readLine() (string, error) {
	line, err := c.lines.ReadString('\n')
	return line, err
}

func (c *client) read() answer {
	c.t.Helper()
	line, err := c.readLine()
	if err != nil {
		c.t.Fatalf("read: %v (%q)", err, line)
	}
	var a answer
	if err := json.Unmarshal([]byte(line), &a); err != nil {
		c.t.Fatalf("no JSON: %q: %v", line, err)
	}
	return a
}

// call sends a request and waits for its answer; notifications before it are kept for notification.
func (c *client) call(method string, params any) answer {
	c.t.Helper()
	c.nextID++
	id := fmt.Sprint(c.nextID)
	raw, err := json.Marshal(params)
	if err != nil {
		c.t.Fatal(err)
	}
	c.write(fmt.Sprintf(`{"jsonrpc":"2.0","method":%q,"params":%s,"id":%s}`+"\n", method, raw, id))
	for {
		a := c.read()
		if a.Method == "" && string(a.ID) == id {
			return a
		}
		c.pending = append(c.pending, a)
	}
}

// ok is call for a request that must succeed.
func (c *client) ok(method string, params any) json.RawMessage {
	c.t.Helper()
	a := c.call(method, params)
	if a.Error != nil {
		c.t.Fatalf("%s: %v", method, a.Error)
	}
	return a.Result
}

// fails is call for a request that must fail with a code.
func (c *client) fails(code int, method string, params any) *simulator.Error {
	c.t.Helper()
	a := c.call(method, params)
	if a.Error == nil {
		c.t.Fatalf("%s: got %s, want code %d", method, a.Result, code)
	}
	if a.Error.Code != code {
		c.t.Fatalf("%s: got %v, want code %d", method, a.Error, code)
	}
	return a.Error
}

// notification returns the next notification.
func (c *client) notification() answer {
	c.t.Helper()
	for i, a := range c.pending {
		if a.Method != "" {
			c.pending = append(c.pending[:i:i], c.pending[i+1:]...)
			return a
		}
	}
	for {
		if a := c.read(); a.Method != "" {
			return a
		}
	}
}

// object is decoded JSON.
type object = map[string]any

// envelope returns the next notification's account and envelope, bare or wrapped.
func (c *client) envelope() (account string, envelope object) {
	c.t.Helper()
	return payloadOf(c.t, c.notification())
}

func payloadOf(t testing.TB, n answer) (string, object) {
	t.Helper()
	var p struct {
		Account  string `json:"account"`
		Envelope object `json:"envelope"`
		Result   *struct {
			Account  string `json:"account"`
			Envelope object `json:"envelope"`
		} `json:"result"`
	}
	if err := json.Unmarshal(n.Params, &p); err != nil {
		t.Fatalf("params %s: %v", n.Params, err)
	}
	if p.Result != nil {
		return p.Result.Account, p.Result.Envelope
	}
	return p.Account, p.Envelope
}

func decode[T any](t testing.TB, raw json.RawMessage) T {
	t.Helper()
	var out T
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return out
}
