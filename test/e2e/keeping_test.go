package e2e_test

import (
	"fmt"
	"net/url"
	"syscall"
	"testing"

	"heliograph/domain"
)

// What a gateway that writes through to the disk has stored is there after it was killed, and it goes on from there.
func TestWrittenThroughOutlivesAKill(t *testing.T) {
	n := startNetwork(t, 4)
	env := []string{"MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_ADDRESS=" + n.address, "HELIOGRAPH_DATA_DIR=" + t.TempDir(), "HELIOGRAPH_EVENT_LOG_SYNC=always"}
	g := serve(t, env...)
	awaitHealthy(t, g)
	n.inject(100)
	reader := &follower{name: "reader", got: make([]int, 4)}
	n.readUntil(t, reader, g)
	g.signal(syscall.SIGKILL)
	<-g.ended
	n.awaitAlone(t)
	n.inject(20)
	n.awaitWaiting(t)

	g = serve(t, env...)
	awaitHealthy(t, g)
	n.readUntil(t, reader, g)
	n.readUntil(t, &follower{name: "new", got: make([]int, 4)}, g)
}

// typing is that somebody typed for account.
func typing(account domain.Account, n int) []byte {
	return fmt.Appendf(nil, `{"envelope":{"source":"+15550100123","sourceNumber":"+15550100123","sourceUuid":"b8d1c7f2-93a4-4e55-8f0b-1c6a2d9e4f37",`+
		`"sourceDevice":1,"timestamp":%d,"typingMessage":{"action":"STARTED","timestamp":%d}},"account":%q}`, 1767225600000+n, 1767225600000+n, string(account))
}

// That somebody typed is kept as long as that kind is to be kept, and messages longer; no reader takes what is missing between them for a loss.
func TestTypingIsNotKeptAsLongAsMessages(t *testing.T) {
	n := startNetwork(t, 1)
	g := serve(t, "MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_ADDRESS="+n.address, "HELIOGRAPH_EVENT_LOG_TYPING_MAX_AGE=2s")
	awaitHealthy(t, g)
	n.inject(5)
	left := leave(t, g, 5)
	for i := range 5 {
		n.Inject(string(n.accounts[0]), typing(n.accounts[0], i))
		n.inject(1)
	}
	count := func() int {
		page, err := g.page(t.Context(), url.Values{"kind": {"typing"}})
		if err != nil {
			t.Fatal(err)
		}
		return len(page.Events)
	}
	n.awaitStored(t, g)
	if count() == 0 {
		t.Fatal("it is not kept at all")
	}
	for ctx := within(t); count() > 0; pause() {
		if ctx.Err() != nil {
			t.Fatal("it is kept for ever")
		}
	}
	comeBack(t, g, left, func(t *testing.T, l listener, _ string) { l.messages(t, 5, 10) })
}
