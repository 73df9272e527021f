package e2e_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"syscall"
	"testing"
	"time"
)

// countingHook is a receiver that notes which messages it has got, under which ID, and in which order for the first time.
type countingHook struct {
	t   *testing.T
	url string

	mu    sync.Mutex // guards all below
	ids   map[string]string
	next  map[string]int // of each account
	calls int
}

func newCountingHook(t *testing.T) *countingHook {
	t.Helper()
	h := &countingHook{t: t, ids: map[string]string{}, next: map[string]int{}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content, err := io.ReadAll(r.Body)
		if err != nil {
			return // killed while it wrote
		}
		var event struct {
			Account string
			Payload payload
		}
		var n int
		if err := json.Unmarshal(content, &event); err != nil {
			t.Errorf("%s: %v", content, err)
		}
		if _, err := fmt.Sscanf(event.Payload.text(), "n=%d", &n); err != nil {
			t.Errorf("%s: %v", content, err)
		}
		h.got(event.Account, n, r.Header.Get("webhook-id"))
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(server.Close)
	h.url = server.URL
	return h
}

// got notes a call. Of each account there is one conversation, so what was not there before must be the next.
func (h *countingHook) got(account string, n int, id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.calls++
	event := fmt.Sprintf("%s %d", account, n)
	before, again := h.ids[event]
	switch {
	case again && before != id:
		h.t.Errorf("message %s comes as %s and as %s", event, before, id)
	case !again && n != h.next[account]:
		h.t.Errorf("message %s comes before %d", event, h.next[account])
	}
	h.ids[event] = id
	h.next[account] = max(h.next[account], n+1)
}

func (h *countingHook) messages() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.ids)
}

// A webhook of a gateway that is killed in the middle of its deliveries gets every stored message, in the order of its conversation, and what
// comes twice comes under the same ID.
func TestWebhookOfAKilledGateway(t *testing.T) {
	const kills, accounts, messages = 5, 4, 100
	hook := newCountingHook(t)
	n := startNetwork(t, accounts)
	witness := &follower{name: "witness", got: make([]int, accounts)}
	env := []string{"MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_ADDRESS=" + n.address, "HELIOGRAPH_DATA_DIR=" + t.TempDir(), "HELIOGRAPH_WEBHOOKS_ALLOW_PRIVATE=127.0.0.0/8"}
	g := serve(t, env...)
	awaitHealthy(t, g)
	if status, answer := g.call(t, http.MethodPost, "/v1/webhooks", fmt.Sprintf(`{"url":%q,"kinds":["message"],"concurrency":2}`, hook.url)); status != http.StatusCreated {
		t.Fatalf("%d %s", status, answer)
	}
	during := 0
	for range kills {
		n.inject(messages)
		n.readUntil(t, witness, g) // so all are stored
		time.Sleep(time.Duration(rand.IntN(int(100 * time.Millisecond))))
		if hook.messages() < sum(n.injected) {
			during++
		}
		g.signal(syscall.SIGKILL)
		<-g.ended
		g = serve(t, env...)
		awaitHealthy(t, g)
	}
	for ctx := within(t); hook.messages() < sum(n.injected); pause() {
		if ctx.Err() != nil {
			t.Fatalf("the webhook has %d of %d messages", hook.messages(), sum(n.injected))
		}
	}
	t.Logf("%d kills, %d of them before all was delivered; %d messages in %d calls", kills, during, sum(n.injected), hook.calls)
}
