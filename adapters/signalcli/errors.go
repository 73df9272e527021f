package signalcli

import (
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"heliograph/domain"
)

// Failure is what signal-cli answered instead of a result.
type Failure struct {
	// Code is that of JSON-RPC; see ExitFailure for processes.
	Code int
	// Message is signal-cli's own text.
	Message string
	// Data is null, empty, or {"response": SendResult}.
	Data json.RawMessage
}

// The codes of signal-cli.
const (
	codeUser           = -1
	codeIO             = -3
	codeUntrusted      = -4
	codeRateLimit      = -5
	codeCaptcha        = -6
	codeParse          = -32700
	codeInvalidRequest = -32600
	codeNoMethod       = -32601
	codeAccount        = -32602
	codeInternal       = -32603
)

// ErrorOf is the error of call that signal-cli answered with failure. For one and the same cause signal-cli uses
// several codes, so its texts are read too, here and nowhere else. Detail is signal-cli's own text.
func ErrorOf(call Call, failure Failure) error {
	sent := sentBefore(failure.Data)
	e := &domain.Error{Op: call.Method, Kind: kindOf(call, failure, sent), Detail: strings.TrimSpace(failure.Message)}
	if e.Detail == "" {
		e.Detail = "signal-cli failed without saying why"
	}
	switch e.Kind {
	case domain.RateLimited:
		e.Err = rateLimit(call.Account, sent)
	case domain.Untrusted:
		e.Err = untrusted(sent)
	case domain.Unregistered:
		if accountRefused.MatchString(failure.Message) {
			e.Err = &domain.AccountLost{}
		}
	case domain.Backend:
		if versionRefused.MatchString(failure.Message) {
			e.Err = &domain.BackendOutdated{}
		}
	}
	return e
}

var (
	accountRefused = regexp.MustCompile(`(?i)AuthorizationFailed|Authorization failed|\[40[13]\]`)
	// versionRefused is what signal-cli says when Signal takes its version no more, over HTTP and over libsignal.
	versionRefused = regexp.MustCompile(`StatusCode: 499\b|DeprecatedVersionException|AppExpiredException|too old for the Signal-Server`)
)

// VersionRefused reports whether a line of a daemon's standard error says that Signal takes this version of signal-cli no more: such
// a daemon ends before it can answer anybody.
func VersionRefused(line []byte) bool { return versionRefused.Match(line) }

func kindOf(call Call, f Failure, sent domain.SendResult) domain.Kind {
	switch f.Code {
	case codeUntrusted:
		return domain.Untrusted
	case codeRateLimit:
		return domain.RateLimited
	case codeCaptcha:
		return domain.CaptchaRejected
	case codeNoMethod:
		return domain.Unsupported
	case codeAccount:
		return accountKind(f.Message)
	case codeParse, codeInvalidRequest:
		return domain.Internal
	}
	if kind, ok := resultsKind(sent); ok {
		return kind
	}
	for _, t := range texts {
		if t.pattern.MatchString(f.Message) && (t.method == "" || t.method == call.Method) {
			return t.kind
		}
	}
	if f.Code == codeUser {
		return domain.Invalid
	}
	return domain.Backend
}

// texts tell the cause where the code does not; the first that fits counts.
var texts = []struct {
	pattern *regexp.Regexp
	// method is empty for every one.
	method string
	kind   domain.Kind
}{
	{regexp.MustCompile(`(?i)captcha`), "register", domain.CaptchaRejected},
	{regexp.MustCompile(`(?i)captcha`), "submitRateLimitChallenge", domain.CaptchaRejected},
	{regexp.MustCompile(`(?i)code wrong|Verify error: \[403\]|Verification failed`), "verify", domain.Invalid},
	{regexp.MustCompile(`(?i)^Specified account does not exist|^Method requires valid account parameter|^User \S+ is not registered`),
		"", domain.UnknownAccount},
	// Of a group the server refuses what the account may not do there; in all else it refuses the account.
	{regexp.MustCompile(`\[403\]`), "updateGroup", domain.Conflict},
	{regexp.MustCompile(`\[403\]`), "joinGroup", domain.Conflict},
	{regexp.MustCompile(`\[404\]`), "removeDevice", domain.NotFound},
	{versionRefused, "", domain.Backend},
	{accountRefused, "", domain.Unregistered},
	{regexp.MustCompile(`(?i)^The user \S+ is not registered|UnregisteredRecipient|Unregistered user`), "", domain.Unregistered},
	{regexp.MustCompile(`(?i)rate.?limit|\[429\]|\[413\] `), "", domain.RateLimited},
	{regexp.MustCompile(`(?i)UntrustedIdentity|untrusted identit`), "", domain.Untrusted},
	{regexp.MustCompile(`UnknownHostException|ConnectException|NoRouteToHostException|(?i:connection refused)`), "", domain.Unavailable},
	{regexp.MustCompile(`SocketException|SocketTimeoutException|PushNetworkException|TimeoutException|IOException|` +
		`StatusCode: 5|Closed unexpectedly|Connection closed`), "", domain.Backend},
	{regexp.MustCompile(`Group not found: |^Could not find |NotFoundException`), "", domain.NotFound},
	{regexp.MustCompile(`already being received|last admin in group|not the primary device|isn't primary device|doesn't work on linked devices|already (linked|registered|exists)`),
		"", domain.Conflict},
	{regexp.MustCompile(`(?i)^unrecognized arguments|invalid choice`), "", domain.Unsupported},
}

func accountKind(message string) domain.Kind {
	if strings.Contains(strings.ToLower(message), "account") {
		return domain.UnknownAccount
	}
	return domain.Invalid
}

// resultsKind is the kind of a send in which nobody succeeded: what all have in common.
func resultsKind(sent domain.SendResult) (domain.Kind, bool) {
	if len(sent.Results) == 0 {
		return 0, false
	}
	status := sent.Results[0].Status
	for _, r := range sent.Results {
		if r.Status != status {
			return domain.Backend, true
		}
	}
	switch status {
	case domain.SendUnregistered:
		return domain.Unregistered, true
	case domain.SendIdentityFailure:
		return domain.Untrusted, true
	case domain.SendRateLimited:
		return domain.RateLimited, true
	}
	return domain.Backend, true
}

// sentBefore reads the results out of {"response": SendResult}.
func sentBefore(data json.RawMessage) domain.SendResult {
	if len(data) == 0 {
		return domain.SendResult{}
	}
	var d struct {
		Response sendAnswer `json:"response"`
	}
	if json.Unmarshal(data, &d) != nil {
		return domain.SendResult{}
	}
	return d.Response.result()
}

func rateLimit(account domain.Account, sent domain.SendResult) *domain.RateLimit {
	limit := &domain.RateLimit{Account: account}
	var longest time.Duration
	for _, r := range sent.Results {
		if r.ChallengeToken != "" {
			limit.ChallengeTokens = append(limit.ChallengeTokens, r.ChallengeToken)
		}
		longest = max(longest, r.RetryAfter)
	}
	limit.RetryAfter = longest
	return limit
}

func untrusted(sent domain.SendResult) *domain.UntrustedIdentity {
	cause := &domain.UntrustedIdentity{}
	for _, r := range sent.Results {
		if r.Status == domain.SendIdentityFailure && r.Address != (domain.Address{}) {
			cause.Recipients = append(cause.Recipients, r.Address)
		}
	}
	return cause
}
