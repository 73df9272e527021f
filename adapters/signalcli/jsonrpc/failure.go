package jsonrpc

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"heliograph/adapters/signalcli"
	"heliograph/domain"
)

// ErrLineTooLong ends a connection over which more than Options.MaxLine bytes came without a line end.
var ErrLineTooLong = errors.New("a line from signal-cli is longer than the limit")

var (
	errNotQueued = errors.New("the connection was lost before the call was queued")
	errSilent    = errors.New("signal-cli did not answer a sign of life in time")
	errStalled   = errors.New("received messages cannot be stored, so signal-cli is not read")
	errQueueFull = errors.New("signal-cli does not read its requests")
	errTimeout   = errors.New("no answer in time")
)

// errorOf reads the error member of an answer.
func errorOf(call signalcli.Call, raw []byte) error {
	var e struct {
		Code    int             `json:"code"`
		Message string          `json:"message"`
		Data    json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(raw, &e); err != nil {
		return &domain.Error{Op: call.Method, Kind: domain.Backend, Detail: "signal-cli gave an error that cannot be understood", Err: err}
	}
	return signalcli.ErrorOf(call, signalcli.Failure{Code: e.Code, Message: e.Message, Data: e.Data})
}

// lostError is the error of a call whose answer will not come; may says that it may have been carried out.
func lostError(op string, may bool, cause error) error {
	if may {
		return &domain.Error{Op: op, Kind: domain.OutcomeUnknown, Err: cause,
			Detail: "signal-cli took the call and was lost before it answered; it may have been carried out"}
	}
	return &domain.Error{Op: op, Kind: domain.Unavailable, Err: cause, Detail: "the connection to signal-cli was lost"}
}

func notConnected(op string, cause error) error {
	if cause == nil {
		cause = &domain.Backoff{RetryAfter: time.Second}
	} else {
		cause = errors.Join(&domain.Backoff{RetryAfter: time.Second}, cause)
	}
	return &domain.Error{Op: op, Kind: domain.Unavailable, Err: cause, Detail: "there is no connection to signal-cli"}
}

func queueFull(op string) error {
	return &domain.Error{Op: op, Kind: domain.Unavailable, Err: errors.Join(&domain.Backoff{RetryAfter: time.Second}, errQueueFull),
		Detail: "too many bytes wait for signal-cli"}
}

// ended is the error of a call whose time was over; left says that its request had been written.
func ended(call signalcli.Call, cause error, left bool) error {
	if left && call.Effect {
		return &domain.Error{Op: call.Method, Kind: domain.OutcomeUnknown, Err: cause,
			Detail: "signal-cli did not answer in time; the call may have been carried out"}
	}
	return endedBefore(call.Method, cause)
}

func endedBefore(op string, cause error) error {
	if errors.Is(cause, context.Canceled) {
		return &domain.Error{Op: op, Kind: domain.Canceled, Err: cause, Detail: "the caller went away"}
	}
	return &domain.Error{Op: op, Kind: domain.Timeout, Err: cause, Detail: "signal-cli did not answer in time"}
}
