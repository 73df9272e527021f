package webhook_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"heliograph/adapters/webhook"
	"heliograph/domain"
	"heliograph/ports"
)

// Secrets of the scheme, of which no receiver knows the other one.
var (
	newSecret = domain.FormatWebhookSecret([]byte("0123456789abcdef0123456789abcdef"))
	oldSecret = domain.FormatWebhookSecret([]byte("fedcba9876543210fedcba98"))
)

// caller is closed with the test.
func caller(t testing.TB, options webhook.CallerOptions) *webhook.Caller {
	t.Helper()
	c := webhook.NewCaller(options)
	t.Cleanup(c.Close)
	return c
}

// callOf is a call of address that may reach this machine.
func callOf(address string) ports.WebhookCall {
	return ports.WebhookCall{URL: address, ID: "delivery-1", ContentType: "application/json", Body: []byte(event), Timeout: 30 * time.Second, AllowPrivate: true}
}

// withUser puts credentials into an address.
func withUser(address string) string { return strings.Replace(address, "://", "://hermes:s3cret@", 1) }

func TestCallIsASignedPost(t *testing.T) {
	var got *http.Request
	var body []byte
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			t.Error(err)
		}
		w.WriteHeader(http.StatusNoContent)
	})
	c := caller(t, webhook.CallerOptions{})
	for name, secrets := range map[string][]string{"one secret": {newSecret}, "two secrets": {newSecret, oldSecret}, "no secret": nil} {
		t.Run(name, func(t *testing.T) {
			call := callOf(withUser(s.URL) + "/hook?key=k")
			call.Secrets, call.Header, call.ContentType = secrets, map[string]string{"x-api-key": "a b"}, "application/cloudevents+json"
			answer, err := c.Call(t.Context(), call)
			if err != nil || answer != (ports.WebhookAnswer{Status: http.StatusNoContent}) {
				t.Fatalf("%+v, %v", answer, err)
			}
			user, password, _ := got.BasicAuth()
			if got.Method != http.MethodPost || got.RequestURI != "/hook?key=k" || user != "hermes" || password != "s3cret" || string(body) != event {
				t.Errorf("%s %s by %s:%s: %s", got.Method, got.RequestURI, user, password, body)
			}
			sent := got.Header.Clone()
			for _, checked := range []string{"Authorization", "Webhook-Timestamp", "Webhook-Signature"} {
				sent.Del(checked)
			}
			want := http.Header{"Content-Length": {strconv.Itoa(len(event))}, "Content-Type": {"application/cloudevents+json"}, "User-Agent": {"Heliograph"}, "Webhook-Id": {"delivery-1"}, "X-Api-Key": {"a b"}}
			if diff := cmp.Diff(want, sent); diff != "" {
				t.Error(diff)
			}
			for _, secret := range []string{newSecret, oldSecret} {
				hook, err := standardwebhooks.NewWebhook(secret)
				if err != nil {
					t.Fatal(err)
				}
				signed := len(secrets) == 2 || len(secrets) == 1 && secret == newSecret
				if err := hook.Verify(body, got.Header); signed != (err == nil) || len(secrets) == 0 && !errors.Is(err, standardwebhooks.ErrRequiredHeaders) {
					t.Errorf("the scheme's library says %v of %v", err, got.Header)
				}
			}
		})
	}
}

// The time is that of the attempt, in seconds, while the ID stays; this signature was made by the scheme's library.
func TestSignatureIsOfTheTimeOfTheAttempt(t *testing.T) {
	var got http.Header
	s := server(t, func(_ http.ResponseWriter, r *http.Request) { got = r.Header })
	now := time.Unix(1614265330, 999_999_999)
	c := caller(t, webhook.CallerOptions{Now: func() time.Time { return now }})
	call := callOf(s.URL)
	call.ID, call.Body, call.Secrets = "msg_p5jXN8AQM9LWM0D4loKWxJek", []byte(`{"test": 2432232314}`), []string{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
	if _, err := c.Call(t.Context(), call); err != nil {
		t.Fatal(err)
	}
	const want = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
	if got.Get("webhook-id") != call.ID || got.Get("webhook-timestamp") != "1614265330" || got.Get("webhook-signature") != want {
		t.Error(got)
	}
}

func TestOwnAuthorizationGoesBefore(t *testing.T) {
	var got http.Header
	s := server(t, func(_ http.ResponseWriter, r *http.Request) { got = r.Header })
	call := callOf(withUser(s.URL))
	call.Header = map[string]string{"authorization": "Bearer t0ken", "user-agent": "mine"}
	if _, err := caller(t, webhook.CallerOptions{}).Call(t.Context(), call); err != nil || got.Get("Authorization") != "Bearer t0ken" || got.Get("User-Agent") != "mine" {
		t.Errorf("%v, %v", got, err)
	}
}

func TestInvalidCallsAreRefused(t *testing.T) {
	s := server(t, func(http.ResponseWriter, *http.Request) { t.Error("was called") })
	for name, change := range map[string]func(*ports.WebhookCall){
		"no address":      func(c *ports.WebhookCall) { c.URL = "" },
		"another scheme":  func(c *ports.WebhookCall) { c.URL = "ftp://hermes:s3cret@127.0.0.1/" },
		"a bad address":   func(c *ports.WebhookCall) { c.URL = "http://hermes:s3cret@%zz/" },
		"a bad header":    func(c *ports.WebhookCall) { c.Header = map[string]string{"X": "s3cret\n"} },
		"the ID's header": func(c *ports.WebhookCall) { c.Header = map[string]string{"webhook-id": "s3cret"} },
		"a bad secret":    func(c *ports.WebhookCall) { c.Secrets = []string{newSecret, "whsec_s3cret"} },
		"no ID":           func(c *ports.WebhookCall) { c.ID = "" },
		"a bad ID":        func(c *ports.WebhookCall) { c.ID = "s3cret\r\nx: y" },
	} {
		call := callOf(s.URL)
		change(&call)
		_, err := caller(t, webhook.CallerOptions{}).Call(t.Context(), call)
		if err == nil || domain.KindOf(err) != domain.Invalid || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEveryStatusIsAnAnswer(t *testing.T) {
	for status, retry := range map[int]string{
		200: "", 201: "", 202: "", 204: "", 206: "", 300: "", 301: "", 302: "", 303: "", 304: "", 307: "", 400: "", 401: "", 404: "", 408: "", 410: "", 413: "",
		425: "1", 429: "120", 500: "", 503: "Fri, 01 Jan 2100 00:00:00 GMT", 599: "soon", 999: "",
	} {
		s := server(t, func(w http.ResponseWriter, _ *http.Request) {
			if retry != "" {
				w.Header().Set("Retry-After", retry)
			}
			w.WriteHeader(status)
			if status != 204 && status != 304 {
				_, _ = io.WriteString(w, "so it is")
			}
		})
		want := ports.WebhookAnswer{Status: status, RetryAfter: map[string]time.Duration{"1": time.Second, "120": 2 * time.Minute, "Fri, 01 Jan 2100 00:00:00 GMT": 24 * time.Hour}[retry]}
		if answer, err := caller(t, webhook.CallerOptions{}).Call(t.Context(), callOf(s.URL)); err != nil || answer != want {
			t.Errorf("%d: %+v, %v", status, answer, err)
		}
	}
}

// A redirect is followed to the same receiver, with all that belongs to the call, and not for ever. Others are the answer.
func TestCallsFollowRedirects(t *testing.T) {
	elsewhere := server(t, func(http.ResponseWriter, *http.Request) { t.Error("another host was called") })
	for name, c := range map[string]struct {
		status   int
		location string
		want     int
		calls    int
	}{
		"keeps the method":       {http.StatusPermanentRedirect, "/target", http.StatusAccepted, 2},
		"keeps it for once":      {http.StatusTemporaryRedirect, "/target", http.StatusAccepted, 2},
		"becomes a GET":          {http.StatusSeeOther, "/target", http.StatusSeeOther, 1},
		"to another host":        {http.StatusTemporaryRedirect, strings.Replace(elsewhere.URL, "127.0.0.1", "localhost", 1), http.StatusTemporaryRedirect, 1},
		"to another port":        {http.StatusTemporaryRedirect, elsewhere.URL, http.StatusTemporaryRedirect, 1},
		"in a circle":            {http.StatusTemporaryRedirect, "/", http.StatusTemporaryRedirect, 4},
		"to what is no location": {http.StatusTemporaryRedirect, "http://%zz/", http.StatusTemporaryRedirect, 1},
	} {
		t.Run(name, func(t *testing.T) {
			calls := 0
			s := server(t, func(w http.ResponseWriter, r *http.Request) {
				calls++
				hook, err := standardwebhooks.NewWebhook(newSecret)
				if err != nil {
					t.Error(err)
				}
				body, err := io.ReadAll(r.Body)
				if user, _, _ := r.BasicAuth(); err != nil || user != "hermes" || string(body) != event || r.Header.Get("X") != "y" || hook.Verify(body, r.Header) != nil {
					t.Errorf("%v: %s, %v", r.Header, body, err)
				}
				if r.URL.Path == "/target" {
					w.WriteHeader(http.StatusAccepted)
					return
				}
				w.Header().Set("Location", c.location)
				w.WriteHeader(c.status)
			})
			call := callOf(withUser(s.URL))
			call.Secrets, call.Header = []string{newSecret}, map[string]string{"X": "y"}
			answer, err := caller(t, webhook.CallerOptions{}).Call(t.Context(), call)
			if err != nil || answer.Status != c.want || calls != c.calls {
				t.Errorf("%+v after %d calls, %v", answer, calls, err)
			}
		})
	}
}

func TestEachOfManyCallsGetsItsOwnAnswer(t *testing.T) {
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/even" {
			w.WriteHeader(http.StatusAccepted)
		}
	})
	c := caller(t, webhook.CallerOptions{})
	var calls sync.WaitGroup
	for i := range 64 {
		calls.Go(func() {
			path, want := "/odd", http.StatusOK
			if i%2 == 0 {
				path, want = "/even", http.StatusAccepted
			}
			if answer, err := c.Call(t.Context(), callOf(s.URL+path)); err != nil || answer.Status != want {
				t.Errorf("%s: %+v, %v", path, answer, err)
			}
		})
	}
	calls.Wait()
}

func TestTheEndOfContextEndsACall(t *testing.T) {
	called := make(chan struct{}, 1)
	s := server(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // so that the server notices who goes
		called <- struct{}{}
		<-r.Context().Done()
	})
	c := caller(t, webhook.CallerOptions{})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-called
		cancel()
	}()
	if _, err := c.Call(ctx, callOf(s.URL)); domain.KindOf(err) != domain.Canceled {
		t.Errorf("got %v", err)
	}
	if _, err := c.Call(ctx, callOf(s.URL)); domain.KindOf(err) != domain.Canceled {
		t.Errorf("when it was over before: %v", err)
	}
	late, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := c.Call(late, callOf(s.URL)); domain.KindOf(err) != domain.Timeout {
		t.Errorf("when its deadline passed: %v", err)
	}
}
