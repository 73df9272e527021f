//lint:file-ignore SA1019 nhooyr.io/websocket is what the design names; its successor has the same API.

package e2e_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"nhooyr.io/websocket"
)

// storedEvent is an event as GET /v1/events gives it, in each of its forms.
type storedEvent struct {
	Cursor  string
	Account string
	Kind    string
	Payload payload
}

// heard is what a reader is told next: an event, or what it lost.
type heard struct {
	event storedEvent
	gap   *gapNotice
	reset bool
}

// gapNotice is the range that is gone.
type gapNotice struct{ After, Next string }

// listener reads GET /v1/events in one of its forms, from a cursor ("oldest" for the first event) or, without one, from where the name is.
// It fails the test where the gateway does not answer as it should.
type listener struct {
	next func() heard
	// acknowledge says that everything up to the cursor was dealt with; for poll and server-sent events asking from there says so.
	acknowledge func(cursor string)
	close       func()
}

// forms are the ways to read all events.
var forms = map[string]func(t testing.TB, g gateway, after, name string) listener{
	"poll":               listenPoll,
	"server-sent events": listenSSE,
	"WebSocket":          listenWebSocket,
}

// eventsFrom is the query of a reader.
func eventsFrom(after, name string) url.Values {
	query := url.Values{}
	if after != "" {
		query.Set("after", after)
	}
	if name != "" {
		query.Set("reader", name)
	}
	return query
}

func listenPoll(t testing.TB, g gateway, after, name string) listener {
	ctx, cancel := context.WithCancel(within(t))
	query := eventsFrom(after, name)
	query.Set("limit", "1000")
	query.Set("timeout", "1")
	var waiting []heard
	return listener{close: cancel, acknowledge: func(cursor string) {
		query.Set("after", cursor)
		query.Set("timeout", "0")
		if _, err := g.page(ctx, query); err != nil {
			t.Fatalf("poll: %v", err)
		}
	}, next: func() heard {
		for len(waiting) == 0 {
			page, err := g.page(ctx, query)
			if err != nil {
				t.Fatalf("poll: %v", err)
			}
			if page.Gap != nil || page.Reset {
				waiting = append(waiting, heard{gap: page.Gap, reset: page.Reset})
			}
			for _, e := range page.Events {
				waiting = append(waiting, heard{event: e})
			}
			query.Set("after", page.Next)
		}
		h := waiting[0]
		waiting = waiting[1:]
		return h
	}}
}

func listenSSE(t testing.TB, g gateway, after, name string) listener {
	ctx, cancel := context.WithCancel(within(t))
	query := eventsFrom(after, name)
	query.Del("after")
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, g.url+"/v1/events?"+query.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Last-Event-ID", after)
	request.Header.Set("Accept", "text/event-stream")
	response, err := http.DefaultClient.Do(request)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("server-sent events: %v %v", response, err)
	}
	t.Cleanup(cancel)
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 64<<20)
	return listener{close: func() { cancel(); _ = response.Body.Close() }, acknowledge: func(string) {}, next: func() heard {
		kind := ""
		for lines.Scan() {
			if text, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				kind = text
			}
			data, ok := strings.CutPrefix(lines.Text(), "data: ")
			if !ok {
				continue
			}
			var h heard
			switch kind {
			case "reset":
				h.reset = true
			case "gap":
				h.gap = decoded[*gapNotice](t, []byte(data))
			default:
				h.event = decoded[storedEvent](t, []byte(data))
			}
			return h
		}
		t.Fatalf("server-sent events ended: %v", lines.Err())
		return heard{}
	}}
}

func listenWebSocket(t testing.TB, g gateway, after, name string) listener {
	ctx, cancel := context.WithCancel(within(t))
	conn, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(g.url, "http")+"/v1/events?"+eventsFrom(after, name).Encode(), nil)
	if err != nil {
		t.Fatalf("WebSocket: %v", err)
	}
	conn.SetReadLimit(64 << 20)
	t.Cleanup(func() { cancel(); _ = conn.CloseNow() })
	read := func() []byte {
		_, frame, err := conn.Read(ctx)
		if err != nil {
			t.Fatalf("WebSocket: %v", err)
		}
		return frame
	}
	return listener{close: func() { _ = conn.CloseNow() }, acknowledge: func(cursor string) {
		if err := conn.Write(ctx, websocket.MessageText, fmt.Appendf(nil, `{"ack":%q}`, cursor)); err != nil {
			t.Fatalf("WebSocket: %v", err)
		}
		for want := fmt.Appendf(nil, `{"acked":%q}`, cursor); !bytes.Equal(read(), want); {
		}
	}, next: func() heard {
		frame := decoded[struct {
			storedEvent
			Gap   *gapNotice
			Reset *struct{ Next string }
		}](t, read())
		return heard{event: frame.storedEvent, gap: frame.Gap, reset: frame.Reset != nil}
	}}
}

func decoded[T any](t testing.TB, text []byte) (value T) {
	t.Helper()
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return value
}
