package realcli_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"heliograph/test/realcli"
)

// envelope is what these tests look at in an envelope.
type envelope struct {
	Account  string
	Envelope struct {
		TypingMessage  *struct{ Action string }
		ReceiptMessage *struct{ IsRead bool }
		DataMessage    *struct {
			Message    string
			TextStyles []struct {
				Style         string
				Start, Length int
			}
			Quote       *struct{ Text string }
			Reaction    *struct{ Emoji string }
			Attachments []struct {
				ID   string
				Size int
			}
		}
	}
}

// await returns the next envelope for account that fits.
func await(t *testing.T, c *realcli.Conversation, account string, fits func(envelope) bool) envelope {
	t.Helper()
	for {
		raw, err := c.Notification()
		if err != nil {
			t.Fatal(err)
		}
		var wrapped struct{ Result envelope }
		if err := json.Unmarshal(raw, &wrapped); err != nil {
			t.Fatal(err)
		}
		if e := wrapped.Result; e.Account == account && fits(e) {
			return e
		}
	}
}

// What end-to-end tests send has to pass through the stand-in server unharmed.
func TestServerCarriesWhatTestsSend(t *testing.T) {
	rig := realcli.Start(t, realcli.Options{})
	first, second := rig.Accounts[0].Number, rig.Accounts[1].Number
	daemon := rig.StartDaemon(t, realcli.DaemonOptions{})
	c := realcli.Dial(t, "unix", daemon.Socket)
	call(t, c, "subscribeReceive", nil)
	send := func(method string, params map[string]any) (timestamp int64) {
		t.Helper()
		params["account"], params["recipient"] = first, []string{second}
		var sent struct{ Timestamp int64 }
		if err := json.Unmarshal(call(t, c, method, params), &sent); err != nil {
			t.Fatal(err)
		}
		return sent.Timestamp
	}
	isData := func(e envelope) bool { return e.Envelope.DataMessage != nil }

	timestamp := send("send", map[string]any{"message": "bold", "textStyle": []string{"0:4:BOLD"}})
	got := await(t, c, second, isData).Envelope.DataMessage
	if len(got.TextStyles) != 1 || got.TextStyles[0].Style != "BOLD" || got.TextStyles[0].Length != 4 {
		t.Errorf("styled text arrived as %+v", got)
	}

	send("send", map[string]any{
		"message": "answer", "quoteTimestamp": timestamp, "quoteAuthor": first, "quoteMessage": "bold",
	})
	if got := await(t, c, second, isData).Envelope.DataMessage; got.Quote == nil || got.Quote.Text != "bold" {
		t.Errorf("quote arrived as %+v", got)
	}

	send("sendReaction", map[string]any{"emoji": "👍", "targetAuthor": first, "targetTimestamp": timestamp})
	if got := await(t, c, second, isData).Envelope.DataMessage; got.Reaction == nil || got.Reaction.Emoji != "👍" {
		t.Errorf("reaction arrived as %+v", got)
	}

	send("sendTyping", map[string]any{})
	if got := await(t, c, second, func(e envelope) bool { return e.Envelope.TypingMessage != nil }); got.Envelope.TypingMessage.Action != "STARTED" {
		t.Errorf("typing arrived as %+v", got)
	}

	content := make([]byte, 1<<20)
	random := rand.NewChaCha8([32]byte{1})
	if _, err := random.Read(content); err != nil {
		t.Fatal(err)
	}
	uri := "data:application/octet-stream;filename=noise;base64," + base64.StdEncoding.EncodeToString(content)
	send("send", map[string]any{"attachment": []string{uri}})
	attachments := await(t, c, second, isData).Envelope.DataMessage.Attachments
	if len(attachments) != 1 || attachments[0].Size != len(content) {
		t.Fatalf("attachment arrived as %+v", attachments)
	}
	stored, err := os.ReadFile(filepath.Join(rig.ConfigDir, "attachments", attachments[0].ID))
	if err != nil || !bytes.Equal(stored, content) {
		t.Errorf("attachment of %d bytes stored, %v, want the %d sent", len(stored), err, len(content))
	}

	await(t, c, first, func(e envelope) bool { return e.Envelope.ReceiptMessage != nil })
}
