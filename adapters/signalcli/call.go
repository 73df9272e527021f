package signalcli

import (
	"context"
	"encoding/json"

	"heliograph/domain"
)

// Carrier moves calls to a signal-cli and answers back: one JSON-RPC
// connection, or one process a call. It classifies failures (see errors.go) and never retries.
type Carrier interface {
	// Call carries call out and gives signal-cli's result, which is `{}` or null where it has none. Concurrent calls are
	// allowed. Errors are *domain.Error: what signal-cli answered by way of ErrorOf, Unavailable when the call certainly did not
	// reach it, OutcomeUnknown when a call with an effect may have (a read is Unavailable then).
	Call(ctx context.Context, call Call) (json.RawMessage, error)
}

// Call is one operation of signal-cli with its parameters.
type Call struct {
	// Method is signal-cli's name of it, the same on both carriers.
	Method string
	// Account is empty for methods that need none.
	Account domain.Account
	Params  []Param
	// Effect says that the call changes something, so that a call whose answer is lost is OutcomeUnknown.
	Effect bool
}

// Param is one parameter.
type Param struct {
	// Name is the camelCase singular; on the command line it becomes --dashed-name.
	Name string
	// Value is a string, []string, bool, int64 or []int64. A nil list and false (but not as a BoolValue) are left out; a list that is empty
	// but not nil is sent as such (on the command line: the option without values).
	Value any
	// Form is where the command line takes it.
	Form Form
}

// Form is the place of a parameter on the command line.
type Form uint8

// The forms. JSON-RPC does not care.
const (
	// Option is --dashed-name=value, or --dashed-name v1 v2 for lists, or the bare --dashed-name for true.
	Option Form = iota
	// Positional stands behind `--`.
	Positional
	// Stdin goes to standard input: --message-from-stdin.
	Stdin
	// BoolValue is an option that takes the word true or false.
	BoolValue
)
