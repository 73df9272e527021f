package simulator

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// caller is a process with signal-cli's command line: a client of its folder's background process.
type caller struct {
	configDir string
	args      []string
}

// dial connects to the background process, starting it when it does not run.
func (c *caller) dial(ctx context.Context, h hello) (*backLink, error) {
	if l, err := c.tryDial(ctx, h); err == nil {
		return l, nil
	}
	if err := os.MkdirAll(c.configDir, 0o700); err != nil {
		return nil, err
	}
	// Of several callers at once one starts it; the others find it running when they get the lock.
	unlock, err := lockFile(ctx, filepath.Join(c.configDir, "simulator.start.lock"), func() {})
	if err != nil {
		return nil, err
	}
	defer unlock()
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for started := false; ; {
		l, err := c.tryDial(ctx, h)
		if err == nil {
			return l, nil
		}
		if !started {
			if err := startBackground(c.configDir, c.args); err != nil {
				return nil, fmt.Errorf("start simulator: %w", err)
			}
			started = true
		}
		if pause(ctx, lockPause) != nil {
			return nil, fmt.Errorf("simulator in %s does not answer: %w", c.configDir, err)
		}
	}
}

func (c *caller) tryDial(ctx context.Context, h hello) (*backLink, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", socketPath(c.configDir))
	if err != nil {
		return nil, err
	}
	l := &backLink{Conn: conn, lines: bufio.NewReaderSize(conn, 64<<10)}
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := conn.Write(append(encode(h), '\n')); err != nil {
		_ = conn.Close()
		return nil, err
	}
	line, err := l.lines.ReadString('\n')
	if err == nil && strings.TrimSuffix(line, "\n") != helloReady {
		err = errors.New("unexpected greeting")
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	_ = conn.SetDeadline(time.Time{})
	return l, nil
}

// Start makes sure that the background process of a folder runs and answers: this program, which asks IsBackground
// first, with the environment as it is now.
func Start(ctx context.Context, configDir string) error {
	c := &caller{configDir: configDir, args: os.Args[1:]}
	l, err := c.dial(ctx, hello{Lenient: true})
	if err != nil {
		return err
	}
	return l.Close()
}

// Stop ends the background process of a folder and returns when it is gone. Without one it does nothing.
func Stop(ctx context.Context, configDir string) error {
	c := &caller{configDir: configDir}
	l, err := c.tryDial(ctx, hello{Stop: true})
	if err != nil {
		return nil
	}
	_ = l.Close()
	// It holds this lock as long as it lives.
	unlock, err := lockFile(ctx, filepath.Join(configDir, "simulator.lock"), func() {})
	if err == nil {
		unlock()
	}
	return err
}

// backLink is one connection to the background process. What is read must be read through lines.
type backLink struct {
	net.Conn
	lines *bufio.Reader
}

// request sends one request and returns its result. Errors: *Error from the simulator, others from the connection.
func (l *backLink) request(ctx context.Context, method string, params map[string]any) (json.RawMessage, error) {
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()
	line := encode(struct {
		Version string         `json:"jsonrpc"`
		Method  string         `json:"method"`
		Params  map[string]any `json:"params"`
		ID      int            `json:"id"`
	}{"2.0", method, params, 1})
	if _, err := l.Write(append(line, '\n')); err != nil {
		return nil, l.lost(ctx, err)
	}
	answer, err := l.lines.ReadBytes('\n')
	if err != nil {
		return nil, l.lost(ctx, err)
	}
	var reply struct {
		Result json.RawMessage `json:"result"`
		Error  *Error          `json:"error"`
	}
	if err := json.Unmarshal(answer, &reply); err != nil {
		return nil, fmt.Errorf("answer of the simulator: %w", err)
	}
	if reply.Error != nil {
		return nil, reply.Error
	}
	return reply.Result, nil
}

func (l *backLink) lost(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("connection to the simulator lost: %w", err)
}
