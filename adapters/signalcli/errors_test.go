package signalcli_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"heliograph/adapters/signalcli"
	"heliograph/domain"
)

const sendFailed = `{"timestamp":1700000000123,"results":[{"recipientAddress":{"uuid":"6d29e1af-1dbf-4cd4-8c38-e791efe01e6d",` +
	`"number":"+15550100002","username":null},"type":"TYPE"}]}`

// Both carriers report the same failures in their own way; each must come out as the same kind.
func TestFailuresHaveTheSameKindOverBothCarriers(t *testing.T) {
	results := func(types ...string) string {
		s := `{"timestamp":1700000000123,"results":[`
		for i, one := range types {
			if i > 0 {
				s += ","
			}
			s += `{"recipientAddress":{"uuid":null,"number":"+15550100002","username":null},"type":"` + one + `"}`
		}
		return s + `]}`
	}
	for _, tc := range []struct {
		name    string
		method  string
		code    int // of JSON-RPC
		exit    int // of a process
		text    string
		results string
		want    domain.Kind
	}{
		{"user error", "send", -1, 1, "No recipients given", "", domain.Invalid},
		{"bad number", "send", -1, 1, "Invalid phone number 'abc': No valid characters found.", "", domain.Invalid},
		{"bad group id", "send", -1, 1, `Invalid group id: Failed to decode groupId (must be base64) "x"`, "", domain.Invalid},
		{"unknown group", "send", -1, 1, "Group not found: AAAA=", "", domain.NotFound},
		{"unknown group to leave", "quitGroup", -1, 1, "Failed to send to group: Group not found: AAAA=", "", domain.NotFound},
		{"unknown attachment", "getAttachment", -1, 1, "Could not find attachment with ID: nope", "", domain.NotFound},
		{"recipient not registered", "send", -1, 1, "The user +15550200009 is not registered.", "", domain.Unregistered},
		{"account not there, process", "send", -1, 1, "User +15550100009 is not registered.", "", domain.UnknownAccount},
		{"nobody registered", "send", -1, 1, "Failed to send message", results("UNREGISTERED_FAILURE", "UNREGISTERED_FAILURE"), domain.Unregistered},
		{"no network for anybody", "send", -1, 1, "Failed to send message", results("NETWORK_FAILURE"), domain.Backend},
		{"mixed failures", "send", -1, 1, "Failed to send message", results("NETWORK_FAILURE", "IDENTITY_FAILURE"), domain.Backend},
		{"untrusted", "send", -4, 4, "Failed to send message due to untrusted identities", results("IDENTITY_FAILURE"), domain.Untrusted},
		{"rate limit", "send", -5, 5, "Failed to send message due to rate limiting", results("RATE_LIMIT_FAILURE"), domain.RateLimited},
		{"rate limit without results", "register", -5, 5, "Rate limit reached", "", domain.RateLimited},
		{"captcha rejected", "submitRateLimitChallenge", -6, 6, "Captcha rejected", "", domain.CaptchaRejected},
		{"captcha rejected before 0.14.3", "submitRateLimitChallenge", -1, 1, "Captcha rejected", "", domain.CaptchaRejected},
		{"captcha needed", "register", -1, 1, "Captcha invalid or required for verification (null)", "", domain.CaptchaRejected},
		{"outage as I/O error", "updateProfile", -3, 3, "Update profile error: Closed unexpectedly", "", domain.Backend},
		{"outage as user error", "sendTyping", -1, 1, "Failed to send message: Closed unexpectedly (SocketException)", "", domain.Backend},
		{"outage as unexpected error", "send", -32603, 2, "Failed to send message: java.net.SocketException: Closed unexpectedly (IOException) (UnexpectedErrorException)", "", domain.Backend},
		{"server silent", "send", -32603, 2, "Failed to send message: java.util.concurrent.TimeoutException: The source did not signal an event for 10 seconds and has been terminated. (PushNetworkException) (UnexpectedErrorException)", "", domain.Backend},
		{"server out of reach", "register", -3, 3, "Failed to register: chat.signal.org (UnknownHostException)", "", domain.Unavailable},
		{"server refuses", "send", -32603, 2, "Failed to send message: Connection refused (ConnectException) (UnexpectedErrorException)", "", domain.Unavailable},
		{"account unlinked", "send", -32603, 2, "Failed to send message: [401] Authorization failed! (AuthorizationFailedException) (UnexpectedErrorException)", "", domain.Unregistered},
		{"file unreadable", "send", -32603, 2, "Failed to send message: /nonexistent: /nonexistent (No such file or directory) (AttachmentInvalidException) (UnexpectedErrorException)", "", domain.Backend},
		{"defect", "send", -32603, 2, "Something broke (NullPointerException)", "", domain.Backend},
		{"wrong verification code", "verify", -3, 3, "Verify error: [403] Verification code wrong (AuthorizationFailedException)", "", domain.Invalid},
		{"linked device", "setPin", -1, 1, "This command doesn't work on linked devices.", "", domain.Conflict},
		{"unknown device", "removeDevice", -3, 3, "Error while removing device: [404] Not found", "", domain.NotFound},
		{"group change not allowed", "updateGroup", -32603, 2, "Failed to send message: [403]  (AuthorizationFailedException)", "", domain.Conflict},
		{"banned from a group", "joinGroup", -3, 3, "Failed to join group: [403]  (AuthorizationFailedException)", "", domain.Conflict},
		{"account unlinked, group", "updateGroup", -32603, 2, "Failed to send message: [401]  (AuthorizationFailedException)", "", domain.Unregistered},
		{"version refused", "verify", -3, 3, "Verify error: StatusCode: 499", "", domain.Backend},
		{"version refused, user error", "send", -1, 1, "Failed to send message: StatusCode: 499", "", domain.Backend},
		{"last admin", "quitGroup", -1, 1, "You need to specify a new admin with --admin: User is last admin in group: Group 1", "", domain.Conflict},
		{"receiving already", "receive", -1, 1, "Receive command cannot be used if messages are already being received.", "", domain.Conflict},
		{"no text at all", "send", -1, 1, "", "", domain.Invalid},
	} {
		t.Run(tc.name, func(t *testing.T) {
			call := signalcli.Call{Method: tc.method, Account: account, Effect: true}
			answered := signalcli.Failure{Code: tc.code, Message: tc.text}
			if tc.results != "" {
				answered.Data = []byte(`{"response":` + tc.results + `}`)
			}
			ended := signalcli.ExitFailure(tc.exit, []byte(tc.results+"\n"), []byte("INFO  AccountHelper - hello\n"+tc.text+"\n"))
			for carrier, failure := range map[string]signalcli.Failure{"JSON-RPC": answered, "process": ended} {
				err := signalcli.ErrorOf(call, failure)
				if got := domain.KindOf(err); got != tc.want {
					t.Errorf("%s: kind %v, want %v", carrier, got, tc.want)
				}
				if got := domain.DetailOf(err); tc.text != "" && got != tc.text || got == "" {
					t.Errorf("%s: detail %q, want signal-cli's own text", carrier, got)
				}
			}
		})
	}
}

func TestFailuresOfJSONRPCAlone(t *testing.T) {
	for _, tc := range []struct {
		code int
		text string
		want domain.Kind
	}{
		{-32601, "Method not implemented", domain.Unsupported},
		{-32602, "Specified account does not exist", domain.UnknownAccount},
		{-32602, "Method requires valid account parameter", domain.UnknownAccount},
		{-32602, "something else", domain.Invalid},
		{-32600, `Unrecognized field "x"`, domain.Internal},
		{-32700, "parse error", domain.Internal},
		{0, "zero", domain.Backend},
		{4711, "never heard of", domain.Backend},
	} {
		err := signalcli.ErrorOf(signalcli.Call{Method: "send"}, signalcli.Failure{Code: tc.code, Message: tc.text})
		if domain.KindOf(err) != tc.want || domain.DetailOf(err) != tc.text {
			t.Errorf("%d %s: got %v, want %v", tc.code, tc.text, err, tc.want)
		}
	}
}

func TestRateLimitHoldsTokensAndTime(t *testing.T) {
	const data = `{"response":{"timestamp":1700000000123,"results":[
		{"recipientAddress":{"number":"+15550100002"},"type":"RATE_LIMIT_FAILURE","token":"token-1","retryAfterSeconds":60},
		{"recipientAddress":{"number":"+15550100003"},"type":"RATE_LIMIT_FAILURE","retryAfterSeconds":3600},
		{"recipientAddress":{"uuid":"6d29e1af-1dbf-4cd4-8c38-e791efe01e6d"},"type":"RATE_LIMIT_FAILURE","token":"token-2"}]}}`
	for name, tc := range map[string]struct {
		data string
		want domain.RateLimit
	}{
		"tokens (defect 30: no empty ones)": {data, domain.RateLimit{Account: account, ChallengeTokens: []string{"token-1", "token-2"}, RetryAfter: time.Hour}},
		"no data":                           {"null", domain.RateLimit{Account: account}},
		"no results":                        {`{"response":{"timestamp":1,"results":[]}}`, domain.RateLimit{Account: account}},
		"data of another shape":             {`{"response":[1]}`, domain.RateLimit{Account: account}},
	} {
		err := signalcli.ErrorOf(signalcli.Call{Method: "send", Account: account}, signalcli.Failure{Code: -5, Message: "Rate limit", Data: []byte(tc.data)})
		var limit *domain.RateLimit
		if !errors.As(err, &limit) {
			t.Fatalf("%s: no cause in %v", name, err)
		}
		if diff := cmp.Diff(tc.want, *limit); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestUntrustedIdentityNamesWhom(t *testing.T) {
	const data = `{"response":{"timestamp":1,"results":[
		{"recipientAddress":{"uuid":"6d29e1af-1dbf-4cd4-8c38-e791efe01e6d","number":"+15550100002","username":null},"type":"IDENTITY_FAILURE"},
		{"recipientAddress":{"uuid":null,"number":null,"username":null},"type":"IDENTITY_FAILURE"}]}}`
	err := signalcli.ErrorOf(signalcli.Call{Method: "send"}, signalcli.Failure{Code: -4, Message: "untrusted", Data: []byte(data)})
	var cause *domain.UntrustedIdentity
	if !errors.As(err, &cause) {
		t.Fatalf("no cause in %v", err)
	}
	want := []domain.Address{{UUID: "6d29e1af-1dbf-4cd4-8c38-e791efe01e6d", Number: "+15550100002"}}
	if diff := cmp.Diff(want, cause.Recipients); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReasonOfAProcessIsReadable(t *testing.T) {
	for name, tc := range map[string]struct{ stderr, want string }{
		"log lines": {"INFO  AccountHelper - hello\nWARN  x - y\n2026-11-22T10:00:00.000Z [main] INFO  org.asamk - z\nPicked up JAVA_TOOL_OPTIONS: -Xmx1g\nUser input was rejected\n",
			"User input was rejected"},
		"stack":        {"Failed to send message: x (IOException)\njava.io.IOException: x\n\tat a.b.C(D.java:1)\n\t... 3 more\nCaused by: y\n", "Failed to send message: x (IOException)\njava.io.IOException: x"},
		"syntax error": {"usage: signal-cli send [-h]\n                [-m MESSAGE]\nsignal-cli: error: unrecognized arguments: '--nope'\n", "signal-cli: error: unrecognized arguments: '--nope'"},
		"no UTF-8":     {"bad \xff\n", "bad \uFFFD"},
		"nothing":      {"", "signal-cli failed without saying why"},
	} {
		err := signalcli.ErrorOf(signalcli.Call{Method: "send"}, signalcli.ExitFailure(3, nil, []byte(tc.stderr)))
		if got := domain.DetailOf(err); got != tc.want {
			t.Errorf("%s: got %q, want %q", name, got, tc.want)
		}
	}
	if got := signalcli.ExitFailure(77, []byte(sendFailed), nil); got.Code != -32603 || len(got.Data) == 0 {
		t.Errorf("unknown exit code: %+v", got)
	}
}

// Who is refused, a recipient or the account itself, and whether because of signal-cli's age, is told by the cause of the error.
func TestRefusalsByCause(t *testing.T) {
	const exception = "Failed to send message: org.whispersystems.signalservice.api.push.exceptions.DeprecatedVersionException: StatusCode: 499 (IOException)"
	for text, want := range map[string]struct{ lost, outdated bool }{
		"[401] Authorization failed! (AuthorizationFailedException)": {lost: true},
		"Authorization failed, was the account deleted?":             {lost: true},
		"The user +15550200009 is not registered.":                   {},
		"Error while checking account: StatusCode: 499":              {outdated: true},
		"The app is too old (AppExpiredException)":                   {outdated: true},
		exception:                   {outdated: true},
		"StatusCode: 4990":          {},
		"StatusCode: 500":           {},
		"Closed unexpectedly [403]": {lost: true},
	} {
		for carrier, failure := range map[string]signalcli.Failure{
			"JSON-RPC": {Code: -3, Message: text}, "process": signalcli.ExitFailure(3, nil, []byte(text+"\n")),
		} {
			err := signalcli.ErrorOf(signalcli.Call{Method: "send", Account: account}, failure)
			var lost *domain.AccountLost
			var outdated *domain.BackendOutdated
			if errors.As(err, &lost) != want.lost || errors.As(err, &outdated) != want.outdated {
				t.Errorf("%s: %q is %v", carrier, text, err)
			}
		}
	}
}
