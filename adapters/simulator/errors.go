package simulator

import (
	"encoding/json"
	"fmt"
)

// The codes of signal-cli's JSON-RPC answers.
const (
	codeUser           = -1
	codeIO             = -3
	codeUntrusted      = -4
	codeRateLimit      = -5
	codeCaptcha        = -6
	codeParse          = -32700
	codeInvalidRequest = -32600
	codeNoMethod       = -32601
	codeParams         = -32602
	codeInternal       = -32603
)

// Error is what a request is answered with when it fails. Data is null or a JSON object; a failed send
// carries {"response": …} in it.
type Error struct {
	Code    int             `json:"code"`
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data"`
}

// Error returns code and message.
func (e *Error) Error() string { return fmt.Sprintf("%d: %s", e.Code, e.Message) }

func userError(format string, args ...any) *Error {
	return &Error{Code: codeUser, Message: fmt.Sprintf(format, args...)}
}

func ioError(format string, args ...any) *Error {
	return &Error{Code: codeIO, Message: fmt.Sprintf(format, args...)}
}

func invalidRequest(format string, args ...any) *Error {
	return &Error{Code: codeInvalidRequest, Message: fmt.Sprintf(format, args...)}
}

// unexpected is the answer to expected trouble inside a send-like command: class UnexpectedErrorException.
func unexpected(format string, args ...any) *Error {
	return &Error{Code: codeInternal, Message: fmt.Sprintf(format, args...) + " (UnexpectedErrorException)"}
}

// nullPointer is the answer when a required parameter nobody checks is missing.
func nullPointer(name string) *Error {
	return &Error{Code: codeInternal, Message: fmt.Sprintf("Cannot use %q because it is null (NullPointerException)", name)}
}

// wrongType is the answer to a parameter of the wrong JSON type.
func wrongType(got, want string) *Error {
	return &Error{Code: codeInternal, Message: fmt.Sprintf(
		"class java.lang.%s cannot be cast to class java.lang.%s (ClassCastException)", got, want)}
}
