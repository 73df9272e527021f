package webhook

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

var _ ports.Webhook = (*Client)(nil)

// maxRedirects are those that a Client follows.
const maxRedirects = 5

// Options shape a Client; the zero value has the defaults.
type Options struct {
	// Timeout bounds one attempt, with redirects and the answer's body (DefaultTimeout).
	Timeout time.Duration
}

// Client calls one webhook by its status: 2xx is a success; 408, 425, 429 and 5xx ask to come back later, all others are refusals.
// It may be used concurrently.
type Client struct {
	url string
	// user is nil where the address names none.
	user    *url.Userinfo
	timeout time.Duration
	client  *http.Client
}

// New makes a Client for address, an http or https URL; another one is Invalid.
func New(address string, options Options) (*Client, error) {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Scheme != "http" && parsed.Scheme != "https" || parsed.Hostname() == "" {
		return nil, domain.Errorf(domain.Invalid, "webhook", "the address is no http or https URL")
	}
	if options.Timeout <= 0 {
		options.Timeout = DefaultTimeout
	}
	transport := &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true,
		MaxIdleConns:           4,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: maxAnswerBytes,
	}
	user := parsed.User
	parsed.User = nil // in the header it also goes along with redirects, and cannot be shown by accident
	return &Client{parsed.String(), user, options.Timeout, &http.Client{Transport: transport, CheckRedirect: follow}}, nil
}

// follow lets a redirect be followed where it is a POST still and goes to the host that was configured, as safely; others are the answer.
func follow(next *http.Request, via []*http.Request) error {
	first := via[0].URL
	if next.Method != http.MethodPost || next.URL.Hostname() != first.Hostname() || len(via) > maxRedirects ||
		first.Scheme == "https" && next.URL.Scheme != "https" {
		return http.ErrUseLastResponse
	}
	return nil
}

// Close ends connections that wait for the next delivery. It is called after the last one.
func (c *Client) Close() { c.client.CloseIdleConnections() }

// Deliver implements ports.Webhook.
func (c *Client) Deliver(ctx context.Context, body []byte) error {
	attempt, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(attempt, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return &domain.Error{Op: "webhook", Kind: domain.Internal, Err: withoutURL(err)}
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "Heliograph")
	if c.user != nil {
		password, _ := c.user.Password()
		request.SetBasicAuth(c.user.Username(), password)
	}
	response, err := c.client.Do(request)
	if err != nil {
		return failure(ctx, attempt, err)
	}
	defer func() { _ = response.Body.Close() }()
	// Read, so that the connection serves again. What the answer says beyond its status does not matter, nor how it ends.
	_, _ = io.CopyN(io.Discard, response.Body, maxAnswerBytes)
	return judge(response.StatusCode)
}

// failure is the error of an attempt without an answer.
func failure(ctx, attempt context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return &domain.Error{Op: "webhook", Kind: domain.KindOf(ctx.Err()), Err: ctx.Err()}
	case attempt.Err() != nil:
		return domain.Errorf(domain.Timeout, "webhook", "no answer in time")
	}
	return &domain.Error{Op: "webhook", Kind: domain.Unavailable, Detail: "not reached", Err: withoutURL(err)}
}

// withoutURL is the reason without the URL, which may hold credentials.
func withoutURL(err error) error {
	var of *url.Error
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}

// judge makes an error of a status.
func judge(status int) error {
	switch {
	case status >= 200 && status < 300:
		return nil
	case status >= 500, status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusTooManyRequests:
		return domain.Errorf(domain.Unavailable, "webhook", "it answered %d", status)
	case status >= 300 && status < 400:
		return domain.Errorf(domain.Invalid, "webhook", "it answered %d, a redirect that is not followed", status)
	}
	return domain.Errorf(domain.Invalid, "webhook", "it answered %d", status)
}
