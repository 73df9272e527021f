package metrics_test

import (
	"bufio"
	"context"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"heliograph/adapters/metrics"
	"heliograph/domain"
	"heliograph/ports"
)

var update = flag.Bool("update", false, "rewrite golden files")

// senderFunc is a Sender of one function.
type senderFunc func() (domain.SendResult, error)

func (f senderFunc) Send(context.Context, domain.Account, domain.Outgoing) (domain.SendResult, error) {
	return f()
}

// buffer says what a test wants.
type buffer struct{}

func (buffer) Buffered() int        { return 3 }
func (buffer) Stalled() bool        { return true }
func (buffer) LastEvent() time.Time { return time.UnixMilli(1500) }

// store says what a test wants.
type store struct{}

func (store) Writable() bool    { return true }
func (store) UsedBytes() uint64 { return 5 }

// accounts says what a test wants.
type accounts map[domain.AccountState]int

func (a accounts) Counts() map[domain.AccountState]int { return a }

// lanes says what a test wants of webhooks.
type lanes struct{}

func (lanes) FailingLanes() int  { return 2 }
func (lanes) Lag() time.Duration { return 1500 * time.Millisecond }

// noRoute finds the path itself.
func noRoute(r *http.Request) (*http.Request, func() string) {
	return r, func() string { return r.URL.Path }
}

// exposition is what /metrics shows of the gateway's own metrics.
func exposition(t *testing.T, registry *prometheus.Registry) string {
	t.Helper()
	w := httptest.NewRecorder()
	metrics.Handler(registry).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	var own strings.Builder
	for s := bufio.NewScanner(w.Body); s.Scan(); {
		line := s.Text()
		if strings.Contains(line, "heliograph_") && !strings.Contains(line, "_bucket{") && !strings.Contains(line, "_sum{") {
			own.WriteString(line + "\n")
		}
	}
	return own.String()
}

func TestExposition(t *testing.T) {
	registry := metrics.NewRegistry()

	failing := false
	sender := metrics.NewSender(senderFunc(func() (domain.SendResult, error) {
		if failing {
			return domain.SendResult{}, domain.Errorf(domain.RateLimited, "send", "wait")
		}
		return domain.SendResult{Timestamp: 7}, nil
	}), registry)
	for _, failing = range []bool{false, false, true} {
		result, err := sender.Send(t.Context(), "+15550100001", domain.Message{})
		if failing != (domain.KindOf(err) == domain.RateLimited) || !failing && result.Timestamp != 7 {
			t.Errorf("the decorator changed the answer: %v, %v", result, err)
		}
	}

	api := metrics.NewHTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/stream":
			_, _ = io.WriteString(w, "data: 1\n\n")
			_ = http.NewResponseController(w).Flush()
		case "/refused":
			w.WriteHeader(http.StatusBadRequest)
		case "/panics":
			panic(http.ErrAbortHandler)
		}
	}), noRoute, registry)
	for _, r := range []*http.Request{
		httptest.NewRequest(http.MethodGet, "/stream", nil),
		httptest.NewRequest(http.MethodPost, "/refused", nil),
		httptest.NewRequest("BREW", "/refused", nil),
	} {
		api.ServeHTTP(httptest.NewRecorder(), r)
	}
	func() {
		defer func() { _ = recover() }()
		api.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/panics", nil))
	}()

	hub := metrics.NewHub(registry)
	hub.ReaderOpened("websocket")
	hub.ReaderOpened("sse")
	hub.ReaderClosed("sse")
	hub.Delivered("websocket", 5)
	hub.CatchUp("websocket")
	hub.Gap("sse")

	sockets := metrics.NewSockets(registry)
	sockets.Ended(1001)
	sockets.Ended(4999)
	sockets.Lost(domain.KindGap)

	receiving := metrics.NewReceiving(registry)
	receiving.Stored(2)
	receiving.Doubles(1)
	receiving.Refused(domain.TooLarge)
	receiving.AppendFailed(domain.Unavailable)
	receiving.Gap()
	metrics.RegisterBuffer(buffer{}, registry)
	metrics.RegisterStore(store{}, registry)
	metrics.RegisterAccounts(accounts{domain.StateWorking: 9, domain.StateUnlinked: 1}, registry)

	webhook := metrics.NewWebhook(registry)
	webhook.Attempted(ports.OutcomeDelivered, time.Second, false)
	webhook.Attempted(ports.OutcomeTimeout, time.Second, true)
	webhook.Attempted(ports.OutcomeRefused, time.Second, false)
	webhook.GivenUp()
	webhook.Lost(domain.KindGap)
	metrics.RegisterWebhooks(lanes{}, registry)

	reading := metrics.NewReading(registry)
	reading.Remembered()
	reading.Refused()
	reading.Failed()

	got := exposition(t, registry)
	const golden = "testdata/metrics.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the names of metrics are read by other programs; -update when the change is meant:\n%s", diff)
	}
}

func TestProcessAndGoAreTold(t *testing.T) {
	w := httptest.NewRecorder()
	metrics.Handler(metrics.NewRegistry()).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for _, name := range []string{"go_goroutines", "process_cpu_seconds_total"} {
		if !strings.Contains(w.Body.String(), name) {
			t.Errorf("%s is missing", name)
		}
	}
}

func TestUpgradesPassThrough(t *testing.T) {
	registry := prometheus.NewRegistry()
	counted := metrics.NewHTTP(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, buffered, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Errorf("hijack: %v", err)
			return
		}
		defer conn.Close() //nolint:errcheck // the test is over
		_, _ = buffered.WriteString("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
		_ = buffered.Flush()
	}), noRoute, registry)
	ended := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(ended)
		counted.ServeHTTP(w, r)
	}))
	defer server.Close()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Connection", "Upgrade")
	request.Header.Set("Upgrade", "x")
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusSwitchingProtocols {
		t.Errorf("status %d", response.StatusCode)
	}
	<-ended // servers do not wait for hijacked connections
	if got := exposition(t, registry); !strings.Contains(got, `heliograph_http_requests_total{method="GET",route="/ws",status="1xx"} 1`) {
		t.Errorf("the upgrade is not counted:\n%s", got)
	}
}
