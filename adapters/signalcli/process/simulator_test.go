package process_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"heliograph/adapters/signalcli"
	"heliograph/adapters/signalcli/process"
	"heliograph/domain"
	"heliograph/ports"
)

// simulated is a carrier to the simulator's executable, with a network of its own.
func simulated(t *testing.T, options process.Options) (carrier *process.Carrier, client *signalcli.Client, configDir string) {
	t.Helper()
	s := newSimulation(t)
	options.Command, options.ConfigDir = s.executable, s.configDir
	carrier = newCarrier(t, options)
	return carrier, signalcli.New(carrier, signalcli.Options{SharedDisk: true}), s.configDir
}

func to(number domain.Account) domain.Target {
	return domain.Target{Recipients: []domain.Recipient{{Number: number.Number()}}}
}

func TestSendAndPoll(t *testing.T) {
	carrier, client, _ := simulated(t, process.Options{})
	file := filepath.Join(t.TempDir(), "note.txt")
	if err := os.WriteFile(file, []byte("attached"), 0o600); err != nil {
		t.Fatal(err)
	}
	const text = "--help\n\"grüße\" 👋🏾"
	sent, err := client.Send(t.Context(), alice, domain.Message{
		Target: to(bob), Text: text, Attachments: []domain.AttachmentFile{{Path: file, FileName: "note.txt", ContentType: "text/plain"}},
	})
	if err != nil || sent.Timestamp == 0 {
		t.Fatalf("%+v, %v", sent, err)
	}
	var payloads [][]byte
	err = carrier.Poll(t.Context(), bob, ports.PollOptions{MaxMessages: 1}, func(payload []byte) error {
		payloads = append(payloads, payload)
		return nil
	})
	if err != nil || len(payloads) != 1 {
		t.Fatalf("%d payloads, %v", len(payloads), err)
	}
	var got struct {
		Account  domain.Account
		Envelope struct {
			DataMessage struct {
				Message     string
				Attachments []struct{ Filename string }
			}
		}
	}
	if err := json.Unmarshal(payloads[0], &got); err != nil {
		t.Fatal(err)
	}
	data := got.Envelope.DataMessage
	if got.Account != bob || data.Message != text || len(data.Attachments) != 1 || data.Attachments[0].Filename != "note.txt" {
		t.Errorf("received %s", payloads[0])
	}
}

func TestRegistration(t *testing.T) {
	_, client, configDir := simulated(t, process.Options{})
	ctx := t.Context()
	const newcomer = domain.Account("+15550100099")
	if err := client.Register(ctx, newcomer, ports.RegisterOptions{Voice: true}); err != nil {
		t.Fatal(err)
	}
	log, err := os.ReadFile(filepath.Join(configDir, "simulator.log"))
	code := regexp.MustCompile(`\b\d{3}-?\d{3}\b`).Find(log)
	if err != nil || code == nil {
		t.Fatalf("no code in %q, %v", log, err)
	}
	if err := client.Verify(ctx, newcomer, string(code), ""); err != nil {
		t.Fatal(err)
	}
	accounts, err := client.List(ctx)
	if err != nil || accounts[len(accounts)-1] != newcomer {
		t.Errorf("accounts %v, %v", accounts, err)
	}
	if err := client.Unregister(ctx, newcomer, true); err != nil {
		t.Error(err)
	}
	_, err = client.Send(ctx, newcomer, domain.Message{Target: to(bob), Text: "still there?"})
	if err == nil {
		t.Error("an account that was unregistered can send")
	}
}

func TestLinkIsScanned(t *testing.T) {
	t.Setenv("HELIOGRAPH_SIMULATOR_AUTO_SCAN", "+15550100004@100ms")
	_, client, _ := simulated(t, process.Options{})
	link, err := client.StartLink(t.Context(), "-a phone")
	if err != nil {
		t.Fatal(err)
	}
	defer link.Close()
	account, err := link.Wait(t.Context())
	if err != nil || account != "+15550100004" {
		t.Errorf("linked %q, %v", account, err)
	}
}

// The errors of signal-cli arrive as the same kinds as over a connection.
func TestSimulatorErrors(t *testing.T) {
	_, client, _ := simulated(t, process.Options{})
	for name, c := range map[string]struct {
		from domain.Account
		to   domain.Account
		kind domain.Kind
	}{
		"unknown account":   {"+15550109999", bob, domain.UnknownAccount},
		"unknown recipient": {alice, "+15550109999", domain.Unregistered},
	} {
		_, err := client.Send(t.Context(), c.from, domain.Message{Target: to(c.to), Text: "hello"})
		if domain.KindOf(err) != c.kind || err == nil {
			t.Errorf("%s: %v, want %v", name, err, c.kind)
		}
	}
}

// A call that the account's lock keeps waiting ends with its time limit.
func TestStalledSignalCLI(t *testing.T) {
	script := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(script, []byte(`{"rules":[{"method":"listContacts","stall":true}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HELIOGRAPH_SIMULATOR_SCRIPT", script)
	carrier, client, _ := simulated(t, process.Options{Timeout: 2 * time.Second})
	if _, err := client.List(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := carrier.Call(t.Context(), read(alice))
	wantKind(t, err, domain.Timeout)
}
