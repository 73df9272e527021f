package process_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"heliograph/adapters/signalcli"
	"heliograph/adapters/signalcli/carriertest"
	"heliograph/adapters/signalcli/process"
	"heliograph/adapters/simulator"
	"heliograph/domain"
	"heliograph/ports"
	"heliograph/test/conformance/accountstest"
	"heliograph/test/conformance/sendertest"
)

func TestSenderConformance(t *testing.T) { sendertest.Run(t, newSender) }

func TestCarrierConformance(t *testing.T) {
	carriertest.Run(t, func(t *testing.T) carriertest.Harness {
		s := newSimulation(t)
		carrier := s.carrier(t)
		return carriertest.Harness{
			Carrier: carrier, Account: alice, Recipient: string(bob),
			Delivered: func(t *testing.T, n int) []string {
				return slices.Collect(maps.Values(pollTexts(t, carrier, bob, n)))
			},
			Fault: func(faults ...carriertest.Fault) {
				var script simulator.Script
				for _, f := range faults {
					rule := simulator.Rule{Method: f.Method, Call: f.Call, Stall: f.Stall, Delay: f.Delay}
					if f.Error != nil {
						rule.Error = &simulator.Error{Code: f.Error.Code, Message: f.Error.Message, Data: f.Error.Data}
					}
					script.Rules = append(script.Rules, rule)
				}
				s.restart(t, script)
			},
		}
	})
}

func TestAccountsConformance(t *testing.T) {
	accountstest.Run(t, newAccounts)
	t.Run("captcha", func(t *testing.T) {
		t.Setenv("HELIOGRAPH_SIMULATOR_CAPTCHA", "required")
		accountstest.Run(t, func(t *testing.T) accountstest.Harness {
			h := newAccounts(t)
			return accountstest.Harness{Accounts: h.Accounts, Known: h.Known, Fresh: h.Fresh, Phone: h.Phone,
				RequireCaptcha: func() string { return "signalcaptcha://solved" }}
		})
	})
}

// newAccounts is an Accounts over the simulator's executable.
func newAccounts(t *testing.T) accountstest.Harness {
	t.Setenv("HELIOGRAPH_SIMULATOR_AUTO_SCAN", "+15550100004@2s") // late enough for those who do not wait for it
	s := newSimulation(t)
	return accountstest.Harness{
		Accounts: signalcli.New(s.carrier(t), signalcli.Options{SharedDisk: true}),
		Known:    []domain.Account{alice, bob, "+15550100003"}, Fresh: "+15550100777", Phone: "+15550100004",
		Code: func() string { return s.code(t) },
		Scan: func(string) error { return nil },
		Stall: func() func() {
			s.replace(t, "exec sleep 60")
			return func() { s.link(t) }
		},
		LoseAfter: func() { s.replace(t, "kill -KILL $$") },
	}
}

// newSender is a Sender over the simulator's executable. Faults of signal-cli are the simulator's own, faults of processes are made
// by putting another program in its place.
func newSender(t *testing.T) sendertest.Harness {
	s := newSimulation(t)
	carrier := s.carrier(t)
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
		File:      domain.AttachmentFile{Path: file, FileName: "picture.png", ContentType: "image/png", Size: 8},
		Delivered: func(t *testing.T, n int) map[domain.Timestamp]string { return pollTexts(t, carrier, bob, n) },
		Stall: func() func() {
			s.replace(t, "exec sleep 60")
			return func() { s.link(t) }
		},
		Fail: func(kind domain.Kind) bool {
			failure, ok := failures[kind]
			if ok {
				s.restart(t, simulator.Script{Rules: []simulator.Rule{{Method: "send", Call: 1, Error: &failure}}})
			}
			return ok
		},
		LoseBefore: func() { os.Remove(s.program) },
		LoseAfter:  func() { s.replace(t, "cat > /dev/null; kill -KILL $$") },
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
