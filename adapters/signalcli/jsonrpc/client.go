package jsonrpc

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"heliograph/adapters/signalcli"
	"heliograph/domain"
	"heliograph/ports"
)

var (
	_ signalcli.Carrier   = (*Client)(nil)
	_ signalcli.Versioned = (*Client)(nil)
)

// Client is a connection to signal-cli that is made again whenever it is lost.
type Client struct {
	dial     Dial
	receiver ports.Receiver
	options  Options

	waiters  waiters
	inFlight atomic.Int64
	// warned is set once the warning about a daemon that receives by itself was given.
	warned atomic.Bool

	// linkMu guards link.
	linkMu sync.Mutex
	link   link
}

// link says how the Client is connected.
type link struct {
	// current is nil while there is no connection.
	current *conn
	// changed is closed and replaced when current or ended changes.
	changed chan struct{}
	// downSince is when the connection was lost, or the start.
	downSince time.Time
	// lastErr is why there is no connection.
	lastErr error
	ended   bool
}

// New makes a Client; nothing happens until Run. A nil receiver means that nothing is received.
func New(dial Dial, receiver ports.Receiver, options Options) *Client {
	return &Client{dial: dial, receiver: receiver, options: options.withDefaults(),
		link: link{changed: make(chan struct{}), downSince: time.Now()}}
}

// Call is signalcli.Carrier. Errors besides those of signal-cli: Invalid (no UTF-8), TooLarge (a text of
// signalcli.MaxString bytes), Unavailable, OutcomeUnknown, Timeout and Canceled (ctx ended; nothing was done, or a read).
func (c *Client) Call(ctx context.Context, call signalcli.Call) (json.RawMessage, error) {
	if c.receiver != nil && c.receiver.Stalled() {
		return nil, &domain.Error{Op: call.Method, Kind: domain.Unavailable, Err: &domain.Backoff{RetryAfter: time.Second},
			Detail: "received messages cannot be stored now, so signal-cli is not read"}
	}
	if c.inFlight.Add(1) > int64(c.options.MaxInFlight) {
		c.inFlight.Add(-1)
		return nil, &domain.Error{Op: call.Method, Kind: domain.Unavailable, Err: &domain.Backoff{RetryAfter: time.Second},
			Detail: "too many calls wait for signal-cli"}
	}
	defer c.inFlight.Add(-1)
	w, err := c.waiters.get(call)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, ended(call, err, false)
	}
	for {
		cn, err := c.connection(ctx, call.Method)
		if err != nil {
			return nil, err
		}
		answer, err := cn.roundTrip(ctx, call, w, c.options.CallTimeout)
		if errors.Is(err, errNotQueued) {
			continue
		}
		if err == nil && addsAccount(call.Method) {
			cn.accountsChanged()
		}
		return answer, err
	}
}

// Version is signalcli.Versioned: that of the daemon at the other end, asked once a connection.
func (c *Client) Version(ctx context.Context) (string, error) {
	cn, err := c.connection(ctx, "version")
	if err != nil {
		return "", err
	}
	select {
	case <-cn.versionKnown:
		return cn.version, nil
	case <-cn.lost:
		return "", lostError("version", false, cn.reason())
	case <-ctx.Done():
		return "", ended(signalcli.Call{Method: "version"}, ctx.Err(), false)
	}
}

// Connected reports whether there is a connection now.
func (c *Client) Connected() bool {
	c.linkMu.Lock()
	defer c.linkMu.Unlock()
	return c.link.current != nil
}

// connection gives the connection, and waits for it as long as Options.ConnectWait says.
func (c *Client) connection(ctx context.Context, op string) (*conn, error) {
	for {
		l := c.state()
		if l.current != nil && !l.current.isLost() {
			return l.current, nil
		}
		wait := c.options.ConnectWait
		if l.current == nil {
			wait -= time.Since(l.downSince)
		}
		if l.ended || wait <= 0 {
			return nil, notConnected(op, l.lastErr)
		}
		deadline := time.NewTimer(wait)
		select {
		case <-l.changed:
		case <-deadline.C:
		case <-ctx.Done():
			deadline.Stop()
			return nil, endedBefore(op, ctx.Err())
		}
		deadline.Stop()
	}
}

func (c *Client) state() link {
	c.linkMu.Lock()
	defer c.linkMu.Unlock()
	return c.link
}

// setCurrent tells those who wait that there is a connection, or (nil) that there is none any more.
func (c *Client) setCurrent(cn *conn, err error) {
	c.linkMu.Lock()
	defer c.linkMu.Unlock()
	if cn == nil && c.link.current != nil {
		c.link.downSince = time.Now()
	}
	c.link.current, c.link.lastErr = cn, err
	close(c.link.changed)
	c.link.changed = make(chan struct{})
}

// end tells all that there will be no connection any more.
func (c *Client) end(err error) {
	c.linkMu.Lock()
	defer c.linkMu.Unlock()
	c.link.current, c.link.lastErr, c.link.ended = nil, err, true
	close(c.link.changed)
	c.link.changed = make(chan struct{})
}

// addsAccount says that after method the daemon may have an account that our subscription does not cover.
func addsAccount(method string) bool { return method == "finishLink" || method == "verify" }
