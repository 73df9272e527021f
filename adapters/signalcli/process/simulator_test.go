package process_test

import (
	"encoding/json"
	"os"
	"path/filepath"
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
