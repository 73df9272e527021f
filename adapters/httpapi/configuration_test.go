package httpapi_test

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"heliograph/adapters/httpapi"
)

func TestDefect35EveryLogLevelReadsBack(t *testing.T) {
	level := new(slog.LevelVar)
	h, _ := newHandler(t, &core{}, httpapi.Options{LogLevel: level})
	for _, name := range []string{"error", "warn", "debug", "info"} {
		w := call(t, h, http.MethodPost, "/v1/configuration", `{"logging":{"level":"`+name+`"}}`)
		if w.Code != http.StatusNoContent {
			t.Fatalf("%s: %d %s", name, w.Code, w.Body)
		}
		if got := strings.ToLower(level.Level().String()); got != name {
			t.Errorf("logs at %s, want %s", got, name)
		}
		want := `{"logging":{"Level":"` + name + `"}}`
		if got := strings.TrimSpace(call(t, h, http.MethodGet, "/v1/configuration", "").Body.String()); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestUnknownLogLevelChangesNothing(t *testing.T) {
	level := new(slog.LevelVar)
	level.Set(slog.LevelWarn)
	h, _ := newHandler(t, &core{}, httpapi.Options{LogLevel: level})
	for body, status := range map[string]int{
		`{"logging":{"Level":"verbose"}}`: http.StatusBadRequest, `{}`: http.StatusNoContent, `{"logging":null}`: http.StatusNoContent, `[1]`: http.StatusBadRequest,
	} {
		if w := call(t, h, http.MethodPost, "/v1/configuration", body); w.Code != status {
			t.Errorf("%s: %d, want %d", body, w.Code, status)
		}
	}
	if level.Level() != slog.LevelWarn {
		t.Errorf("logs at %v", level.Level())
	}
}
