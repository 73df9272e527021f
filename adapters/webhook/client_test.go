package webhook_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"heliograph/adapters/webhook"
	"heliograph/domain"
	"heliograph/ports"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const event = `{"jsonrpc":"2.0","method":"receive","params":{"envelope":{"n":1.0},"account":"+15550100001"}}`

// client calls address and is closed with the test.
func client(t *testing.T, address string, options webhook.Options) ports.Webhook {
	t.Helper()
	c, err := webhook.New(address, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// server is closed with the test.
func server(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s
}

func TestDeliveryIsAPostOfTheBody(t *testing.T) {
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		user, password, _ := r.BasicAuth()
		if err != nil || string(body) != event || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" ||
			r.URL.RequestURI() != "/hook?key=k" || user != "hermes" || password != "s3cret" {
			t.Errorf("%s %s by %s:%s with %v: %s, %v", r.Method, r.URL, user, password, r.Header, body, err)
		}
		_, _ = io.WriteString(w, "thank you")
	})
	c := client(t, strings.Replace(s.URL, "http://", "http://hermes:s3cret@", 1)+"/hook?key=k", webhook.Options{})
	for range 3 {
		if err := c.Deliver(t.Context(), []byte(event)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestStatusSaysWhetherToTryAgain(t *testing.T) {
	const success domain.Kind = 255
	for status, want := range map[int]domain.Kind{
		200: success, 201: success, 202: success, 204: success,
		408: domain.Unavailable, 425: domain.Unavailable, 429: domain.Unavailable, 500: domain.Unavailable, 502: domain.Unavailable, 503: domain.Unavailable,
		304: domain.Invalid, 400: domain.Invalid, 401: domain.Invalid, 404: domain.Invalid, 410: domain.Invalid, 413: domain.Invalid,
	} {
		s := server(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		err := client(t, s.URL, webhook.Options{}).Deliver(t.Context(), []byte(event))
		if want == success && err != nil || want != success && (err == nil || domain.KindOf(err) != want) {
			t.Errorf("%d: %v", status, err)
		}
	}
}

// A redirect is followed where the event goes along, to the same host, with the credentials.
func TestRedirects(t *testing.T) {
	elsewhere := server(t, func(http.ResponseWriter, *http.Request) { t.Error("another host was called") })
	other := strings.Replace(elsewhere.URL, "127.0.0.1", "localhost", 1)
	for name, c := range map[string]struct {
		status   int
		location string
		followed bool
	}{
		"keeps the method":       {http.StatusPermanentRedirect, "/target", true},
		"keeps it for once":      {http.StatusTemporaryRedirect, "/target", true},
		"becomes a GET":          {http.StatusFound, "/target", false},
		"to another host":        {http.StatusTemporaryRedirect, other, false},
		"in a circle":            {http.StatusTemporaryRedirect, "/", false},
		"to what is no location": {http.StatusTemporaryRedirect, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			calls, arrived := 0, ""
			s := server(t, func(w http.ResponseWriter, r *http.Request) {
				calls++
				if r.URL.Path != "/target" {
					if c.location != "" {
						w.Header().Set("Location", c.location)
					}
					w.WriteHeader(c.status)
					return
				}
				if user, _, _ := r.BasicAuth(); user != "hermes" {
					t.Errorf("credentials of %q", user)
				}
				body, err := io.ReadAll(r.Body)
				if err != nil {
					t.Error(err)
				}
				arrived = string(body)
			})
			err := client(t, strings.Replace(s.URL, "http://", "http://hermes:s3cret@", 1), webhook.Options{}).Deliver(t.Context(), []byte(event))
			if c.followed != (err == nil) || c.followed != (arrived == event) {
				t.Errorf("got %q, %v", arrived, err)
			}
			if !c.followed && c.location != "" && domain.KindOf(err) != domain.Invalid {
				t.Errorf("kind of %v", err)
			}
			if calls > 7 {
				t.Errorf("%d calls", calls)
			}
		})
	}
}

// dead is an address on which nobody listens.
func dead(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	return listener.Addr().String()
}

// What cannot be reached, ends in the middle or takes too long may work later, and no error shows the credentials.
func TestFailuresMayPassAndShowNoAddress(t *testing.T) {
	for name, c := range map[string]struct {
		address func(t *testing.T) string
		want    domain.Kind
	}{
		"nobody listens": {dead, domain.Unavailable},
		"no such host":   {func(*testing.T) string { return "host.invalid" }, domain.Unavailable},
		"the connection breaks": {func(t *testing.T) string {
			return server(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }).Listener.Addr().String()
		}, domain.Unavailable},
		"no answer": {func(t *testing.T) string {
			over := make(chan struct{})
			s := server(t, func(http.ResponseWriter, *http.Request) { <-over })
			t.Cleanup(func() { close(over) }) // before the server waits for its handlers
			return s.Listener.Addr().String()
		}, domain.Timeout},
		"header without end": {func(t *testing.T) string {
			return server(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("x", 1<<20)) }).Listener.Addr().String()
		}, domain.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			options := webhook.Options{}
			if c.want == domain.Timeout {
				options.Timeout = 50 * time.Millisecond
			}
			err := client(t, "http://hermes:s3cret@"+c.address(t)+"/?key=hidden", options).Deliver(t.Context(), []byte(event))
			if err == nil || domain.KindOf(err) != c.want {
				t.Errorf("got %v, want %v", err, c.want)
			}
			var address *url.Error
			if text := err.Error(); strings.Contains(text, "s3cret") || strings.Contains(text, "hidden") || errors.As(err, &address) {
				t.Errorf("the error shows the address: %v", err)
			}
		})
	}
}

// An answer may be as long as it likes, or have no end: the status is what counts.
func TestAnswersAreReadToABound(t *testing.T) {
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		for piece := make([]byte, 32<<10); r.Context().Err() == nil; {
			if _, err := w.Write(piece); err != nil {
				return
			}
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := client(t, s.URL, webhook.Options{Timeout: time.Hour}).Deliver(ctx, []byte(event)); err != nil || ctx.Err() != nil {
		t.Errorf("got %v, or read without end: %v", err, ctx.Err())
	}
	trickle := server(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000000")
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	if err := client(t, trickle.URL, webhook.Options{Timeout: 50 * time.Millisecond}).Deliver(t.Context(), []byte(event)); err != nil {
		t.Error(err)
	}
}

func TestCancelEndsADelivery(t *testing.T) {
	called := make(chan struct{})
	s := server(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // so that the server notices who goes
		close(called)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-called
		cancel()
	}()
	if err := client(t, s.URL, webhook.Options{}).Deliver(ctx, []byte(event)); domain.KindOf(err) != domain.Canceled {
		t.Errorf("got %v", err)
	}
	if err := client(t, s.URL, webhook.Options{}).Deliver(ctx, []byte(event)); domain.KindOf(err) != domain.Canceled {
		t.Errorf("when it was over before: %v", err)
	}
}

func TestAddressIsAnHTTPURL(t *testing.T) {
	for _, address := range []string{"", "hook", "/hook", "ftp://example.org/", "http://", "http://:80/", "http://exa mple.org/", "unix:///hook", "http://user:s3cret@%zz/"} {
		_, err := webhook.New(address, webhook.Options{})
		if domain.KindOf(err) != domain.Invalid || err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%q: %v", address, err)
		}
	}
}
