package process_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"heliograph/adapters/signalcli"
	"heliograph/adapters/signalcli/process"
	"heliograph/domain"
	"heliograph/ports"
	"heliograph/test/realcli"
)

// The real signal-cli, one process a call: a message with hostile text goes from one account to the other.
func TestRealSignalCLI(t *testing.T) {
	rig := realcli.Start(t, realcli.Options{})
	first, second := domain.Account(rig.Accounts[0].Number), domain.Account(rig.Accounts[1].Number)
	carrier := newCarrier(t, process.Options{
		Command: rig.Command, ConfigDir: rig.ConfigDir, TempDir: filepath.Join(rig.Dir, "scratch dir"), Grace: 5 * time.Second,
		Archive: filepath.Join(rig.Dir, "archive.jsa"),
	})
	client := signalcli.New(carrier, signalcli.Options{SharedDisk: true})

	if err := carrier.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(rig.Dir, "archive.jsa")); err != nil {
		t.Error("no archive was written: ", err)
	}
	accounts, err := client.List(t.Context())
	if err != nil || len(accounts) != 2 {
		t.Fatalf("accounts %v, %v", accounts, err)
	}

	const text = "--help\n\"grüße\" 👋🏾 日本"
	sent, err := client.Send(t.Context(), first, domain.Message{
		Target: domain.Target{Recipients: []domain.Recipient{{Number: second.Number()}}}, Text: text,
	})
	if err != nil || len(sent.Results) != 1 {
		t.Fatalf("send: %+v, %v", sent, err)
	}

	var got []string
	err = carrier.Poll(t.Context(), second, ports.PollOptions{MaxMessages: 1}, func(payload []byte) error {
		var p struct {
			Account  domain.Account
			Envelope struct{ DataMessage *struct{ Message string } }
		}
		if err := json.Unmarshal(payload, &p); err != nil {
			return err
		}
		if p.Account == second && p.Envelope.DataMessage != nil {
			got = append(got, p.Envelope.DataMessage.Message)
		}
		return nil
	})
	if err != nil || len(got) != 1 || got[0] != text {
		t.Errorf("received %q, %v", got, err)
	}

	_, err = client.Send(t.Context(), "+15550109999", domain.Message{
		Target: domain.Target{Recipients: []domain.Recipient{{Number: second.Number()}}}, Text: text,
	})
	wantKind(t, err, domain.UnknownAccount)

	if left, _ := filepath.Glob(filepath.Join(rig.Dir, "tmp", "*")); len(left) > 0 {
		t.Errorf("outside of our directory are %s", strings.Join(left, " "))
	}
}
