package clients_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// questioned finds the figures in what Schemathesis prints.
var questioned = regexp.MustCompile(`Selected: (\d+)/(\d+)[\s\S]*Test cases:\s+(\d+) generated, (\d+) passed`)

// TestSchemathesis questions the whole API by its own description: no status that
// is not described, no answer that violates its schema, no failure of the server,
// nothing without a token. schemathesis.toml says which checks do not apply, and why.
func TestSchemathesis(t *testing.T) {
	clients := installed(t)
	const token = "correct-horse-battery-staple"
	g := startGateway(t, "HELIOGRAPH_TOKEN="+token)

	box := g.inbox(t, alice)
	g.send(t, bob, "a file", alice, []byte("hello world"))
	attachment := box.message(t, "a file").DataMessage.Attachments[0].ID

	var made struct{ ID string }
	group := map[string]any{"name": "Questions", "members": []string{bob}, "group_link": "enabled"}
	if status := g.request(t, http.MethodPost, "/v1/groups/"+alice, group, &made); status != http.StatusCreated {
		t.Fatalf("group: status %d", status)
	}

	var hook struct{ ID string }
	if status := g.request(t, http.MethodPost, "/v1/webhooks", map[string]any{"url": "http://127.0.0.1:9/refused"}, &hook); status != http.StatusCreated {
		t.Fatalf("webhook: status %d", status)
	}

	command := exec.CommandContext(t.Context(), filepath.Join(clients.scripts, "schemathesis.sh"), g.url)
	command.Dir = t.TempDir() // it keeps notes of its runs where it is started; nothing is to depend on them
	command.Env = append(os.Environ(), "HELIOGRAPH_TOKEN="+token, "HELIOGRAPH_ATTACHMENT="+attachment, "HELIOGRAPH_GROUP="+made.ID, "HELIOGRAPH_WEBHOOK="+hook.ID,
		"PYTHONPYCACHEPREFIX="+filepath.Join(scratch, "pycache"))
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	command.WaitDelay = 10 * time.Second
	hung := time.AfterFunc(8*time.Minute, func() { _ = command.Process.Kill() })
	defer hung.Stop()
	out, err := command.CombinedOutput()
	figures := questioned.FindSubmatch(out)
	if err != nil || figures == nil || string(figures[1]) != string(figures[2]) || string(figures[3]) != string(figures[4]) {
		t.Fatalf("schemathesis: %v\n%s", err, out)
	}
	t.Logf("%s operations, %s cases, no failure", figures[1], figures[3])

	if status := g.request(t, http.MethodGet, "/readyz", nil, nil); status != http.StatusOK {
		t.Errorf("readyz afterwards: status %d", status)
	}
	if strings.Contains(g.said.String(), "panic") {
		t.Errorf("the gateway recovered from a panic:\n%s", g.said)
	}
}
