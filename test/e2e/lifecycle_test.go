//lint:file-ignore SA1019 nhooyr.io/websocket is what the design names; its successor has the same API.

package e2e_test

import (
	"errors"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"nhooyr.io/websocket"
)

func TestWelcomeOfTheSimulator(t *testing.T) {
	g := serve(t, "MODE=simulator")
	g.await(`Copy these into another terminal`)
	for _, word := range []string{"watch", "send", "health"} {
		g.await(`^  ` + word + ` +curl .*` + g.url)
	}
	for _, account := range []string{alice, bob} {
		if !strings.Contains(g.out.String(), account) {
			t.Errorf("the account %s is not named", account)
		}
	}
}

func TestShutdownTellsWebSocketsToComeBack(t *testing.T) {
	g := serve(t, "MODE=simulator")
	watcher, _ := g.openWebSocket(t, bob)
	g.send(t, text(alice, bob, "last words"))
	watcher.message("last words")
	g.signal(syscall.SIGTERM)
	var err error
	for err == nil {
		_, err = watcher.next()
	}
	var closed websocket.CloseError
	if !errors.As(err, &closed) || closed.Code != websocket.StatusGoingAway {
		t.Errorf("got %v, want close code 1001", err)
	}
	if code := g.exitCode(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

func TestShutdownEndsStreams(t *testing.T) {
	g := serve(t, "MODE=simulator")
	watcher := g.watchSSE(t, bob)
	g.send(t, text(alice, bob, "last words"))
	watcher.message("last words")
	g.signal(syscall.SIGINT)
	for {
		if _, err := watcher.next(); err != nil {
			break
		}
	}
	if code := g.exitCode(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if dialable(strings.TrimPrefix(g.url, "http://")) {
		t.Error("something still listens")
	}
}

func TestRefusesToStandOpen(t *testing.T) {
	p := start(t, environment(t, "MODE=simulator", "HELIOGRAPH_LISTEN=0.0.0.0:0"), "serve")
	if code := p.exitCode(); code != 1 {
		t.Errorf("exit code %d", code)
	}
	if out := p.out.String(); !strings.Contains(out, "HELIOGRAPH_TOKEN") || !strings.Contains(out, "HELIOGRAPH_ALLOW_UNAUTHENTICATED=yes") {
		t.Errorf("the way out is not named:\n%s", out)
	}
}

func TestTokenIsAsked(t *testing.T) {
	g := serve(t, "MODE=simulator", "HELIOGRAPH_TOKEN=a-token-for-tests")
	for name, c := range map[string]struct {
		authorize func(*http.Request)
		want      int
	}{
		"none":   {func(*http.Request) {}, http.StatusUnauthorized},
		"wrong":  {func(r *http.Request) { r.Header.Set("Authorization", "Bearer wrong") }, http.StatusUnauthorized},
		"bearer": {func(r *http.Request) { r.Header.Set("Authorization", "Bearer a-token-for-tests") }, http.StatusOK},
		"basic":  {func(r *http.Request) { r.SetBasicAuth("anybody", "a-token-for-tests") }, http.StatusOK},
	} {
		request, err := http.NewRequestWithContext(within(t), http.MethodGet, g.url+"/v1/accounts", nil)
		if err != nil {
			t.Fatal(err)
		}
		c.authorize(request)
		if status, answer := g.do(t, request); status != c.want {
			t.Errorf("%s: %d %s, want %d", name, status, answer, c.want)
		}
	}
	if strings.Contains(g.out.String(), "a-token-for-tests") {
		t.Error("the token is in the log")
	}
}

func TestPortInUseIsSaid(t *testing.T) {
	g := serve(t, "MODE=simulator")
	second := start(t, environment(t, "MODE=simulator", "HELIOGRAPH_LISTEN="+strings.TrimPrefix(g.url, "http://")), "serve")
	if code := second.exitCode(); code != 1 {
		t.Errorf("exit code %d", code)
	}
	if !strings.Contains(second.out.String(), "address already in use") {
		t.Errorf("it is not said why:\n%s", second.out)
	}
}

// The commands of the command line drive a gateway of their own kind.
func TestCommandsDriveTheGateway(t *testing.T) {
	g := serve(t, "MODE=simulator")
	run := func(args ...string) string {
		t.Helper()
		p := start(t, environment(t, "HELIOGRAPH_URL="+g.url), args...)
		if code := p.exitCode(); code != 0 {
			t.Fatalf("%q: exit code %d", args, code)
		}
		return p.out.String()
	}
	run("send", "--from", alice, "--to", bob, "typed in a terminal")
	if got := run("receive", bob, "--timeout", "10s"); !strings.Contains(got, "typed in a terminal") {
		t.Errorf("received %q", got)
	}
	if got := run("link", "--name", "a test"); !strings.Contains(got, "sgnl://linkdevice") || !strings.Contains(got, "Linked: ") {
		t.Errorf("linked with %q", got)
	}
}
