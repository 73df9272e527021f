package process_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"heliograph/adapters/signalcli"
	"heliograph/adapters/signalcli/process"
	"heliograph/adapters/simulator"
	"heliograph/domain"
	"heliograph/ports"
	"heliograph/test/conformance/sendertest"
)

func TestSenderConformance(t *testing.T) {
	sendertest.Run(t, newSender)
}

// newSender is a Sender over the simulator's executable. Faults of signal-cli are the simulator's own, faults of processes are made
// by putting another program in its place.
func newSender(t *testing.T) sendertest.Harness {
	program := filepath.Join(t.TempDir(), "signal-cli")
	s := newSimulation(t)
	s.link(t, program)
	carrier := newCarrier(t, process.Options{Command: program, ConfigDir: s.configDir, Linger: 100 * time.Millisecond})
	file := filepath.Join(t.TempDir(), "picture.png")
	if err := os.WriteFile(file, []byte("\x89PNG\r\n\x1a\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	group, err := domain.ParseInternalGroupID(simulator.DemoGroupID)
	if err != nil {
		t.Fatal(err)
	}
	return sendertest.Harness{
		Sender: signalcli.New(carrier, signalcli.Options{SharedDisk: true}),
		From:   alice, To: domain.Recipient{Number: bob.Number()}, Group: group,
		Stranger: domain.Recipient{Number: "+15550100999"}, UnknownAccount: "+15550100998",
		File: domain.AttachmentFile{Path: file, FileName: "picture.png", ContentType: "image/png", Size: 8},
		Delivered: func(t *testing.T, n int) map[domain.Timestamp]string {
			return pollTexts(t, carrier, bob, n)
		},
		Stall: func() func() {
			s.replace(t, program, "exec sleep 60")
			return func() { s.link(t, program) }
		},
		Fail: func(kind domain.Kind) bool {
			failure, ok := failures[kind]
			if ok {
				s.restart(t, simulator.Script{Rules: []simulator.Rule{{Method: "send", Call: 1, Error: &failure}}})
			}
			return ok
		},
		LoseBefore: func() { os.Remove(program) },
		LoseAfter:  func() { s.replace(t, program, "cat > /dev/null; kill -KILL $$") },
		Close:      carrier.Close,
	}
}

// pollTexts polls until account has got n texts more.
func pollTexts(t *testing.T, carrier *process.Carrier, account domain.Account, n int) map[domain.Timestamp]string {
	t.Helper()
	texts := map[domain.Timestamp]string{}
	for end := time.Now().Add(hang); len(texts) < n; {
		if time.Now().After(end) {
			t.Fatalf("%d texts, want %d", len(texts), n)
		}
		err := carrier.Poll(t.Context(), account, ports.PollOptions{MaxMessages: n - len(texts)}, func(payload []byte) error {
			var p struct {
				Envelope struct {
					DataMessage *struct {
						Timestamp domain.Timestamp
						Message   string
					}
				}
			}
			if err := json.Unmarshal(payload, &p); err != nil {
				return err
			}
			if m := p.Envelope.DataMessage; m != nil {
				texts[m.Timestamp] = m.Message
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return texts
}

// failures are what signal-cli answers for each kind; the simulator's executable makes exit statuses and texts of them.
var failures = map[domain.Kind]simulator.Error{
	domain.Invalid:        {Code: -1, Message: "No recipients given"},
	domain.NotFound:       {Code: -1, Message: "Group not found: AAAA="},
	domain.UnknownAccount: {Code: -1, Message: "User +15550100001 is not registered."},
	domain.Unregistered:   {Code: -1, Message: "The user +15550100999 is not registered."},
	domain.Untrusted: {Code: -4, Message: "Failed to send message due to untrusted identities", Data: response(
		`{"recipientAddress":{"uuid":null,"number":"+15550100002","username":null},"type":"IDENTITY_FAILURE"}`)},
	domain.RateLimited: {Code: -5, Message: "Failed to send message due to rate limiting", Data: response(
		`{"recipientAddress":{"number":"+15550100002"},"type":"RATE_LIMIT_FAILURE","token":"challenge-token-1"},` +
			`{"recipientAddress":{"number":"+15550100003"},"type":"RATE_LIMIT_FAILURE"},` +
			`{"recipientAddress":{"number":"+15550100002"},"type":"RATE_LIMIT_FAILURE","token":"challenge-token-2"}`)},
	domain.CaptchaRejected: {Code: -6, Message: "Captcha rejected"},
	domain.Unavailable:     {Code: -32603, Message: "Failed to send message: Connection refused (ConnectException) (UnexpectedErrorException)"},
	domain.Backend:         {Code: -3, Message: "Failed to reach the server: timeout (SocketTimeoutException)"},
}

func response(results string) json.RawMessage {
	return json.RawMessage(`{"response":{"timestamp":1700000000123,"results":[` + results + `]}}`)
}

// simulation is a network of the simulator's executable.
type simulation struct {
	executable, configDir string
}

// newSimulation makes one that ends with the test; no process of it runs yet.
func newSimulation(t *testing.T) *simulation {
	t.Helper()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// The path of a socket must be short, so it cannot be the test's own directory.
	configDir, err := os.MkdirTemp("", "process")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(role, "signal-cli")
	t.Setenv("GORACE", "atexit_sleep_ms=0")
	s := &simulation{executable, configDir}
	t.Cleanup(func() {
		s.stop(t)
		os.RemoveAll(configDir)
	})
	return s
}

func (s *simulation) stop(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), hang)
	defer cancel()
	if err := simulator.Stop(ctx, s.configDir); err != nil {
		t.Errorf("stop: %v", err)
	}
}

// restart lets the network begin anew, with a script.
func (s *simulation) restart(t *testing.T, script simulator.Script) {
	t.Helper()
	s.stop(t)
	text, err := json.Marshal(script)
	path := filepath.Join(t.TempDir(), "script.json")
	if err == nil {
		err = os.WriteFile(path, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("HELIOGRAPH_SIMULATOR_SCRIPT", path)
}

// link makes program the simulator.
func (s *simulation) link(t *testing.T, program string) {
	t.Helper()
	os.Remove(program)
	if err := os.Symlink(s.executable, program); err != nil {
		t.Fatal(err)
	}
}

// replace makes program a shell script.
func (s *simulation) replace(t *testing.T, program, text string) {
	t.Helper()
	path, _ := script(t, text)
	os.Remove(program)
	if err := os.Symlink(path, program); err != nil {
		t.Fatal(err)
	}
}
