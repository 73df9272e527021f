package httpapi_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"heliograph/adapters/httpapi"
	"heliograph/domain"
	"heliograph/ports"
)

func TestLogTellsRoutesAndNobody(t *testing.T) {
	var log bytes.Buffer
	fake := &core{send: func(d ports.Draft) (domain.SendResult, error) {
		if d.Text == "panic" {
			panic("as the test wants")
		}
		return domain.SendResult{}, &domain.Error{Kind: domain.Internal, Detail: "x", Err: errors.New(d.Text)}
	}}
	h := httpapi.New(httpapi.Ports{Messaging: fake, Receiving: fake, Health: fake, Attachments: fake.files}, httpapi.Options{
		Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Tokens: []httpapi.TokenHash{httpapi.HashToken("secret")},
	})
	const token = "Bearer secret"
	for _, c := range []struct{ method, target, body, route, status string }{
		{"GET", "/v1/receive/+15550100001?last_event_id=private", "", "/v1/receive/{number}", "status=200"},
		{"GET", "/v1/attachments/private", "", "/v1/attachments/{attachment}", "status=404"},
		{"POST", "/v2/send", `{` + to + `,"message":"private"}`, "/v2/send", "status=500"},
		{"POST", "/v2/send", `{` + to + `,"message":"panic"}`, "/v2/send", "status=500"},
		{"PRIVATE", "/private", "", `route=""`, "status=405"},
	} {
		log.Reset()
		w := call(t, h, c.method, c.target, c.body, "Authorization", token)
		lines := log.String()
		for _, word := range []string{"15550100001", "15550100002", "private", "PRIVATE", "secret"} {
			if strings.Contains(lines, word) {
				t.Errorf("%s %s logs %s: %s", c.method, c.target, word, lines)
			}
		}
		id := w.Header().Get("X-Request-Id")
		if !strings.Contains(lines, c.route) || !strings.Contains(lines, c.status) || id == "" || !strings.Contains(lines, id) {
			t.Errorf("%s %s, %s: %s", c.method, c.target, id, lines)
		}
	}
	if w := call(t, h, http.MethodGet, "/livez", ""); w.Code != http.StatusNoContent {
		t.Error(w.Code)
	}
}

func TestFailuresCarryTheirIDWithoutDebugLog(t *testing.T) {
	var log bytes.Buffer
	fake := &core{send: func(ports.Draft) (domain.SendResult, error) {
		return domain.SendResult{}, domain.Errorf(domain.Unavailable, "", "away")
	}}
	h := httpapi.New(httpapi.Ports{Messaging: fake}, httpapi.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	w := call(t, h, http.MethodPost, "/v2/send", `{`+to+`}`)
	if id := w.Header().Get("X-Request-Id"); id == "" || !strings.Contains(log.String(), id) || !strings.Contains(log.String(), "kind=unavailable") {
		t.Errorf("%q %s", id, log.String())
	}
}

// That a client went away is no fault of the gateway, and nothing for an operator to look into.
func TestClientThatGoesAwayIsNoWarning(t *testing.T) {
	fake := &core{send: func(ports.Draft) (domain.SendResult, error) {
		return domain.SendResult{}, &domain.Error{Kind: domain.Canceled, Err: context.Canceled}
	}}
	for level, logged := range map[slog.Level]bool{slog.LevelInfo: false, slog.LevelDebug: true} {
		var log bytes.Buffer
		h := httpapi.New(httpapi.Ports{Messaging: fake}, httpapi.Options{Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: level}))})
		call(t, h, http.MethodPost, "/v2/send", `{`+to+`}`)
		if got := strings.Contains(log.String(), `level=DEBUG msg="request failed"`); got != logged || strings.Contains(log.String(), "WARN") {
			t.Errorf("at level %v: %q", level, log.String())
		}
	}
}
