package httpapi_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"heliograph/adapters/httpapi"
	"heliograph/domain"
	"heliograph/ports"
)

type fakeStates struct{ *nouns }

func (f fakeStates) Status(_ context.Context, account domain.Account) (ports.AccountReport, error) {
	return f.report, f.did("status %s", account)
}

func TestAccountStatus(t *testing.T) {
	working := domain.AccountStatus{State: domain.StateWorking, Since: 1767225600123}
	for name, c := range map[string]struct {
		target string
		report ports.AccountReport
		err    error
		status int
		want   string
	}{
		"working": {"/v1/accounts/+15550100001/status", ports.AccountReport{AccountStatus: working}, nil, 200,
			`{"number":"+15550100001","since":"2026-01-01T00:00:00.123Z","state":"working"}`},
		"escaped": {"/v1/accounts/%2B15550100001/status", ports.AccountReport{AccountStatus: working, BackendVersion: "0.14.6"}, nil, 200,
			`{"backend_version":"0.14.6","number":"+15550100001","since":"2026-01-01T00:00:00.123Z","state":"working"}`},
		"challenge": {"/v1/accounts/+15550100001/status", ports.AccountReport{AccountStatus: domain.AccountStatus{
			State: domain.StateChallengeRequired, Since: 1767225600123, Reason: "why", ChallengeTokens: []string{"a", "b"}}}, nil, 200,
			`{"challenge_tokens":["a","b"],"number":"+15550100001","reason":"why","since":"2026-01-01T00:00:00.123Z","state":"challenge_required"}`},
		"unknown": {"/v1/accounts/+15550100001/status", ports.AccountReport{}, domain.Errorf(domain.NotFound, "", "not here"), 404,
			`{"code":"not_found","error":"not here"}`},
		"no number": {"/v1/accounts/x/status", ports.AccountReport{}, nil, 400,
			`{"code":"invalid","error":"phone number must begin with + and the country code"}`},
	} {
		t.Run(name, func(t *testing.T) {
			fake := &core{nouns: nouns{report: c.report, err: c.err}}
			h, _ := newHandler(t, fake, httpapi.Options{})
			w := call(t, h, http.MethodGet, c.target, "")
			if w.Code != c.status {
				t.Errorf("status %d", w.Code)
			}
			if diff := cmp.Diff(decoded(t, c.want), decoded(t, w.Body.String())); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func decoded(t *testing.T, text string) (value any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return value
}

// Lost accounts make the gateway not ready where none is left; whoever restarts what fails /v1/health would not help, so that stays as it is.
func TestReadinessTellsOfAccountsAndAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		report := ports.HealthReport{
			Accounts: map[domain.AccountState]int{domain.StateUnlinked: 1}, Useless: "none left", Warnings: []string{"one is lost"},
			LastEvent: time.Now().Add(-90 * time.Second),
		}
		h, _ := newHandler(t, &core{report: report}, httpapi.Options{})
		if w := call(t, h, http.MethodGet, "/v1/health", ""); w.Code != http.StatusNoContent {
			t.Errorf("/v1/health: %d %s", w.Code, w.Body)
		}
		w := call(t, h, http.MethodGet, "/readyz", "")
		want := `{"ready":false,"problems":["none left"],"warnings":["one is lost"],"accounts":{"unlinked":1},` +
			`"last_event":"1999-12-31T23:58:30Z","last_event_age_seconds":90}`
		if diff := cmp.Diff(decoded(t, want), decoded(t, w.Body.String())); diff != "" || w.Code != http.StatusServiceUnavailable {
			t.Errorf("%d %s", w.Code, diff)
		}
	})
}

// Who reads server-sent events of an account gets what the backend sent, as on a WebSocket.
func TestEventsReader(t *testing.T) {
	var got ports.Reader
	h, _ := newHandler(t, &core{stream: func(r ports.Reader) (ports.Stream, error) {
		got = r
		return nil, domain.Errorf(domain.Unavailable, "", "seen enough")
	}}, httpapi.Options{})
	call(t, h, http.MethodGet, "/v1/receive/+15550100001", "", "Accept", "text/event-stream")
	want := ports.Reader{Transport: "sse", Name: "sse …0001", Filter: domain.Filter{Account: "+15550100001", Backend: true}, From: domain.Latest}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
