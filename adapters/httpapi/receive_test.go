package httpapi_test

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"heliograph/adapters/httpapi"
	"heliograph/domain"
	"heliograph/ports"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func event(seq uint64, payload string) *domain.Event {
	return &domain.Event{Cursor: domain.Cursor{Epoch: 1, Seq: seq}, Kind: domain.KindMessage, Payload: []byte(payload)}
}

func TestDrainGivesPayloadsUntouched(t *testing.T) {
	fake := &core{drain: func(domain.Account, ports.DrainOptions) ([]*domain.Event, error) {
		return []*domain.Event{event(1, `{"envelope":{"x": 1},"account":"+15550100001"}`), {Kind: domain.KindOther, Payload: []byte("no JSON")}, event(2, `{"b":2}`)}, nil
	}}
	h, _ := newHandler(t, fake, httpapi.Options{})
	w := call(t, h, http.MethodGet, "/v1/receive/+15550100001?timeout=2&max_messages=1&ignore_attachments=true&ignore_avatars=true", "")
	if want := `[{"envelope":{"x": 1},"account":"+15550100001"},{"b":2}]`; w.Code != http.StatusOK || w.Body.String() != want {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	want := ports.DrainOptions{Timeout: 2 * time.Second, MaxMessages: 1, IgnoreAttachments: true, IgnoreAvatars: true}
	if diff := cmp.Diff(want, fake.options[0]); diff != "" {
		t.Error(diff)
	}
	call(t, h, http.MethodGet, "/v1/receive/+15550100001?max_messages=-2&timeout=-1", "")
	if diff := cmp.Diff(ports.DrainOptions{Timeout: -time.Second}, fake.options[1]); diff != "" {
		t.Error(diff)
	}
	call(t, h, http.MethodGet, "/v1/receive/+15550100001", "")
	if diff := cmp.Diff(ports.DrainOptions{}, fake.options[2]); diff != "" {
		t.Error(diff)
	}
}

func TestWebSocketReader(t *testing.T) {
	var got []ports.Reader
	h, _ := newHandler(t, &core{}, httpapi.Options{WebSocket: func(w http.ResponseWriter, _ *http.Request, r ports.Reader, o ports.SocketOptions) {
		got = append(got, r)
		w.WriteHeader(http.StatusSwitchingProtocols)
	}})
	cursor := domain.Cursor{Epoch: 7, Seq: 9}
	for _, c := range []struct {
		target, header string
		from           domain.Cursor
		status         int
	}{
		{"/v1/receive/%2B15550100001?timeout=soon&max_messages=1", "", domain.Latest, 101},
		{"/v1/receive/+15550100001?last_event_id=" + cursor.String(), "", cursor, 101},
		{"/v1/receive/+15550100001", cursor.String(), cursor, 101},
		{"/v1/receive/+15550100001?last_event_id=x", "", domain.Cursor{}, 400},
		{"/v1/receive/x", "", domain.Cursor{}, 400},
	} {
		got = nil
		w := call(t, h, http.MethodGet, c.target, "", "Connection", "keep-alive, Upgrade", "Upgrade", "WebSocket", "Last-Event-ID", c.header)
		if w.Code != c.status || (len(got) == 1) != (c.status == 101) {
			t.Fatalf("%s: %d %s", c.target, w.Code, w.Body)
		}
		if c.status != 101 {
			continue
		}
		want := ports.Reader{Transport: "websocket", Name: "ws …0001", Filter: domain.Filter{Account: "+15550100001", Backend: true}, From: c.from}
		if diff := cmp.Diff(want, got[0]); diff != "" {
			t.Errorf("%s: %s", c.target, diff)
		}
	}
	plain, _ := newHandler(t, &core{}, httpapi.Options{})
	if w := call(t, plain, http.MethodGet, "/v1/receive/+15550100001", "", "Upgrade", "websocket"); w.Code != http.StatusNotImplemented {
		t.Errorf("without WebSocket: %d", w.Code)
	}
}

// script is a Stream that gives one batch after the other, then waits; ended ends it.
type script struct {
	batches [][]*domain.Event
	ended   chan struct{}
	stopped bool
}

func (s *script) Next(ctx context.Context, into []*domain.Event) (int, error) {
	if len(s.batches) > 0 {
		n := copy(into, s.batches[0])
		s.batches = s.batches[1:]
		return n, nil
	}
	select {
	case <-s.ended:
		return 0, domain.Errorf(domain.Unavailable, "next", "stopped")
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}
func (s *script) Ack(context.Context, domain.Cursor) error { return nil }
func (s *script) Stop()                                    { s.stopped = true }

func TestServerSentEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gap := &domain.Gap{After: domain.Cursor{Epoch: 1, Seq: 2}, Next: domain.Cursor{Epoch: 1, Seq: 5}}
		stream := &script{ended: make(chan struct{}), batches: [][]*domain.Event{
			{event(1, `{"a":1}`), event(2, "{\"two\":\r\n1}")},
			{{Kind: domain.KindGap, Gap: gap, Cursor: domain.Cursor{Epoch: 1, Seq: 4}}, {Kind: domain.KindReset, Cursor: domain.Cursor{Epoch: 2}}},
		}}
		var reader ports.Reader
		fake := &core{stream: func(r ports.Reader) (ports.Stream, error) { reader = r; return stream, nil }}
		h, _ := newHandler(t, fake, httpapi.Options{KeepAlive: 15 * time.Second})
		r := httptest.NewRequest(http.MethodGet, "/v1/receive/+15550100001", nil)
		r.Host = "localhost"
		r.Header.Set("Accept", "text/html, text/event-stream;q=0.9")
		r.Header.Set("Last-Event-ID", domain.Cursor{Epoch: 1, Seq: 1}.String())
		go func() {
			time.Sleep(40 * time.Second)
			close(stream.ended)
		}()
		w := serveOne(h, r)
		c := func(epoch domain.Epoch, seq uint64) string { return domain.Cursor{Epoch: epoch, Seq: seq}.String() }
		want := ": open\n\n" +
			"id: " + c(1, 1) + "\ndata: {\"a\":1}\n\n" +
			"id: " + c(1, 2) + "\ndata: {\"two\":\ndata: 1}\n\n" +
			"id: " + c(1, 4) + "\nevent: gap\ndata: {\"after\":\"" + c(1, 2) + "\",\"next\":\"" + c(1, 5) + "\"}\n\n" +
			"id: " + c(2, 0) + "\nevent: reset\ndata: {}\n\n" +
			": keep-alive\n\n: keep-alive\n\n"
		if w.Body.String() != want || !w.Flushed || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/event-stream") {
			t.Errorf("%v %s\nwant\n%s", w.Header(), w.Body, want)
		}
		if reader.From != (domain.Cursor{Epoch: 1, Seq: 1}) || reader.Transport != "sse" || !stream.stopped {
			t.Errorf("%+v, stopped %v", reader, stream.stopped)
		}
	})
}

func TestServerSentEventsEndWithTheClient(t *testing.T) {
	stream := &script{ended: make(chan struct{}), batches: [][]*domain.Event{{event(1, `{"a":1}`)}}}
	fake := &core{stream: func(ports.Reader) (ports.Stream, error) { return stream, nil }}
	h, _ := newHandler(t, fake, httpapi.Options{})
	finished := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(finished)
		h.ServeHTTP(w, r)
	}))
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/v1/receive/+15550100001", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	response, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	for lines := bufio.NewScanner(response.Body); lines.Scan() && lines.Text() != `data: {"a":1}`; {
	}
	cancel()
	<-finished
	if !stream.stopped {
		t.Error("the stream was not stopped")
	}
}

func TestReadersOfUnknownAccountsAreRefused(t *testing.T) {
	check := func(_ context.Context, account domain.Account) error {
		if account != "+15550100001" {
			return domain.Errorf(domain.UnknownAccount, "", "no such account")
		}
		return nil
	}
	ways := map[string][]string{
		"plain":     nil,
		"events":    {"Accept", "text/event-stream"},
		"WebSocket": {"Connection", "Upgrade", "Upgrade", "websocket"},
	}
	for _, mode := range []string{"json-rpc", "normal"} {
		for way, headers := range ways {
			fake := &core{stream: func(ports.Reader) (ports.Stream, error) { return nil, domain.Errorf(domain.Unavailable, "", "reached") }}
			webSocket := func(w http.ResponseWriter, _ *http.Request, _ ports.Reader, _ ports.SocketOptions) {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
			h, _ := newHandler(t, fake, httpapi.Options{Mode: mode, CheckAccount: check, WebSocket: webSocket})
			if w := call(t, h, http.MethodGet, "/v1/receive/+15550100001", "", headers...); strings.Contains(w.Body.String(), "unknown_account") {
				t.Errorf("%s, %s: a known account is refused: %s", mode, way, w.Body)
			}
			refused := mode == "json-rpc" || way != "plain" // there the process looks
			w := call(t, h, http.MethodGet, "/v1/receive/+15550100009", "", headers...)
			if got := w.Code == http.StatusBadRequest && strings.Contains(w.Body.String(), `"code":"unknown_account"`); got != refused {
				t.Errorf("%s, %s: %d %s", mode, way, w.Code, w.Body)
			}
		}
	}
}
