package domain

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Kind says what sort of failure an Error is. The set is closed: edges choose
// statuses, close codes and exit codes by it, retries are decided by it.
type Kind uint8

const (
	// Internal is a defect of ours or of the backend, and what KindOf says of
	// errors it does not know.
	Internal Kind = iota
	// Invalid is a request that can never succeed as it is.
	Invalid
	// NotFound is something named in the request that does not exist.
	NotFound
	// UnknownAccount is an account that no backend has.
	UnknownAccount
	// Conflict is a request that the present state forbids.
	Conflict
	// Unregistered is an account or a recipient that Signal does not know (any more).
	Unregistered
	// Untrusted is a recipient whose identity key changed and is not trusted yet.
	// The cause is an *UntrustedIdentity where the backend named somebody.
	Untrusted
	// RateLimited is Signal asking for patience or a captcha. The cause is a
	// *RateLimit.
	RateLimited
	// CaptchaRejected is a captcha that Signal did not accept.
	CaptchaRejected
	// Unsupported is an operation the backend (or its version, or mode) lacks.
	Unsupported
	// TooLarge is a value over a limit; Detail names the limit.
	TooLarge
	// Unavailable is certainly not done and may be retried.
	Unavailable
	// OutcomeUnknown may have been done and is never retried by itself.
	OutcomeUnknown
	// Timeout is a deadline that passed before anything was done.
	Timeout
	// Canceled is a caller that went away before anything was done.
	Canceled
	// Backend is a failure that signal-cli reported and that no other kind
	// describes; nothing was sent.
	Backend
)

var kindNames = [...]string{
	Internal: "internal", Invalid: "invalid", NotFound: "not_found", UnknownAccount: "unknown_account",
	Conflict: "conflict", Unregistered: "unregistered", Untrusted: "untrusted_identity", RateLimited: "rate_limited",
	CaptchaRejected: "captcha_rejected", Unsupported: "unsupported", TooLarge: "too_large", Unavailable: "unavailable",
	OutcomeUnknown: "outcome_unknown", Timeout: "timeout", Canceled: "canceled", Backend: "backend_error",
}

// String is the stable name of the kind, the `code` of the REST API.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return kindNames[Internal]
}

// Kinds lists all kinds, for tests that hold a table complete.
func Kinds() []Kind {
	kinds := make([]Kind, len(kindNames))
	for i := range kinds {
		kinds[i] = Kind(i)
	}
	return kinds
}

// Error is the one error type that crosses the ports.
type Error struct {
	// Op is what was being done, in the words of the caller ("send", "listAccounts"). May be empty.
	Op string
	// Kind decides what happens next.
	Kind Kind
	// Detail may be shown to users of the API. It holds no key and no message text.
	Detail string
	// Err is the cause, for logs and errors.As. May be nil.
	Err error
}

// Errorf makes an Error; format and args become its Detail.
func Errorf(kind Kind, op, format string, args ...any) *Error {
	return &Error{Op: op, Kind: kind, Detail: fmt.Sprintf(format, args...)}
}

func (e *Error) Error() string {
	s := e.Detail
	if s == "" {
		s = e.Kind.String()
	}
	if e.Op != "" {
		s = e.Op + ": " + s
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// RateLimit is the cause of a RateLimited error.
type RateLimit struct {
	Account Account
	// ChallengeTokens are what submitRateLimitChallenge wants; empty when waiting is enough.
	ChallengeTokens []string
	// RetryAfter is zero when Signal named no time.
	RetryAfter time.Duration
}

func (*RateLimit) Error() string { return "rate limited by Signal" }

// UntrustedIdentity is the cause of an Untrusted error.
type UntrustedIdentity struct {
	// Recipients are those whose keys are not trusted; may be empty.
	Recipients []Address
}

func (*UntrustedIdentity) Error() string { return "identity key not trusted" }

// AccountLost is the cause of an Unregistered error where Signal refused the account and no recipient: its device was removed, or
// the number was registered elsewhere.
type AccountLost struct{}

func (*AccountLost) Error() string { return "account refused by Signal" }

// BackendOutdated is the cause of an error where Signal refuses the backend because of its age: Backend where it could say so itself,
// Unavailable where it does not start for that.
type BackendOutdated struct{}

func (*BackendOutdated) Error() string { return "signal-cli is too old for Signal" }

// Backoff is the cause of an Unavailable error that knows when to come back.
type Backoff struct{ RetryAfter time.Duration }

func (b *Backoff) Error() string { return "retry after " + b.RetryAfter.String() }

// KindOf is the kind of the first Error in the chain; errors of package context
// are Canceled and Timeout; everything else is Internal.
func KindOf(err error) Kind {
	var e *Error
	switch {
	case errors.As(err, &e):
		return e.Kind
	case errors.Is(err, context.Canceled):
		return Canceled
	case errors.Is(err, context.DeadlineExceeded):
		return Timeout
	}
	return Internal
}

// DetailOf is what may be shown to a user of err: the Detail of the first Error
// in the chain, else the name of its kind.
func DetailOf(err error) string {
	var e *Error
	if errors.As(err, &e) && e.Detail != "" {
		return e.Detail
	}
	return KindOf(err).String()
}
