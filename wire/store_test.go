package wire_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"heliograph/test/natsserver"
	"heliograph/wire"
)

// life is one run of a gateway on the simulator.
type life struct {
	t     *testing.T
	url   string
	end   context.CancelFunc
	ended chan int
	out   *printed
}

// live starts a gateway that listens.
func live(t *testing.T, home string, environ ...string) *life {
	t.Helper()
	l := begin(t, home, environ...)
	select {
	case address := <-l.out.address:
		l.url = "http://" + address
	case code := <-l.ended:
		t.Fatalf("ended with %d:\n%s", code, l.out)
	}
	return l
}

func begin(t *testing.T, home string, environ ...string) *life {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	l := &life{t: t, end: cancel, ended: make(chan int, 1), out: &printed{address: make(chan string, 1)}}
	go func() {
		l.ended <- wire.Run(ctx, nil, append([]string{"HOME=" + home, "MODE=simulator", "HELIOGRAPH_LISTEN=127.0.0.1:0"}, environ...), strings.NewReader(""), l.out, l.out)
	}()
	return l
}

// die ends it in order.
func (l *life) die() {
	l.t.Helper()
	l.end()
	if code := l.code(); code != 0 {
		l.t.Fatalf("exit code %d:\n%s", code, l.out)
	}
}

func (l *life) code() int {
	l.t.Helper()
	select {
	case code := <-l.ended:
		return code
	case <-time.After(30 * time.Second):
		l.t.Fatalf("it does not end:\n%s", l.out)
		return 0
	}
}

// exchange makes a request and gives the answer's body.
func (l *life) exchange(method, path, body string) (int, string) {
	l.t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	request, err := http.NewRequestWithContext(l.t.Context(), method, l.url+path, strings.NewReader(body))
	if err != nil {
		l.t.Fatal(err)
	}
	answer, err := client.Do(request)
	if err != nil {
		l.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		l.t.Fatal(err)
	}
	return answer.StatusCode, string(content)
}

func (l *life) get(path string) string {
	l.t.Helper()
	_, answer := l.exchange(http.MethodGet, path, "")
	return answer
}

// send has Alice write to Bob.
func (l *life) send(text string) {
	l.t.Helper()
	body, err := json.Marshal(map[string]any{"number": "+15550100001", "recipients": []string{"+15550100002"}, "message": text})
	if err != nil {
		l.t.Fatal(err)
	}
	if status, answer := l.exchange(http.MethodPost, "/v2/send", string(body)); status != http.StatusCreated {
		l.t.Fatalf("send: %d %s", status, answer)
	}
}

// until asks with GET again and again until the answer is as wanted.
func (l *life) until(path string, is func(answer string) bool) {
	l.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		answer := l.get(path)
		if is(answer) {
			return
		}
		if time.Now().After(deadline) {
			l.t.Fatalf("%s never is as wanted:\n%s\n%s", path, answer, l.out)
		}
	}
}

// storedEvents: one for the recipient of a message, one for its sender.
func storedEvents(metrics string) bool {
	return strings.Contains(metrics, `heliograph_receiving_events_total{outcome="stored"} 2`+"\n")
}

// What was received and read by nobody can be read after a restart, unless nothing was to be kept.
func TestReceivedMessagesOutliveTheGateway(t *testing.T) {
	key := "HELIOGRAPH_EVENT_LOG_KEY=a key of some length"
	for name, c := range map[string]struct {
		environ []string
		kept    bool
	}{
		"by default":      {nil, true},
		"encrypted":       {[]string{key}, true},
		"written through": {[]string{"HELIOGRAPH_EVENT_LOG_SYNC=always"}, true},
		"elsewhere":       {[]string{"HELIOGRAPH_NATS_URL=" + natsserver.Start(t, natsserver.Options{}).URL()}, true},
		"in memory":       {[]string{"HELIOGRAPH_STORE=memory"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			first := live(t, home, c.environ...)
			first.send("a message that stays")
			first.until("/metrics", storedEvents)
			first.die()
			second := live(t, home, c.environ...)
			got := second.get("/v1/receive/+15550100002?timeout=0")
			if strings.Contains(got, "a message that stays") != c.kept {
				t.Errorf("got %s", got)
			}
			second.die()
			folder := filepath.Join(home, ".local", "share", "heliograph", "simulator", "0.store")
			if _, err := os.Stat(folder); (err == nil) != (c.kept && name != "elsewhere") {
				t.Errorf("the folder of the store: %v", err)
			}
		})
	}
}

func TestStoreThatCannotBeOpenedIsNamed(t *testing.T) {
	home := t.TempDir()
	live(t, home, "HELIOGRAPH_EVENT_LOG_KEY=a key of some length").die()
	for name, c := range map[string]struct {
		environ []string
		want    string
	}{
		"another key":      {[]string{"HELIOGRAPH_EVENT_LOG_KEY=another key of some length"}, "is encrypted with another key"},
		"no key":           {nil, "is encrypted, and there is no key"},
		"no JetStream":     {[]string{"HELIOGRAPH_NATS_URL=" + natsserver.Start(t, natsserver.Options{WithoutJetStream: true}).URL()}, "JetStream is not enabled there"},
		"too few replicas": {[]string{"HELIOGRAPH_NATS_URL=" + natsserver.Start(t, natsserver.Options{}).URL(), "HELIOGRAPH_NATS_REPLICAS=3"}, "replicas > 1 not supported"},
	} {
		t.Run(name, func(t *testing.T) {
			l := begin(t, home, c.environ...)
			if code := l.code(); code == 0 {
				t.Error("it runs")
			}
			if text := l.out.String(); !strings.Contains(text, c.want) || strings.Contains(text, "key of some length") {
				t.Errorf("it says:\n%s", text)
			}
		})
	}
}

// While the store is away nothing is lost, and readiness and a metric say so.
func TestStoreThatIsAwayIsSeen(t *testing.T) {
	server := natsserver.Start(t, natsserver.Options{})
	l := live(t, t.TempDir(), "HELIOGRAPH_NATS_URL="+server.URL())
	l.until("/metrics", func(m string) bool { return strings.Contains(m, "heliograph_store_writable_bool 1") })
	server.Kill()
	l.until("/metrics", func(m string) bool { return strings.Contains(m, "heliograph_store_writable_bool 0") })
	l.until("/readyz", func(r string) bool { return strings.Contains(r, "received messages cannot be stored") })
	l.send("while it is away")
	server.Restart()
	l.until("/metrics", storedEvents)
	l.until("/readyz", func(r string) bool { return strings.Contains(r, `"ready":true`) })
	l.until("/v1/receive/+15550100002?timeout=0", func(got string) bool { return strings.Contains(got, "while it is away") })
	l.die()
}
