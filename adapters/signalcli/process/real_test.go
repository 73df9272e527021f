package process_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

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

// An archive that does not fit any more, as after an upgrade, costs time and nothing else: what Java has to say of it does not
// get into the answer, also not of several at once, and the next Warm makes a new one.
func TestRealStaleArchive(t *testing.T) {
	rig := realcli.Start(t, realcli.Options{})
	archive := filepath.Join(rig.Dir, "archive.jsa")
	carrier := newCarrier(t, process.Options{
		Command: plainLauncher(t, rig), ConfigDir: rig.ConfigDir, TempDir: filepath.Join(rig.Dir, "scratch"), Grace: 5 * time.Second,
		Archive: archive,
	})
	if err := carrier.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	whole, err := os.Stat(archive)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(archive, whole.Size()/2); err != nil {
		t.Fatal(err)
	}
	var calls errgroup.Group
	contacts := signalcli.NewContacts(signalcli.New(carrier, signalcli.Options{}))
	first, second := domain.Account(rig.Accounts[0].Number), domain.Account(rig.Accounts[1].Number)
	calls.Go(func() error {
		_, err := contacts.List(t.Context(), first, false)
		return err
	})
	calls.Go(func() error { // which is answered with silence
		name := "Alice"
		return contacts.Update(t.Context(), second, domain.Recipient{Number: first.Number()}, domain.ContactUpdate{Name: &name})
	})
	if err := calls.Wait(); err != nil {
		t.Errorf("with a stale archive: %v", err)
	}
	if err := carrier.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	if fresh, err := os.Stat(archive); err != nil || fresh.Size() < whole.Size()*9/10 {
		t.Errorf("the stale archive is still there: %v, %v", fresh, err)
	}
	if _, err := contacts.List(t.Context(), first, false); err != nil {
		t.Errorf("with the new archive: %v", err)
	}
}
