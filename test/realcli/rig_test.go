package realcli_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"heliograph/test/realcli"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// notice is what these tests look at in a notification.
type notice struct {
	Account  string
	Envelope struct {
		Source      string
		DataMessage *struct{ Message string }
	}
	Exception any
	Result    *notice // of the form that subscriptions use
}

func decode(t *testing.T, raw json.RawMessage) notice {
	t.Helper()
	var n notice
	if err := json.Unmarshal(raw, &n); err != nil {
		t.Fatal(err)
	}
	if n.Result != nil {
		return *n.Result
	}
	return n
}

// nextText skips receipts and the like until a text for account comes.
func nextText(t *testing.T, c *realcli.Conversation, account string) (text, source string) {
	t.Helper()
	for {
		raw, err := c.Notification()
		if err != nil {
			t.Fatal(err)
		}
		if n := decode(t, raw); n.Account == account && n.Envelope.DataMessage != nil {
			return n.Envelope.DataMessage.Message, n.Envelope.Source
		}
	}
}

func call(t *testing.T, c *realcli.Conversation, method string, params any) json.RawMessage {
	t.Helper()
	result, err := c.Call(method, params)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func TestDaemonExchangesMessages(t *testing.T) {
	rig := realcli.Start(t, realcli.Options{})
	first, second := rig.Accounts[0].Number, rig.Accounts[1].Number
	daemon := rig.StartDaemon(t, realcli.DaemonOptions{})
	c := realcli.Dial(t, "unix", daemon.Socket)

	if got := string(call(t, c, "version", nil)); !strings.Contains(got, realcli.Version) {
		t.Errorf("version = %s, want %s", got, realcli.Version)
	}
	var listed []struct{ Number string }
	if err := json.Unmarshal(call(t, c, "listAccounts", nil), &listed); err != nil || len(listed) != 2 {
		t.Fatalf("listAccounts = %v, %v, want both accounts", listed, err)
	}
	call(t, c, "subscribeReceive", nil)
	call(t, c, "send", map[string]any{"account": first, "recipient": []string{second}, "message": "across"})
	if text, source := nextText(t, c, second); text != "across" || source != first {
		t.Errorf("received %q from %s, want %q from %s", text, source, "across", first)
	}
	call(t, c, "send", map[string]any{"account": second, "groupId": []string{rig.Groups[0]}, "message": "to all"})
	if text, source := nextText(t, c, first); text != "to all" || source != second {
		t.Errorf("received %q from %s, want %q from %s", text, source, "to all", second)
	}
}

func TestDaemonReceivesFromPeer(t *testing.T) {
	rig := realcli.Start(t, realcli.Options{})
	peer, first := rig.Peers[0].Number, rig.Accounts[0].Number
	rig.SendByOtherMeans(t, peer, first, "while stopped")
	if queued := rig.Server.Status().Queued[first]; queued != 1 {
		t.Fatalf("%d envelopes wait at the server, want 1", queued)
	}

	daemon := rig.StartDaemon(t, realcli.DaemonOptions{TCP: true})
	c := realcli.Dial(t, "tcp", daemon.TCP)
	call(t, c, "subscribeReceive", nil)
	if text, _ := nextText(t, c, first); text != "while stopped" {
		t.Errorf("received %q first", text)
	}
	rig.SendByOtherMeans(t, peer, first, "while it runs")
	if text, source := nextText(t, c, first); text != "while it runs" || source != peer {
		t.Errorf("received %q from %s, want %q from %s", text, source, "while it runs", peer)
	}
	if killed := rig.Kill(t); killed != 1 {
		t.Errorf("killed %d processes, want the daemon alone", killed)
	}
	daemon.Stop()

	rig.SendByOtherMeans(t, first, peer, "after the daemon")
	for _, raw := range rig.ReceiveByOtherMeans(t, peer, time.Second) {
		if n := decode(t, raw); n.Envelope.DataMessage != nil {
			if n.Envelope.DataMessage.Message != "after the daemon" {
				t.Errorf("peer received %q", n.Envelope.DataMessage.Message)
			}
			return
		}
	}
	t.Error("the peer received no text")
}

func TestNativeNameStartsTheSameProgram(t *testing.T) {
	rig := realcli.Start(t, realcli.Options{})
	rig.Command = rig.NativeDir + "/signal-cli-native"
	got := rig.Run(t, rig.ConfigDir, "", "--version")
	if want := "signal-cli " + realcli.Version; strings.TrimSpace(got.Stdout) != want || got.Exit != 0 {
		t.Errorf("signal-cli-native --version = %q, exit %d, want %q", got.Stdout, got.Exit, want)
	}
}

func TestServerFaultsReachTheSender(t *testing.T) {
	rig := realcli.Start(t, realcli.Options{})
	first, second := rig.Accounts[0].Number, rig.Accounts[1].Number
	daemon := rig.StartDaemon(t, realcli.DaemonOptions{})
	c := realcli.Dial(t, "unix", daemon.Socket)
	send := map[string]any{"account": first, "recipient": []string{second}, "message": "m"}

	rig.Server.Reply("PUT /v1/messages", 429)
	if _, err := c.Call("send", send); err == nil || !strings.Contains(err.Error(), "-5") {
		t.Errorf("send past the rate limit: %v, want error -5", err)
	}
	rig.Server.Unreply("PUT /v1/messages")
	rig.Server.Down(true)
	if _, err := c.Call("send", send); err == nil {
		t.Error("send without a server succeeded")
	}
	rig.Server.Down(false)
	call(t, c, "send", send)

	call(t, c, "subscribeReceive", nil)
	nextText(t, c, second)
	if err := rig.Server.Garbage(first, second); err != nil {
		t.Fatal(err)
	}
	for {
		raw, err := c.Notification()
		if err != nil {
			t.Fatal(err)
		}
		if decode(t, raw).Exception != nil {
			return
		}
	}
}
