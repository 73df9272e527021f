package health_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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

type accounts map[domain.AccountState]int

func (a accounts) Counts() map[domain.AccountState]int { return a }

// One account that is lost must not take the gateway away from the others; when none is left, nothing can be sent or received. The gateway
// itself works all the same, and need not be restarted.
func TestCheckOfAccounts(t *testing.T) {
	for name, c := range map[string]struct {
		accounts accounts
		ready    bool
		warnings []string
	}{
		"none yet":                {nil, true, nil},
		"working":                 {accounts{domain.StateWorking: 2}, true, nil},
		"starting":                {accounts{domain.StateStarting: 1}, true, nil},
		"one of ten is unlinked":  {accounts{domain.StateWorking: 9, domain.StateUnlinked: 1}, true, []string{"1 of 10 accounts: unlinked: link or register again, or delete the local data"}},
		"the one is unlinked":     {accounts{domain.StateUnlinked: 1}, false, []string{"1 of 1 accounts: unlinked: link or register again, or delete the local data"}},
		"unlinked, another links": {accounts{domain.StateUnlinked: 1, domain.StateLinking: 1}, true, []string{"1 of 2 accounts: unlinked: link or register again, or delete the local data"}},
		"all are lost in their own ways": {accounts{domain.StateUnlinked: 1, domain.StateOutdated: 2}, false, []string{
			"1 of 3 accounts: unlinked: link or register again, or delete the local data",
			"2 of 3 accounts: refused by Signal because of the age of signal-cli: install a newer one"}},
		"a captcha is wanted": {accounts{domain.StateChallengeRequired: 1}, true, []string{"1 of 1 accounts: asked by Signal for a captcha: see the status of the accounts"}},
		// Of this the round trip to the backend speaks.
		"backend down": {accounts{domain.StateBackendDown: 3}, true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			report := health.New(backend{}, receiving{}, c.accounts).Check(t.Context())
			if report.Ready() != c.ready || !report.Works() || (report.Useless == "") != c.ready {
				t.Errorf("%+v", report)
			}
			if diff := cmp.Diff(c.warnings, report.Warnings); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(map[domain.AccountState]int(c.accounts), report.Accounts); diff != "" {
				t.Error(diff)
			}
		})
	}
}

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
			report := health.New(backend{test.backend}, receiving{test.receiving}, accounts{}).Check(t.Context())
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
		"detail":       {domain.Errorf(domain.Unavailable, "", "signal-cli is not installed"), "signal-cli does not answer: signal-cli is not installed"},
		"with numbers": {domain.Errorf(domain.Timeout, "", "no answer about +15550100001 in 120 s"), "signal-cli does not answer: no answer about … in 120 s"},
		"of a request": {domain.Errorf(domain.Backend, "", "somebody is not there"), "signal-cli does not answer"},
		"too old": {&domain.Error{Kind: domain.Unavailable, Detail: "there is no connection", Err: &domain.BackendOutdated{}},
			"Signal refuses this version of signal-cli: install a newer one"},
		"no detail":     {&domain.Error{Kind: domain.Timeout}, "signal-cli does not answer"},
		"of a stranger": {errors.New("gone"), "signal-cli does not answer"},
	} {
		t.Run(name, func(t *testing.T) {
			report := health.New(backend{test.err}, receiving{}, accounts{}).Check(t.Context())
			if len(report.Problems) != 1 || report.Problems[0] != test.want {
				t.Errorf("got %q, want %q", report.Problems, test.want)
			}
		})
	}
}
