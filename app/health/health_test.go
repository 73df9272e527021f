package health_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"heliograph/app/health"
	"heliograph/domain"
	"heliograph/ports"
)

type backend struct{ err error }

func (b backend) Health(ctx context.Context) ports.BackendHealth {
	if _, bounded := ctx.Deadline(); !bounded {
		panic("unbounded health check")
	}
	return ports.BackendHealth{Err: b.err, Version: "0.14.6"}
}

type receiving struct{ problems []string }

func (r receiving) Problems() []string { return r.problems }
func (receiving) LastEvent() time.Time { return time.Unix(1, 0) }

func TestCheckNamesEveryProblem(t *testing.T) {
	tests := map[string]struct {
		backend   error
		receiving []string
		problems  int
	}{
		"all well":                         {nil, nil, 0},
		"engine dead":                      {errors.New("gone"), nil, 1},
		"log full":                         {nil, []string{"events cannot be stored"}, 1},
		"engine dead and the log full too": {errors.New("gone"), []string{"events cannot be stored"}, 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			report := health.New(backend{test.backend}, receiving{test.receiving}).Check(t.Context())
			if len(report.Problems) != test.problems || report.Ready() != (test.problems == 0) {
				t.Errorf("%+v", report)
			}
			if !report.LastEvent.Equal(time.Unix(1, 0)) || report.Backend.Version != "0.14.6" {
				t.Errorf("%+v", report)
			}
		})
	}
}

// Who operates the gateway reads there what is wrong; the report is shown to anybody, so that numbers and what signal-cli said of requests are left out.
func TestCheckSaysWhatIsWrongWithTheBackend(t *testing.T) {
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"detail":        {domain.Errorf(domain.Unavailable, "", "signal-cli is not installed"), "signal-cli does not answer: signal-cli is not installed"},
		"with numbers":  {domain.Errorf(domain.Timeout, "", "no answer about +15550100001 in 120 s"), "signal-cli does not answer: no answer about … in 120 s"},
		"of a request":  {domain.Errorf(domain.Backend, "", "somebody is not there"), "signal-cli does not answer"},
		"no detail":     {&domain.Error{Kind: domain.Timeout}, "signal-cli does not answer"},
		"of a stranger": {errors.New("gone"), "signal-cli does not answer"},
	} {
		t.Run(name, func(t *testing.T) {
			report := health.New(backend{test.err}, receiving{}).Check(t.Context())
			if len(report.Problems) != 1 || report.Problems[0] != test.want {
				t.Errorf("got %q, want %q", report.Problems, test.want)
			}
		})
	}
}
