//lint:file-ignore SA1019 nhooyr.io/websocket is what the design names; its successor has the same API.

package e2e_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"nhooyr.io/websocket"
)

// keptEvent is what tests read of an event.
type keptEvent struct {
	Cursor, Account, Kind string
	Payload               payload
}

// texts are those of the messages among events.
func texts(events []keptEvent) string {
	var all []string
	for _, e := range events {
		if text := e.Payload.text(); text != "" {
			all = append(all, text)
		}
	}
	return strings.Join(all, " ")
}

// events asks for events.
func (g gateway) events(t *testing.T, query string) (answer struct {
	Events []keptEvent
	Next   string
	Done   bool
}) {
	t.Helper()
	status, body := g.get(t, "/v1/events?"+query)
	if err := json.Unmarshal([]byte(body), &answer); err != nil || status != http.StatusOK {
		t.Fatalf("%s: %d %s", query, status, body)
	}
	return answer
}

// awaitMessages waits until n messages are kept.
func (g gateway) awaitMessages(t *testing.T, n int) {
	t.Helper()
	for ctx := within(t); len(g.events(t, "kind=message&limit=1000").Events) < n; pause() {
		if ctx.Err() != nil {
			t.Fatalf("fewer than %d messages came", n)
		}
	}
}

// dial opens a WebSocket, and gives a function that reads its next text.
func (g gateway) dial(t *testing.T, path string) (*websocket.Conn, func() string) {
	t.Helper()
	ctx := within(t)
	conn, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(g.url, "http")+path, nil)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	return conn, func() string {
		_, content, err := conn.Read(ctx)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		return string(content)
	}
}

// nextMessage reads up to a message and gives its text.
func nextMessage(t *testing.T, next func() string) string {
	t.Helper()
	for {
		var p payload
		if err := json.Unmarshal([]byte(next()), &p); err != nil {
			t.Fatal(err)
		}
		if p.text() != "" {
			return p.text()
		}
	}
}

// awaitReader waits until the place of the only reader is behind everything that account has.
func (g gateway) awaitReader(t *testing.T, account string) {
	t.Helper()
	last := g.events(t, "order=desc&limit=1&account="+url.QueryEscape(account)).Events[0].Cursor
	for ctx := within(t); ; pause() {
		status, body := g.get(t, "/v1/readers")
		if status != http.StatusOK || ctx.Err() != nil {
			t.Fatalf("%d %s", status, body)
		}
		if strings.Contains(body, last) {
			return
		}
	}
}

const demoAlice, demoBob = "+15550100001", "+15550100002"

func TestNamedReaderOfThePlainWebSocketGoesOnWhereItsLibraryWas(t *testing.T) {
	g := serve(t, "MODE=simulator")
	path := "/v1/receive/" + url.PathEscape(demoBob) + "?reader=bot"
	conn, _ := g.dial(t, path)
	_ = conn.CloseNow()
	g.send(t, text(demoAlice, demoBob, "one"))
	g.send(t, text(demoAlice, demoBob, "two"))
	conn, next := g.dial(t, path)
	for _, want := range []string{"one", "two"} {
		if got := nextMessage(t, next); got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	}
	reading := conn.CloseRead(within(t)) // which answers pings
	g.awaitReader(t, demoBob)
	_ = conn.CloseNow()
	<-reading.Done()
	g.send(t, text(demoAlice, demoBob, "three"))
	_, next = g.dial(t, path)
	if got := nextMessage(t, next); got != "three" {
		t.Fatalf("got %q, want three", got)
	}
	// A plain GET has a place of its own.
	if got := g.watchPlain(t, demoBob).until(func(p payload) bool { return p.text() != "" }).text(); got != "one" {
		t.Errorf("the poller got %q first", got)
	}
}

func TestUnnamedWebSocketsGoOnIfSoConfigured(t *testing.T) {
	g := serve(t, "MODE=simulator", "HELIOGRAPH_RECEIVE_UNNAMED=last", "HELIOGRAPH_RECEIVE_ACK=explicit")
	path := "/v1/receive/" + url.PathEscape(demoBob)
	conn, _ := g.dial(t, path)
	_ = conn.CloseNow()
	g.send(t, text(demoAlice, demoBob, "one"))
	for range 2 { // what is not acknowledged comes again
		conn, next := g.dial(t, path)
		if got := nextMessage(t, next); got != "one" {
			t.Fatalf("got %q, want one", got)
		}
		_ = conn.CloseNow()
	}
}

func TestEventsAreAcknowledgedByTheirCursors(t *testing.T) {
	g := serve(t, "MODE=simulator")
	query := "/v1/events?reader=bot&after=oldest&kind=message&account=" + url.QueryEscape(demoBob)
	for n := range 4 {
		g.send(t, text(demoAlice, demoBob, fmt.Sprint("m", n)))
	}
	conn, next := g.dial(t, query)
	var cursors []string
	for n := range 4 {
		var e keptEvent
		if err := json.Unmarshal([]byte(next()), &e); err != nil || e.Payload.text() != fmt.Sprint("m", n) {
			t.Fatalf("%+v, %v", e, err)
		}
		cursors = append(cursors, e.Cursor)
	}
	if err := conn.Write(within(t), websocket.MessageText, []byte(`{"ack":"`+cursors[1]+`"}`)); err != nil {
		t.Fatal(err)
	}
	if got := next(); got != `{"acked":"`+cursors[1]+`"}` {
		t.Fatal(got)
	}
	_ = conn.CloseNow()
	if got := texts(g.events(t, "reader=bot&kind=message").Events); got != "m2 m3" {
		t.Errorf("the poll of the name got %q", got)
	}
	if got := texts(g.events(t, "reader=bot&kind=message&after="+cursors[2]).Events); got != "m3" {
		t.Errorf("from the cursor: %q", got)
	}
	if got := texts(g.events(t, "reader=bot&kind=message").Events); got != "m3" {
		t.Errorf("asking from a cursor did not acknowledge: %q", got)
	}
}

func TestServerSentEventsAcknowledgeWhenTheClientComesBack(t *testing.T) {
	g := serve(t, "MODE=simulator")
	open := func(lastEventID string) (id, message string) {
		t.Helper()
		request, err := http.NewRequestWithContext(within(t), http.MethodGet, g.url+"/v1/events?reader=bot&after=oldest&kind=message", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Accept", "text/event-stream")
		if lastEventID != "" {
			request.Header.Set("Last-Event-ID", lastEventID)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close() //nolint:errcheck // one event is enough
		for lines := bufio.NewScanner(response.Body); lines.Scan(); {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				var e keptEvent
				if err := json.Unmarshal([]byte(data), &e); err != nil {
					t.Fatal(err)
				}
				return e.Cursor, e.Payload.text()
			}
		}
		t.Fatal("the stream ended")
		return "", ""
	}
	for n := range 3 {
		g.send(t, text(demoAlice, demoBob, fmt.Sprint("m", n)))
	}
	for range 2 {
		if _, got := open(""); got != "m0" {
			t.Fatalf("got %q, want m0", got)
		}
	}
	first, _ := open("")
	second, got := open(first)
	if got != "m1" {
		t.Fatalf("got %q, want m1", got)
	}
	if _, got := open(""); got != "m1" {
		t.Fatalf("got %q, want m1: coming back acknowledged m0 only", got)
	}
	if _, got := open(second); got != "m2" {
		t.Fatalf("got %q, want m2", got)
	}
}

func TestHistoryAndForgetting(t *testing.T) {
	g := serve(t, "MODE=simulator")
	for n := range 5 {
		g.send(t, text(demoAlice, demoBob, fmt.Sprint("m", n)))
	}
	g.send(t, text(demoBob, demoAlice, "answer"))
	g.awaitMessages(t, 6)
	query := "order=desc&limit=3&conversation=" + url.QueryEscape(demoAlice) + "&account=" + url.QueryEscape(demoBob)
	page := g.events(t, query)
	if got := texts(page.Events); got != "m4 m3 m2" || page.Done {
		t.Fatalf("%q, done %v", got, page.Done)
	}
	page = g.events(t, query+"&until="+page.Next)
	if got := texts(page.Events); got != "m1 m0" || !page.Done {
		t.Fatalf("%q, done %v", got, page.Done)
	}
	heliograph := func(args ...string) string {
		cmd := exec.Command(binary, args...)
		cmd.Env = environment(t, "HELIOGRAPH_URL="+g.url)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v: %v", args, err)
		}
		return string(out)
	}
	if out := heliograph("log", "list", "--account", demoBob, "--kind", "message", "--limit", "2"); strings.Count(out, "\n") != 2 || !strings.Contains(out, "m4") {
		t.Errorf("listed %s", out)
	}
	if out := heliograph("log", "export", "--kind", "message"); strings.Count(out, "\n") != 6 {
		t.Errorf("exported %s", out)
	}
	heliograph("log", "delete", "--account", demoBob, "--yes")
	if got := texts(g.events(t, "").Events); got != "answer" {
		t.Errorf("%q is left", got)
	}
}

// What was acknowledged or drained before a kill is not given again, and what was not is.
func TestPlacesSurviveAKill(t *testing.T) {
	dir := t.TempDir()
	serveAgain := func() gateway { return serve(t, "MODE=simulator", "HELIOGRAPH_DATA_DIR="+dir) }
	g := serveAgain()
	for n := range 4 {
		g.send(t, text(demoAlice, demoBob, fmt.Sprint("m", n)))
	}
	g.awaitMessages(t, 4)
	events := g.events(t, "reader=bot&kind=message&limit=2")
	if got := texts(g.events(t, "reader=bot&kind=message&after="+events.Next).Events); got != "m2 m3" {
		t.Fatalf("%q", got)
	}
	if status, body := g.get(t, "/v1/receive/"+url.PathEscape(demoBob)+"?max_messages=3"); status != http.StatusOK || strings.Count(body, `"message":"m`) != 3 {
		t.Fatalf("%d %s", status, body)
	}
	g.signal(syscall.SIGKILL)
	<-g.ended
	g = serveAgain()
	if got := texts(g.events(t, "reader=bot&kind=message").Events); got != "m2 m3" {
		t.Errorf("the name was given %q", got)
	}
	if status, body := g.get(t, "/v1/receive/"+url.PathEscape(demoBob)); status != http.StatusOK || strings.Count(body, `"message":"m`) != 1 || !strings.Contains(body, `"message":"m3"`) {
		t.Errorf("the drain was given %d %s", status, body)
	}
}
