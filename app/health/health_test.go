package health_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"heliograph/app/health"
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
