package webhook

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// How long the network may take, where the time of an attempt does not end it before.
const (
	dialTimeout = 10 * time.Second
	// An HTTP/2 connection serves all calls of a host. One that has been silent for pingAfter, with calls that wait, is asked whether it still is
	// there, so that the calls behind a dead one do not all wait for their own time to be over.
	pingAfter   = 10 * time.Second
	pingTimeout = 5 * time.Second
)

// transport makes connections, each only after control has looked at its address. Those in use have no bound of their own, as a receiver that
// hangs would then hold up others on its host: who calls bounds them.
func transport(options CallerOptions, control func(ctx context.Context, network, address string, conn syscall.RawConn) error) *http.Transport {
	dialer := &net.Dialer{Timeout: dialTimeout, Resolver: options.Resolver, ControlContext: control}
	t := &http.Transport{
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{RootCAs: options.RootCAs, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    dialTimeout,
		ForceAttemptHTTP2:      true,
		HTTP2:                  &http.HTTP2Config{SendPingTimeout: pingAfter, PingTimeout: pingTimeout},
		DisableCompression:     true,
		MaxIdleConns:           128,
		MaxIdleConnsPerHost:    16,
		IdleConnTimeout:        30 * time.Second,
		MaxResponseHeaderBytes: maxAnswerBytes,
	}
	if options.MaxIdle > 0 {
		t.MaxIdleConns = options.MaxIdle
	}
	if options.MaxIdlePerHost > 0 {
		t.MaxIdleConnsPerHost = options.MaxIdlePerHost
	}
	if options.IdleTimeout > 0 {
		t.IdleConnTimeout = options.IdleTimeout
	}
	return t
}

// redirected is where an answer sends the call on to, nil where that is not followed: only where method and body stay and the receiver is the same,
// as the event, its signature and the credentials are meant for nobody else.
func redirected(response *http.Response, from *url.URL) *url.URL {
	location := response.Header.Get("Location")
	if response.StatusCode != http.StatusTemporaryRedirect && response.StatusCode != http.StatusPermanentRedirect || location == "" {
		return nil
	}
	to, err := from.Parse(location)
	if err != nil || !strings.EqualFold(to.Hostname(), from.Hostname()) {
		return nil
	}
	same := to.Scheme == from.Scheme && port(to) == port(from)
	secured := from.Scheme == "http" && port(from) == "80" && to.Scheme == "https" && port(to) == "443"
	if !same && !secured {
		return nil
	}
	to.User = nil
	return to
}

// port is that of an http or https URL.
func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}
