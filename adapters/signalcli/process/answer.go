package process

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"heliograph/adapters/signalcli"
	"heliograph/adapters/signalcli/process/child"
	"heliograph/domain"
)

// errTooLong is an answer over the limit.
var errTooLong = errors.New("the answer is too long")

// readAll reads up to limit bytes.
func readAll(r io.Reader, limit int64) ([]byte, error) {
	var b bytes.Buffer
	n, err := b.ReadFrom(io.LimitReader(r, limit+1))
	if err == nil && n > limit {
		err = fmt.Errorf("%w: more than %d bytes", errTooLong, limit)
	}
	return b.Bytes(), err
}

// judge says what the end of a process and its output mean for call.
func judge(call signalcli.Call, exit child.Exit, stdout, stderr []byte, readErr error) (json.RawMessage, error) {
	lost := domain.Unavailable
	if call.Effect {
		lost = domain.OutcomeUnknown
	}
	fault := func(kind domain.Kind, detail string, cause error) (json.RawMessage, error) {
		return nil, &domain.Error{Op: call.Method, Kind: kind, Detail: detail, Err: cause}
	}
	result, isJSON := lastJSON(stdout)
	switch {
	case errors.Is(readErr, errTooLong):
		if !call.Effect {
			lost = domain.TooLarge
		}
		return fault(lost, "the answer of signal-cli is too long", readErr)
	case readErr != nil:
		return fault(lost, "the answer of signal-cli cannot be read", readErr)
	case exit.Code == 0 && isJSON:
		return result, nil
	case exit.Terminated: // also with status 0, which is how it ends in order
		if !call.Effect {
			lost = domain.Timeout
		}
		return fault(lost, "signal-cli did not answer in time", nil)
	case exit.Code == 0 && len(bytes.TrimSpace(stdout)) == 0:
		return json.RawMessage("{}"), nil
	case exit.Code == 0:
		if !call.Effect {
			lost = domain.Backend
		}
		return fault(lost, "signal-cli gave an answer that cannot be understood", nil)
	case exit.Code < 0, exit.Code > 128: // 128 and the signal is what a shell or Java says
		return fault(lost, "signal-cli was ended from outside", fmt.Errorf("signal %d, status %d", exit.Signal, exit.Code))
	}
	return nil, signalcli.ErrorOf(call, signalcli.ExitFailure(exit.Code, stdout, stderr))
}

// lastJSON finds the last line that is a JSON object or array. What else is there comes from the
// Java machine, which writes its warnings to standard output.
func lastJSON(stdout []byte) (json.RawMessage, bool) {
	for rest := bytes.TrimSpace(stdout); len(rest) > 0; {
		i := bytes.LastIndexByte(rest, '\n')
		line := bytes.TrimSpace(rest[i+1:])
		if len(line) > 0 && (line[0] == '{' || line[0] == '[') && json.Valid(line) {
			return json.RawMessage(line), true
		}
		if i < 0 {
			break
		}
		rest = rest[:i]
	}
	return nil, false
}

// drain reads what is left of output that is of no use any more.
func drain(r io.Reader) { io.Copy(io.Discard, r) }
