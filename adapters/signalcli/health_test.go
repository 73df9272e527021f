package signalcli_test

import (
	"context"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/adapters/signalcli"
	"heliograph/domain"
	"heliograph/ports"
)

func TestHealthIsARoundTrip(t *testing.T) {
	s := &script{answer: `{"version":"0.14.6"}`}
	client := signalcli.New(s, signalcli.Options{})
	if got := client.Health(t.Context()); got.Err != nil || got.Version != "0.14.6" || !got.LastCall.IsZero() {
		t.Errorf("got %+v", got)
	}
	if len(s.calls) != 1 || s.calls[0].Method != "version" || s.calls[0].Effect {
		t.Errorf("got calls %v", s.calls)
	}
	s.err = domain.Errorf(domain.Unavailable, "version", "gone")
	_, _ = client.List(t.Context())
	if got := client.Health(t.Context()); domain.KindOf(got.Err) != domain.Unavailable || got.LastCall.IsZero() {
		t.Errorf("got %+v", got)
	}
	s.err, s.answer = nil, `"x"`
	if got := client.Health(t.Context()); domain.KindOf(got.Err) != domain.Backend {
		t.Errorf("got %+v", got)
	}
}

// silent is a carrier whose signal-cli never answers.
type silent struct{}

func (silent) Call(ctx context.Context, call signalcli.Call) (json.RawMessage, error) {
	<-ctx.Done()
	return nil, &domain.Error{Op: call.Method, Kind: domain.KindOf(ctx.Err()), Err: ctx.Err()}
}

func TestHealthWaitsFiveSecondsAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		got := signalcli.New(silent{}, signalcli.Options{}).Health(t.Context())
		if after := time.Since(began); domain.KindOf(got.Err) != domain.Timeout || after != 5*time.Second {
			t.Errorf("got %v after %v", got.Err, after)
		}
	})
}

// selfAware is a carrier that answers for its own health.
type selfAware struct{ silent }

func (selfAware) Health(context.Context) ports.BackendHealth {
	return ports.BackendHealth{Version: "1.2"}
}

func TestCarrierThatKnowsItsHealthIsAsked(t *testing.T) {
	if got := signalcli.New(selfAware{}, signalcli.Options{}).Health(t.Context()); got.Version != "1.2" {
		t.Errorf("got %+v", got)
	}
}
