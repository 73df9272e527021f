package signalcli_test

import (
	"context"
	"encoding/json"
	"sync"

	"heliograph/adapters/signalcli"
	"heliograph/domain"
)

// script is a carrier in the hands of a test: it notes calls and gives one answer to all.
type script struct {
	answer  string
	err     error
	version string

	mu    sync.Mutex
	calls []signalcli.Call
}

func (s *script) Call(_ context.Context, call signalcli.Call) (json.RawMessage, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, call)
	return json.RawMessage(s.answer), s.err
}

func (s *script) Version(context.Context) (string, error) {
	if s.version == "" {
		return "", domain.Errorf(domain.Unavailable, "version", "unknown")
	}
	return s.version, nil
}
