package e2e_test

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// numberOf is the n of a message that numbered made.
func numberOf(t testing.TB, e storedEvent) (n int) {
	t.Helper()
	if _, err := fmt.Sscanf(e.Payload.text(), "n=%d", &n); err != nil {
		t.Fatalf("an event of kind %q is none of the test's: %v", e.Kind, err)
	}
	return n
}

// message gives the next event that is a message, and fails the test where the reader is told that it lost something.
func (l listener) message(t testing.TB) storedEvent {
	t.Helper()
	for {
		h := l.next()
		if h.gap != nil || h.reset {
			t.Fatalf("the reader was told of a gap %v or a reset %v", h.gap, h.reset)
		}
		if h.event.Kind == "message" {
			return h.event
		}
	}
}

// messages reads the messages from the n-th up to before the m-th, which must come in order, and gives the cursor of the last.
func (l listener) messages(t testing.TB, n, m int) (last string) {
	t.Helper()
	for ; n < m; n++ {
		e := l.message(t)
		if got := numberOf(t, e); got != n {
			t.Fatalf("message %d comes where %d is due", got, n)
		}
		last = e.Cursor
	}
	return last
}

// leave has a named reader in each form read the first messages and go, and gives the cursor where each was.
func leave(t *testing.T, g gateway, first int) (left map[string]string) {
	t.Helper()
	left = map[string]string{}
	for form, listen := range forms {
		l := listen(t, g, "oldest", form)
		left[form] = l.messages(t, 0, first)
		l.acknowledge(left[form])
		l.close()
	}
	return left
}

// comeBack has each reader that left come back, from the cursor where it was and under its name, and checks what it finds.
func comeBack(t *testing.T, g gateway, left map[string]string, check func(t *testing.T, l listener, left string)) {
	t.Helper()
	for form, listen := range forms {
		t.Run(form+" from a cursor", func(t *testing.T) {
			l := listen(t, g, left[form], "")
			defer l.close()
			check(t, l, left[form])
		})
		t.Run(form+" under a name", func(t *testing.T) {
			after := ""
			if form == "server-sent events" {
				after = left[form] // its client tells where it was, and nothing else does
			}
			l := listen(t, g, after, form)
			defer l.close()
			check(t, l, left[form])
		})
	}
}

// awaitStored waits until all that was injected for the network's one account is in the log.
func (n *network) awaitStored(t *testing.T, g gateway) {
	t.Helper()
	for ctx := within(t); ; pause() {
		page, err := g.page(ctx, url.Values{"order": {"desc"}, "limit": {"1"}, "kind": {"message"}})
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Events) == 1 && numberOf(t, page.Events[0]) == n.injected[0]-1 {
			return
		}
	}
}

// A reader that comes back after many events has missed none of them.
func TestReaderThatComesBackHasMissedNothing(t *testing.T) {
	const first, more = 10, 5000
	n := startNetwork(t, 1)
	g := serve(t, "MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_ADDRESS="+n.address)
	awaitHealthy(t, g)
	n.inject(first)
	left := leave(t, g, first)
	n.inject(more)
	comeBack(t, g, left, func(t *testing.T, l listener, _ string) { l.messages(t, first, first+more) })
}

// A reader whose next events were deleted meanwhile is told which are gone, once, and gets all that are left.
func TestReaderThatComesBackAfterRetentionIsToldWhatIsGone(t *testing.T) {
	const first, more = 10, 2000
	n := startNetwork(t, 1)
	g := serve(t, "MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_ADDRESS="+n.address, "HELIOGRAPH_EVENT_LOG_MAX_BYTES=256KiB")
	awaitHealthy(t, g)
	n.inject(first)
	left := leave(t, g, first)
	n.inject(more)
	n.awaitStored(t, g)
	comeBack(t, g, left, func(t *testing.T, l listener, left string) {
		told := l.next()
		if told.gap == nil || told.gap.After != left {
			t.Fatalf("it is told %+v, not of a gap after %s", told, left)
		}
		e := l.message(t)
		if e.Cursor != told.gap.Next {
			t.Errorf("it goes on at %s, and was told %s", e.Cursor, told.gap.Next)
		}
		l.messages(t, numberOf(t, e)+1, first+more)
	})
}

// A reader whose log is gone, with all that the gateway had, is told that another one has begun.
func TestReaderThatComesBackToAnotherLogIsToldSo(t *testing.T) {
	const first, more = 10, 20
	n := startNetwork(t, 1)
	dir := t.TempDir()
	env := []string{"MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_ADDRESS=" + n.address, "HELIOGRAPH_DATA_DIR=" + dir}
	g := serve(t, env...)
	awaitHealthy(t, g)
	n.inject(first)
	left := leave(t, g, first)
	g.signal(syscall.SIGTERM)
	<-g.ended
	if err := os.RemoveAll(filepath.Join(dir, "store")); err != nil {
		t.Fatal(err)
	}
	g = serve(t, env...)
	awaitHealthy(t, g)
	n.inject(more)
	for form, listen := range forms {
		for _, name := range []string{"", form} {
			l := listen(t, g, left[form], name)
			if told := l.next(); !told.reset {
				t.Errorf("%s, name %q: it is told %+v, not of a reset", form, name, told)
			}
			l.messages(t, first, first+more)
			l.close()
		}
	}
}
