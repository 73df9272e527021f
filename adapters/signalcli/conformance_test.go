package signalcli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"heliograph/adapters/signalcli"
	"heliograph/adapters/simulator"
	"heliograph/domain"
	"heliograph/test/conformance/accountstest"
	"heliograph/test/conformance/sendertest"
)

func TestSenderConformance(t *testing.T) {
	for _, by := range transports {
		t.Run(by.name, func(t *testing.T) {
			sendertest.Run(t, func(t *testing.T) sendertest.Harness {
				return sender(t, newBackend(t, by, simulator.Options{}))
			})
		})
	}
	t.Run("stdio child", func(t *testing.T) {
		sendertest.Run(t, func(t *testing.T) sendertest.Harness {
			return sender(t, connect(t, stdioChild, nil))
		})
	})
	t.Run("0.13.19", func(t *testing.T) {
		sendertest.Run(t, func(t *testing.T) sendertest.Harness {
			h := sender(t, newBackend(t, transports[0], simulator.Options{Version: "0.13.19"}))
			h.Supports = func(out domain.Outgoing) bool {
				switch out.(type) {
				case domain.Poll, domain.Vote, domain.PollEnd, domain.Pin, domain.Unpin, domain.AdminDelete, domain.Story:
					return false
				}
				return true
			}
			return h
		})
	})
}

func TestAccountsConformance(t *testing.T) {
	for _, by := range transports {
		t.Run(by.name, func(t *testing.T) {
			accountstest.Run(t, func(t *testing.T) accountstest.Harness {
				return accounts(newBackend(t, by, simulator.Options{}))
			})
		})
	}
	t.Run("captcha", func(t *testing.T) {
		accountstest.Run(t, func(t *testing.T) accountstest.Harness {
			h := accounts(newBackend(t, transports[0], simulator.Options{RequireCaptcha: true}))
			return accountstest.Harness{Accounts: h.Accounts, Known: h.Known, Fresh: h.Fresh, Phone: h.Phone,
				RequireCaptcha: func() string { return "signalcaptcha://solved" }}
		})
	})
}

func accounts(b *backend) accountstest.Harness {
	const fresh, phone = "+15550100777", "+15550100004"
	fault := func(rule simulator.Rule) { b.sim.SetScript(simulator.Script{Rules: []simulator.Rule{rule}}) }
	return accountstest.Harness{
		Accounts: signalcli.New(b.carrier, signalcli.Options{}),
		Known:    []domain.Account{"+15550100001", "+15550100002", "+15550100003"}, Fresh: fresh, Phone: phone,
		Code: func() string { return b.sim.VerificationCode(fresh) },
		Scan: func(uri string) error { return b.sim.Scan(uri, phone) },
		Stall: func() func() {
			fault(simulator.Rule{Method: "listAccounts", Stall: true})
			return func() { b.sim.SetScript(simulator.Script{}) }
		},
		LoseAfter: func() { // with the call itself, not with the version that is asked for beside it
			b.sim.SetScript(simulator.Script{Rules: []simulator.Rule{{Method: "register", CutAfter: true}, {Method: "listAccounts", CutAfter: true}}})
		},
	}
}

// sender makes the harness; the faults are the simulator's, so a child has none.
func sender(t *testing.T, b *backend) sendertest.Harness {
	file := filepath.Join(t.TempDir(), "picture.png")
	if err := os.WriteFile(file, []byte("\x89PNG\r\n\x1a\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	group, err := domain.ParseInternalGroupID(simulator.DemoGroupID)
	if err != nil {
		t.Fatal(err)
	}
	h := sendertest.Harness{
		Sender: signalcli.New(b.carrier, signalcli.Options{SharedDisk: true}),
		From:   account, To: bob, Group: group,
		Stranger: domain.Recipient{Number: "+15550100999"}, UnknownAccount: "+15550100998",
		File:      domain.AttachmentFile{Path: file, FileName: "picture.png", ContentType: "image/png", Size: 8},
		Delivered: func(t *testing.T, n int) map[domain.Timestamp]string { return b.inbox.take(t, "+15550100002", n) },
		Close:     b.stop,
	}
	if b.sim == nil {
		return h
	}
	h.Stall = func() func() {
		b.sim.SetScript(simulator.Script{Rules: []simulator.Rule{{Method: "send", Stall: true}}})
		return func() { b.sim.SetScript(simulator.Script{}) }
	}
	h.Fail = func(kind domain.Kind) bool {
		failure, ok := failures[kind]
		b.sim.SetScript(simulator.Script{Rules: []simulator.Rule{{Method: "send", Call: 1, Error: &failure}}})
		return ok
	}
	h.LoseBefore = func() {
		close(b.down)
		b.sim.Drop()
		b.awaitLoss(t)
	}
	h.LoseAfter = func() {
		b.sim.SetScript(simulator.Script{Rules: []simulator.Rule{{Method: "send", CutAfter: true}}})
	}
	return h
}

// failures are what signal-cli answers for each kind.
var failures = map[domain.Kind]simulator.Error{
	domain.Invalid:        {Code: -1, Message: "No recipients given"},
	domain.NotFound:       {Code: -1, Message: "Group not found: AAAA="},
	domain.UnknownAccount: {Code: -32602, Message: "Specified account does not exist"},
	domain.Unregistered:   {Code: -1, Message: "The user +15550100999 is not registered."},
	domain.Untrusted: {Code: -4, Message: "Failed to send message due to untrusted identities", Data: response(
		`{"recipientAddress":{"uuid":null,"number":"+15550100002","username":null},"type":"IDENTITY_FAILURE"}`)},
	domain.RateLimited: {Code: -5, Message: "Failed to send message due to rate limiting", Data: response(
		`{"recipientAddress":{"number":"+15550100002"},"type":"RATE_LIMIT_FAILURE","token":"challenge-token-1"},` +
			`{"recipientAddress":{"number":"+15550100003"},"type":"RATE_LIMIT_FAILURE"},` +
			`{"recipientAddress":{"number":"+15550100002"},"type":"RATE_LIMIT_FAILURE","token":"challenge-token-2"}`)},
	domain.CaptchaRejected: {Code: -6, Message: "Captcha rejected"},
	domain.Unsupported:     {Code: -32601, Message: "Method not implemented"},
	domain.Unavailable:     {Code: -32603, Message: "Failed to send message: Connection refused (ConnectException) (UnexpectedErrorException)"},
	domain.Backend:         {Code: -3, Message: "Failed to reach the server: timeout (SocketTimeoutException)"},
}

func response(results string) json.RawMessage {
	return json.RawMessage(`{"response":{"timestamp":1700000000123,"results":[` + results + `]}}`)
}
