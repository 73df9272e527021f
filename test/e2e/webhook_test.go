package e2e_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// hook is a webhook that a test holds in its hand.
type hook struct {
	t      *testing.T
	url    string
	called chan hookCall
}

// hookCall is one call of a hook; the hook answers when the test says what.
type hookCall struct {
	method, contentType, user, password string
	body                                struct {
		JSONRPC, Method string
		Params          payload
	}
	answer chan<- int
}

func newHook(t *testing.T) hook {
	t.Helper()
	h := hook{t: t, called: make(chan hookCall)}
	over := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		answer := make(chan int)
		call := hookCall{method: r.Method, contentType: r.Header.Get("Content-Type"), answer: answer}
		call.user, call.password, _ = r.BasicAuth()
		if err := json.Unmarshal(content, &call.body); err != nil {
			t.Errorf("the webhook got %s: %v", content, err)
		}
		select {
		case h.called <- call:
		case <-over:
			return
		}
		select {
		case status := <-answer:
			w.WriteHeader(status)
		case <-over:
		}
	}))
	t.Cleanup(func() {
		close(over)
		server.Close()
	})
	h.url = server.URL
	return h
}

// next waits for a call.
func (h hook) next() hookCall {
	h.t.Helper()
	select {
	case call := <-h.called:
		return call
	case <-time.After(hangLimit):
		h.t.Fatal("the webhook is not called")
		return hookCall{}
	}
}

// A call of the webhook that has no end yet holds up nobody: sends are answered, sockets get messages. What waits comes in order, and a
// call that failed is made again.
func TestDefect8SlowWebhookBlocksNobody(t *testing.T) {
	h := newHook(t)
	g := serve(t, "MODE=simulator", "HELIOGRAPH_WEBHOOK_TIMEOUT=10m",
		"RECEIVE_WEBHOOK_URL="+strings.Replace(h.url, "http://", "http://hermes:s3cret@", 1)+"/hook")
	watcher := g.watchWebSocket(t, bob)
	g.send(t, text(alice, bob, "hook 1"))
	open := h.next()
	for _, more := range []string{"hook 2", "hook 3", "hook 4"} {
		g.send(t, text(alice, bob, more))
		watcher.message(more)
	}
	if status, answer := g.get(t, "/v1/health"); status != http.StatusNoContent {
		t.Errorf("health: %d %s", status, answer)
	}
	if open.method != http.MethodPost || open.contentType != "application/json" || open.user != "hermes" || open.password != "s3cret" ||
		open.body.JSONRPC != "2.0" || open.body.Method != "receive" {
		t.Errorf("the webhook got %+v", open)
	}
	failed := false
	var got []string
	for call := open; ; call = h.next() {
		if said := call.body.Params.text(); call.body.Params.Account == bob && strings.HasPrefix(said, "hook ") {
			if said == "hook 2" && !failed {
				failed = true
				call.answer <- http.StatusBadGateway
				continue
			}
			got = append(got, said)
		}
		call.answer <- http.StatusOK
		if len(got) == 4 {
			break
		}
	}
	if order := strings.Join(got, ", "); !failed || order != "hook 1, hook 2, hook 3, hook 4" {
		t.Errorf("the webhook got %s", order)
	}
	if strings.Contains(g.out.String(), "s3cret") {
		t.Error("the output names the webhook's password")
	}
}
