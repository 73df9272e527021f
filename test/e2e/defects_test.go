package e2e_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"

	"heliograph/adapters/simulator"
)

// The tests of this file and of defects_process_test.go are named after the defects of the reference, by their numbers in
// the contract's list. What a gateway as a whole can show is here; other defects have their tests beside the code.

// simulatorOn starts a simulated signal-cli daemon on a Unix socket and waits until it listens.
func simulatorOn(t *testing.T, socket string) *program {
	t.Helper()
	p := start(t, environment(t), "simulator", "--listen", "unix://"+socket, "--receive-mode", "manual")
	p.await(`as signal-cli daemon on (\S+)\. `)
	return p
}

// refusedWith demands an error object with a code, which is what clients read.
func refusedWith(t *testing.T, status int, answer string, want int) {
	t.Helper()
	var body struct{ Error, Code string }
	if err := json.Unmarshal([]byte(answer), &body); err != nil || body.Error == "" || body.Code == "" || status != want {
		t.Errorf("got %d %s, want %d with an error and its code", status, answer, want)
	}
}

// The gateway answers before its backend is reachable, while it is away and after it came back; it never ends over that, and
// no request gets an empty answer.
func TestDefect5And6And7GatewayOutlivesItsBackend(t *testing.T) {
	socket := socketPath(t)
	g := serve(t, "MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_ADDRESS=unix://"+socket)
	hello := `{"number":"` + alice + `","recipients":["` + bob + `"],"message":"is anybody there?"}`
	for _, when := range []string{"before the backend was there", "after it was killed"} {
		if status, answer := g.get(t, "/v1/about"); status != http.StatusOK {
			t.Errorf("%s: about: %d %s", when, status, answer)
		}
		if status, answer := g.get(t, "/livez"); status != http.StatusNoContent {
			t.Errorf("%s: livez: %d %s", when, status, answer)
		}
		if status, answer := g.get(t, "/readyz"); status != http.StatusServiceUnavailable {
			t.Errorf("%s: readyz: %d %s", when, status, answer)
		}
		status, answer := g.post(t, "/v2/send", hello)
		refusedWith(t, status, answer, http.StatusServiceUnavailable)

		backend := simulatorOn(t, socket)
		awaitHealthy(t, g)
		watcher := g.watchWebSocket(t, bob)
		g.send(t, text(alice, bob, when))
		watcher.message(when)
		backend.signal(syscall.SIGKILL)
		<-backend.ended
		if err := os.Remove(socket); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		awaitUnready(t, g)
	}
}

// awaitUnready waits until the gateway noticed that its backend is gone.
func awaitUnready(t *testing.T, g gateway) {
	t.Helper()
	for ctx := within(t); ; pause() {
		if status, _ := g.get(t, "/readyz"); status == http.StatusServiceUnavailable {
			return
		}
		if ctx.Err() != nil {
			t.Fatal("it still says ready")
		}
	}
}

// simulation is a simulated network in this process, which the built program reaches on a socket.
func simulation(t *testing.T) (s *simulator.Simulator, environ []string) {
	t.Helper()
	s = simulator.New(simulator.Options{})
	socket := socketPath(t)
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var serving sync.WaitGroup
	serving.Go(func() { _ = s.Serve(ctx, listener) })
	t.Cleanup(func() {
		cancel()
		s.Close()
		serving.Wait()
	})
	return s, []string{"MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_ADDRESS=unix://" + socket}
}

// Messages that come at once reach every client, each once and in order, also one that does not read meanwhile.
func TestDefect9BurstsReachEveryClient(t *testing.T) {
	const burst = 2000
	network, environ := simulation(t)
	g := serve(t, environ...)
	awaitHealthy(t, g)
	watchers := map[string]watcher{"WebSocket": g.watchWebSocket(t, bob), "second WebSocket": g.watchWebSocket(t, bob), "SSE": g.watchSSE(t, bob)}
	for n := range burst {
		if _, err := network.Say(alice, bob, fmt.Sprint("burst ", n)); err != nil {
			t.Fatal(err)
		}
	}
	for way, watcher := range watchers {
		for n := range burst {
			got := watcher.until(func(p payload) bool { return strings.HasPrefix(p.text(), "burst ") })
			if want := fmt.Sprint("burst ", n); got.text() != want {
				t.Fatalf("%s: got %q, want %q", way, got.text(), want)
			}
		}
	}
}

// Without a token nobody but this machine is listened to; with one, nobody without it.
func TestDefect21NobodyElseIsListenedTo(t *testing.T) {
	t.Run("by default this machine only", func(t *testing.T) {
		p := start(t, environment(t, "MODE=simulator", "PORT=0"), "serve")
		if address := p.await(`msg=listening address=(\S+)`); !strings.HasPrefix(address, "127.0.0.1:") {
			t.Errorf("listens on %s", address)
		}
	})
	for _, address := range []string{"0.0.0.0:0", "[::]:0", ":0"} {
		t.Run("refused on "+address, func(t *testing.T) {
			p := start(t, environment(t, "MODE=simulator", "HELIOGRAPH_LISTEN="+address), "serve")
			if code := p.exitCode(); code == 0 || strings.Contains(p.out.String(), "msg=listening") {
				t.Errorf("exit code %d", code)
			}
			if !strings.Contains(p.out.String(), "HELIOGRAPH_TOKEN") {
				t.Errorf("it is not said what helps:\n%s", p.out)
			}
		})
	}
	t.Run("with a token", func(t *testing.T) {
		g := serve(t, "MODE=simulator", "HELIOGRAPH_TOKEN=open-sesame")
		body := `{"number":"` + alice + `","recipients":["` + bob + `"],"message":"x"}`
		for authorization, want := range map[string]int{
			"": http.StatusUnauthorized, "Bearer open-says-me": http.StatusUnauthorized, "Bearer open-sesame": http.StatusCreated,
		} {
			request, err := http.NewRequestWithContext(within(t), http.MethodPost, g.url+"/v2/send", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Authorization", authorization)
			if status, answer := g.do(t, request); status != want {
				t.Errorf("%q: %d %s, want %d", authorization, status, answer, want)
			}
		}
		if status, answer := g.get(t, "/v1/receive/"+bob); status != http.StatusUnauthorized {
			t.Errorf("receive without it: %d %s", status, answer)
		}
	})
}

// A text loses nothing but pairs of markers, whatever mode of text is the default.
func TestDefect32UnclosedMarkersArrive(t *testing.T) {
	g := serve(t, "MODE=simulator", "DEFAULT_SIGNAL_TEXT_MODE=styled")
	watcher := g.watchWebSocket(t, bob)
	for sent, want := range map[string]string{
		"2 * 3 = 6":                     "2 * 3 = 6",
		"~5":                            "~5",
		"https://example.org/a_b*c~d":   "https://example.org/a_b*c~d",
		"`*not bold*`":                  "*not bold*",
		"**bold** and 2 * 3":            "bold and 2 * 3",
		"the last one, without markers": "the last one, without markers",
	} {
		g.send(t, text(alice, bob, sent))
		if got := watcher.until(func(p payload) bool { return p.text() != "" }); got.text() != want {
			t.Errorf("%q arrived as %q, want %q", sent, got.text(), want)
		}
	}
}

// POST /v2/send answers the documented object, in every mode.
func TestDefect39SendAnswersAnObject(t *testing.T) {
	for name, environ := range map[string]func(*testing.T) []string{"connection": modes["simulator"], "process": modes["normal"]} {
		t.Run(name, func(t *testing.T) {
			g := serve(t, environ(t)...)
			for _, path := range []string{"/v2/send", "/v1/send"} {
				status, answer := g.post(t, path, `{"number":"`+alice+`","recipients":["`+bob+`"],"message":"x"}`)
				var sent struct{ Timestamp string }
				if err := json.Unmarshal([]byte(answer), &sent); err != nil || len(sent.Timestamp) != 13 || status != http.StatusCreated {
					t.Errorf("%s: %d %s, want an object with a timestamp", path, status, answer)
				}
			}
		})
	}
}

// A username is the same with and without its prefix, in every mode.
func TestDefect29UsernamesWithAndWithoutPrefix(t *testing.T) {
	for name, environ := range map[string]func(*testing.T) []string{"connection": modes["simulator"], "process": modes["normal"]} {
		t.Run(name, func(t *testing.T) {
			g := serve(t, environ(t)...)
			watcher := g.watchWebSocket(t, alice)
			for _, recipient := range []string{"alice.01", "u:alice.01"} {
				g.send(t, text(bob, recipient, "to "+recipient))
				watcher.message("to " + recipient)
			}
		})
	}
}
