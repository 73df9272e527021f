package signalcli

import (
	"context"
	"sync/atomic"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

var (
	_ ports.Sender   = (*Client)(nil)
	_ ports.Accounts = (*Client)(nil)
	_ ports.Backend  = (*Client)(nil)
)

// Options shape a Client. The zero value works.
type Options struct {
	// SharedDisk says that signal-cli can read the paths of the gateway's files. Without it attachments travel inside
	// of the call as data URIs, MaxDataURI bytes at most. The process carrier needs it.
	SharedDisk bool
	// LinkTimeout bounds PendingLink.Wait, default 5 minutes.
	LinkTimeout time.Duration
}

// Client does what the gateway asks of signal-cli, over any Carrier. It holds no goroutine and needs no end.
type Client struct {
	carrier  Carrier
	options  Options
	methods  map[string]Method
	needs    map[string]need // by method
	lastCall atomic.Int64    // Unix nanoseconds, 0 for never
}

// New makes a Client.
func New(carrier Carrier, options Options) *Client {
	if options.LinkTimeout <= 0 {
		options.LinkTimeout = 5 * time.Minute
	}
	c := &Client{carrier: carrier, options: options, methods: map[string]Method{}, needs: map[string]need{}}
	for _, m := range Methods() {
		c.methods[m.Name] = m
		if n, ok := needOf(m); ok {
			c.needs[m.Name] = n
		}
	}
	return c
}

// Send is ports.Sender. A method or a parameter that the connected signal-cli is too old for is Unsupported, naming
// the release that has it; while the release is unknown it is tried.
func (c *Client) Send(ctx context.Context, from domain.Account, out domain.Outgoing) (domain.SendResult, error) {
	call, err := c.encode(from, out)
	if err != nil {
		return domain.SendResult{}, err
	}
	if err := c.supported(ctx, call); err != nil {
		return domain.SendResult{}, err
	}
	answer, err := c.call(ctx, call)
	if err != nil {
		return domain.SendResult{}, err
	}
	return decodeSendResult(call.Method, answer, namesMessage(out))
}

// call makes call and notes when it ended.
func (c *Client) call(ctx context.Context, call Call) ([]byte, error) {
	answer, err := c.carrier.Call(ctx, call)
	c.lastCall.Store(time.Now().UnixNano())
	return answer, err
}

func (c *Client) newCall(method string, account domain.Account, p params) Call {
	return Call{Method: method, Account: account, Params: p, Effect: !c.methods[method].Read}
}

// supported looks at the version only where a call needs more than the oldest release.
func (c *Client) supported(ctx context.Context, call Call) error {
	needs, ok := c.needs[call.Method]
	if !ok {
		return nil
	}
	needed, param := needs.of(call.Params)
	if needed == oldest {
		return nil
	}
	have, ok := c.version(ctx)
	if !ok || !have.before(needed) {
		return nil
	}
	what := call.Method
	if param != "" {
		what += " with " + param
	}
	return domain.Errorf(domain.Unsupported, call.Method, "%s needs signal-cli %s; this one is %s", what, needed, have)
}

// version is that of the connected signal-cli; ok is false while it cannot be told.
func (c *Client) version(ctx context.Context) (version, bool) {
	carrier, ok := c.carrier.(Versioned)
	if !ok {
		return version{}, false
	}
	text, err := carrier.Version(ctx)
	if err != nil {
		return version{}, false
	}
	return parseVersion(text)
}
