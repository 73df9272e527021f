package webhook

import (
	"bytes"
	"context"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

var _ ports.WebhookCaller = (*Caller)(nil)

const (
	// DefaultTimeout is how long an attempt may take.
	DefaultTimeout = 10 * time.Second

	maxAnswerBytes = 64 << 10
	// maxFollowed are the redirects that a Caller follows.
	maxFollowed = 3
	userAgent   = "Heliograph"
)

// CallerOptions shape a Caller; the zero value has the defaults.
type CallerOptions struct {
	// MaxIdle bounds the connections that wait for the next call, once for those to public addresses and once for the others (128).
	// Those of HTTP/2, one for each host, are bounded by IdleTimeout.
	MaxIdle int
	// MaxIdlePerHost bounds those to one host and port (16).
	MaxIdlePerHost int
	// IdleTimeout is how long a connection waits for the next call (30 s).
	IdleTimeout time.Duration
	// Allow are networks that every call may reach besides public addresses (none).
	Allow []netip.Prefix
	// Proxy chooses the proxy of a call, nil for none; http.ProxyFromEnvironment is one choice. It is called for each call. A proxy resolves names
	// itself, so of calls that go through one only addresses written as such can be refused here. Nil: no proxy.
	Proxy func(*http.Request) (*url.URL, error)
	// RootCAs are whom to trust (those of the system).
	RootCAs *x509.CertPool
	// Resolver finds addresses (net.DefaultResolver).
	Resolver *net.Resolver
	// Now is the clock of signatures (time.Now).
	Now func() time.Time
}

// Caller calls webhooks. It may be used concurrently.
type Caller struct {
	// public reaches public addresses only. It shares no connection with anywhere, which reaches all.
	public, anywhere *http.Transport
	// proxied is nil without a proxy.
	proxied *http.Transport
	proxy   func(*http.Request) (*url.URL, error)
	guard   guard
	now     func() time.Time
}

// NewCaller makes a Caller; Close ends it.
func NewCaller(options CallerOptions) *Caller {
	g := guard{allow: options.Allow}
	c := &Caller{public: transport(options, g.control), anywhere: transport(options, nil), proxy: options.Proxy, guard: g, now: options.Now}
	if c.proxy != nil {
		c.proxied = transport(options, nil)
		c.proxied.Proxy = c.proxy
	}
	if c.now == nil {
		c.now = time.Now
	}
	return c
}

// Close ends connections that wait for the next call. It is called after the last one.
func (c *Caller) Close() {
	c.public.CloseIdleConnections()
	c.anywhere.CloseIdleConnections()
	if c.proxied != nil {
		c.proxied.CloseIdleConnections()
	}
}

// Call implements ports.WebhookCaller.
func (c *Caller) Call(ctx context.Context, call ports.WebhookCall) (ports.WebhookAnswer, error) {
	target, header, err := c.prepare(call)
	if err != nil {
		return ports.WebhookAnswer{}, err
	}
	timeout := call.Timeout
	if timeout <= 0 {
		timeout = DefaultTimeout
	}
	attempt, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	for followed := 0; ; followed++ {
		response, err := c.post(attempt, target, header, call)
		if err != nil {
			return ports.WebhookAnswer{}, callFailure(ctx, attempt, err)
		}
		next := redirected(response, target)
		finish(response)
		if next == nil || followed == maxFollowed {
			return ports.WebhookAnswer{Status: response.StatusCode, RetryAfter: retryAfter(response.Header.Get("Retry-After"), c.now())}, nil
		}
		target = next
	}
}

// prepare makes the address, without credentials, and the headers of a call.
func (c *Caller) prepare(call ports.WebhookCall) (*url.URL, http.Header, error) {
	target, err := domain.ParseWebhookURL(call.URL)
	if err != nil {
		return nil, nil, err
	}
	if err := domain.CheckWebhookHeader(call.Header); err != nil {
		return nil, nil, err
	}
	header := make(http.Header, len(call.Header)+7)
	if user := target.User; user != nil {
		target.User = nil // in the header it cannot be shown by accident
		password, _ := user.Password()
		(&http.Request{Header: header}).SetBasicAuth(user.Username(), password)
	}
	header.Set("User-Agent", userAgent)
	// Without a value it is not sent; it lets the transport call again where a connection that had waited turns out to be closed.
	header["Idempotency-Key"] = nil
	for name, value := range call.Header {
		header.Set(name, value)
	}
	header.Set("Content-Type", call.ContentType)
	if err := sign(header, call, c.now()); err != nil {
		return nil, nil, err
	}
	return target, header, nil
}

// post makes one request.
func (c *Caller) post(ctx context.Context, target *url.URL, header http.Header, call ports.WebhookCall) (*http.Response, error) {
	request := (&http.Request{
		Method: http.MethodPost, URL: target, Host: target.Host, Header: header,
		Body: io.NopCloser(bytes.NewReader(call.Body)), ContentLength: int64(len(call.Body)),
		GetBody: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(call.Body)), nil },
	}).WithContext(ctx)
	if len(call.Body) == 0 {
		request.Body = http.NoBody
	}
	if c.proxied != nil {
		switch proxy, err := c.proxy(request); {
		case err != nil:
			return nil, err
		case proxy != nil && !call.AllowPrivate && !c.guard.mayName(target.Hostname()):
			return nil, errPrivate
		case proxy != nil:
			return c.proxied.RoundTrip(request)
		}
	}
	if call.AllowPrivate {
		return c.anywhere.RoundTrip(request)
	}
	return c.public.RoundTrip(request)
}

// finish reads the rest of an answer, so that the connection serves again; where that is much, it ends the connection. What an answer says beyond
// its status does not matter, nor how it ends.
func finish(response *http.Response) {
	if response.StatusCode != http.StatusSwitchingProtocols && response.ContentLength <= maxAnswerBytes {
		_, _ = io.CopyN(io.Discard, response.Body, maxAnswerBytes)
	}
	_ = response.Body.Close()
}
