package clients_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"heliograph/adapters/webhook"
	"heliograph/domain"
	"heliograph/ports"
)

// The receiver's secret, and others that it does not know.
var (
	itsSecret   = domain.FormatWebhookSecret([]byte("the secret that a receiver knows"))
	nextSecret  = domain.FormatWebhookSecret([]byte("the next one, which it gets soon"))
	wrongSecret = domain.FormatWebhookSecret([]byte("a secret of somebody else's hook"))
)

// receiver is a running example of a webhook's receiver.
type receiver struct {
	url   string
	lines *bufio.Scanner
	hung  *time.Timer
}

// startReceiver starts an example with the secret that it shall know. It ends with the test.
func (i installation) startReceiver(t *testing.T, command *exec.Cmd) *receiver {
	t.Helper()
	said := &transcript{}
	command.Env, command.Stderr = append(command.Env, "WEBHOOK_SECRET="+itsSecret, "PORT=0"), said
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	command.WaitDelay = 10 * time.Second
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	r := &receiver{lines: bufio.NewScanner(out), hung: time.AfterFunc(hangLimit, func() { _ = command.Process.Kill() })}
	t.Cleanup(func() {
		r.hung.Stop()
		_ = command.Process.Kill()
		_ = command.Wait()
		if text := said.String(); t.Failed() && text != "" {
			t.Logf("%s said:\n%s", command.Path, text)
		}
	})
	r.url = strings.TrimPrefix(r.next(t), "listening on ")
	return r
}

// next is the next line that it prints.
func (r *receiver) next(t *testing.T) string {
	t.Helper()
	r.hung.Reset(hangLimit)
	defer r.hung.Stop()
	if !r.lines.Scan() {
		t.Fatalf("the receiver has ended: %v", r.lines.Err())
	}
	return r.lines.Text()
}

// The examples of the README verify what the gateway's caller signs, each with its language's library, and handle no event twice.
func TestWebhookReceivers(t *testing.T) {
	clients := installed(t)
	examples, err := filepath.Abs(filepath.Join(root, "examples", "webhook-receivers"))
	if err != nil {
		t.Fatal(err)
	}
	caller := webhook.NewCaller(webhook.CallerOptions{})
	t.Cleanup(caller.Close)
	for name, command := range map[string]*exec.Cmd{
		"Python": exec.CommandContext(t.Context(), filepath.Join(clients.dir, "receivers", "python", "bin", "python"), filepath.Join(examples, "python", "receiver.py")),
		"Node":   exec.CommandContext(t.Context(), "node", filepath.Join(examples, "node", "receiver.js")),
		"Go":     exec.CommandContext(t.Context(), filepath.Join(clients.dir, "receivers", "go")),
	} {
		t.Run(name, func(t *testing.T) {
			command.Env = append(clients.environ(), "NODE_PATH="+filepath.Join(clients.dir, "receivers", "node", "node_modules"))
			r := clients.startReceiver(t, command)
			for _, c := range []struct {
				what, id, body string
				secrets        []string
				status         int
				handled        bool
			}{
				{"signed", "delivery-1", `{"text":"Grüße 🎉","n":1}`, []string{itsSecret}, http.StatusNoContent, true},
				{"the same again", "delivery-1", `{"text":"Grüße 🎉","n":1}`, []string{itsSecret}, http.StatusNoContent, false},
				{"signed by two, the newer one first", "delivery-2", `{"n":2}`, []string{nextSecret, itsSecret}, http.StatusNoContent, true},
				{"signed by another", "delivery-3", `{"n":3}`, []string{wrongSecret}, http.StatusUnauthorized, false},
				{"signed by two others", "delivery-4", `{"n":4}`, []string{nextSecret, wrongSecret}, http.StatusUnauthorized, false},
				{"not signed", "delivery-5", `{"n":5}`, nil, http.StatusUnauthorized, false},
				{"large", "delivery-6", `{"text":"` + strings.Repeat("x", 48<<10) + `"}`, []string{itsSecret}, http.StatusNoContent, true},
				{"signed, after all of these", "delivery-8", `{"n":8}`, []string{itsSecret}, http.StatusNoContent, true},
			} {
				answer, err := caller.Call(t.Context(), ports.WebhookCall{
					URL: r.url + "hook", ID: c.id, Body: []byte(c.body), ContentType: "application/json", Secrets: c.secrets, AllowPrivate: true, Timeout: hangLimit,
				})
				if err != nil || answer.Status != c.status {
					t.Fatalf("%s: %+v, %v", c.what, answer, err)
				}
				if !c.handled {
					continue // the next line would be another one
				}
				var got, want any
				line, ok := strings.CutPrefix(r.next(t), "event ")
				if err := json.Unmarshal([]byte(line), &got); err != nil || !ok || json.Unmarshal([]byte(c.body), &want) != nil {
					t.Fatalf("%s: it printed %q, %v", c.what, line, err)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("%s: %s", c.what, diff)
				}
			}
		})
	}
}
