package realcli

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"testing"
	"time"
)

// Conversation is a plain JSON-RPC connection to signal-cli with one call at a
// time. It is for looking at signal-cli beside the gateway; it is not safe for
// concurrent use.
type Conversation struct {
	w       io.Writer
	r       *bufio.Reader
	last    int
	waiting []json.RawMessage // notifications that came while a call waited
}

// Dial opens a connection to a daemon, "unix" or "tcp"; the test's cleanup
// closes it. All its calls together may take two minutes.
func Dial(t testing.TB, network, addr string) *Conversation {
	t.Helper()
	conn, err := net.DialTimeout(network, addr, stopLimit)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(runLimit))
	return &Conversation{w: conn, r: bufio.NewReader(conn)}
}

// Call sends one request and returns its result. An error of signal-cli is an error.
func (c *Conversation) Call(method string, params any) (json.RawMessage, error) {
	c.last++
	request, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": c.last, "method": method, "params": params})
	if err != nil {
		return nil, err
	}
	if _, err := c.w.Write(append(request, '\n')); err != nil {
		return nil, fmt.Errorf("%s: %w", method, err)
	}
	for {
		frame, err := c.read()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", method, err)
		}
		switch {
		case frame.Method != "":
			c.waiting = append(c.waiting, frame.Params)
		case frame.ID != c.last:
			return nil, fmt.Errorf("%s: answer to request %d instead of %d", method, frame.ID, c.last)
		case frame.Error != nil:
			return nil, fmt.Errorf("%s: %s", method, frame.Error)
		default:
			return frame.Result, nil
		}
	}
}

// Notification returns the params of the next notification.
func (c *Conversation) Notification() (json.RawMessage, error) {
	if len(c.waiting) > 0 {
		next := c.waiting[0]
		c.waiting = c.waiting[1:]
		return next, nil
	}
	frame, err := c.read()
	return frame.Params, err
}

type frame struct {
	ID     int
	Method string
	Params json.RawMessage
	Result json.RawMessage
	Error  json.RawMessage
}

func (c *Conversation) read() (f frame, err error) {
	line, err := c.r.ReadBytes('\n')
	if err != nil {
		return f, err
	}
	return f, json.Unmarshal(line, &f)
}
