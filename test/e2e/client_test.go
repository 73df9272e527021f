//lint:file-ignore SA1019 nhooyr.io/websocket is what the design names; its successor has the same API.

package e2e_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"nhooyr.io/websocket"
)

// payload is what tests read of a received message.
type payload struct {
	Account  string
	Envelope struct {
		SourceNumber string
		Timestamp    int64
		DataMessage  *struct {
			Message    string
			TextStyles []struct {
				Style         string
				Start, Length int
			}
			Quote *struct {
				ID           int64
				Text         string
				AuthorNumber string
			}
			Reaction    *struct{ Emoji string }
			Attachments []struct {
				ID, ContentType, Filename string
				Size                      int64
			}
		}
	}
}

// text is the message's, empty for anything else.
func (p payload) text() string {
	if p.Envelope.DataMessage == nil {
		return ""
	}
	return p.Envelope.DataMessage.Message
}

// post sends a body and gives status and answer.
func (g gateway) post(t testing.TB, path, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(within(t), http.MethodPost, g.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return g.do(t, request)
}

// get asks for a path.
func (g gateway) get(t testing.TB, path string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(within(t), http.MethodGet, g.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return g.do(t, request)
}

func (g gateway) do(t testing.TB, request *http.Request) (int, string) {
	t.Helper()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // it was read
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// send posts a message to /v2/send and demands that it was sent.
func (g gateway) send(t *testing.T, fields map[string]any) {
	t.Helper()
	body, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	if status, answer := g.post(t, "/v2/send", string(body)); status != http.StatusCreated {
		t.Fatalf("send: %d %s", status, answer)
	}
}

// text is a plain message from one to another.
func text(from, to, message string) map[string]any {
	return map[string]any{"number": from, "recipients": []string{to}, "message": message}
}

// watcher gives what one connection receives.
type watcher struct {
	t    *testing.T
	next func() (payload, error)
}

// until gives the first payload that fits.
func (w watcher) until(fits func(payload) bool) payload {
	w.t.Helper()
	for {
		p, err := w.next()
		if err != nil {
			w.t.Fatalf("waiting for a message: %v", err)
		}
		if fits(p) {
			return p
		}
	}
}

// message waits for a text.
func (w watcher) message(text string) payload {
	w.t.Helper()
	return w.until(func(p payload) bool { return p.text() == text })
}

// watchWebSocket opens a WebSocket.
func (g gateway) watchWebSocket(t *testing.T, account string) watcher {
	t.Helper()
	w, _ := g.openWebSocket(t, account)
	return w
}

func (g gateway) openWebSocket(t *testing.T, account string) (watcher, *websocket.Conn) {
	t.Helper()
	ctx := within(t)
	conn, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(g.url, "http")+"/v1/receive/"+url.PathEscape(account), nil)
	if err != nil {
		t.Fatalf("WebSocket: %v", err)
	}
	conn.SetReadLimit(64 << 20)
	t.Cleanup(func() { _ = conn.CloseNow() })
	return watcher{t, func() (p payload, err error) {
		_, content, err := conn.Read(ctx)
		if err != nil {
			return p, err
		}
		return p, json.Unmarshal(content, &p)
	}}, conn
}

// watchSSE opens a stream of server-sent events.
func (g gateway) watchSSE(t *testing.T, account string) watcher {
	t.Helper()
	request, err := http.NewRequestWithContext(within(t), http.MethodGet, g.url+"/v1/receive/"+account, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", "text/event-stream")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() })
	if got := response.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/event-stream") {
		t.Fatalf("content type %q", got)
	}
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 64<<20)
	return watcher{t, func() (p payload, err error) {
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				return p, json.Unmarshal([]byte(data), &p)
			}
		}
		if err := lines.Err(); err != nil {
			return p, err
		}
		return p, io.EOF
	}}
}

// watchPlain asks again and again, as clients of the reference do.
func (g gateway) watchPlain(t *testing.T, account string) watcher {
	t.Helper()
	var waiting []payload
	deadline := time.Now().Add(hangLimit)
	return watcher{t, func() (p payload, err error) {
		for len(waiting) == 0 {
			if time.Now().After(deadline) {
				return p, io.ErrNoProgress
			}
			status, answer := g.get(t, "/v1/receive/"+account+"?timeout=1")
			if status != http.StatusOK {
				t.Fatalf("receive: %d %s", status, answer)
			}
			if err := json.Unmarshal([]byte(answer), &waiting); err != nil {
				return p, err
			}
		}
		p, waiting = waiting[0], waiting[1:]
		return p, nil
	}}
}
