package realcli

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
)

// SendByOtherMeans sends a text from one account of the rig to another with a
// process of its own, and returns the message's timestamp in milliseconds. A
// peer can send at any time; an account of ConfigDir while nothing else runs on
// ConfigDir, because signal-cli locks the accounts that it uses. It fails the
// test when the message did not leave within two minutes.
func (r *Rig) SendByOtherMeans(t testing.TB, from, to, text string) int64 {
	t.Helper()
	result := r.Run(t, r.dirOf(t, from), text, "-o", "json", "-a", from, "send", "--message-from-stdin", "--", to)
	var sent struct{ Timestamp int64 }
	if err := json.Unmarshal([]byte(result.Stdout), &sent); err != nil || result.Exit != 0 {
		t.Fatalf("send by other means: exit %d: %s%s", result.Exit, result.Stdout, result.Stderr)
	}
	return sent.Timestamp
}

// ReceiveByOtherMeans receives for an account with a process of its own and
// returns its notifications, objects with envelope and account, in order. It
// ends once nothing came for wait. The same accounts can be asked as above.
func (r *Rig) ReceiveByOtherMeans(t testing.TB, account string, wait time.Duration) []json.RawMessage {
	t.Helper()
	seconds := strconv.FormatFloat(wait.Seconds(), 'f', -1, 64)
	result := r.Run(t, r.dirOf(t, account), "", "-o", "json", "-a", account, "receive", "--timeout", seconds)
	if result.Exit != 0 {
		t.Fatalf("receive by other means: exit %d: %s", result.Exit, result.Stderr)
	}
	var notifications []json.RawMessage
	decoder := json.NewDecoder(strings.NewReader(result.Stdout))
	for decoder.More() {
		var n json.RawMessage
		if err := decoder.Decode(&n); err != nil {
			t.Fatal(fmt.Errorf("receive by other means: %w in %q", err, result.Stdout))
		}
		notifications = append(notifications, n)
	}
	return notifications
}

// dirOf is the data directory that holds an account.
func (r *Rig) dirOf(t testing.TB, number string) string {
	t.Helper()
	for _, peer := range r.Peers {
		if peer.Number == number {
			return r.PeerDir
		}
	}
	r.Account(t, number)
	return r.ConfigDir
}
