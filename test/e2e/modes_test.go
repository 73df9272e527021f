package e2e_test

import (
	"net/http"
	"testing"
	"time"
)

// The demo accounts of the simulator.
const (
	alice = "+15550100001"
	bob   = "+15550100002"
)

// modes are the ways to run a gateway against the simulator, each with its environment.
var modes = map[string]func(t *testing.T) []string{
	"simulator": func(*testing.T) []string { return []string{"MODE=simulator"} },
	"json-rpc over TCP": func(t *testing.T) []string {
		return []string{"MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_ADDRESS=" + simulated(t, "tcp://127.0.0.1:0", "manual")}
	},
	"json-rpc over a Unix socket": func(t *testing.T) []string {
		return []string{"MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_ADDRESS=" + simulated(t, "unix://"+socketPath(t), "manual")}
	},
	"json-rpc of a daemon that receives by itself": func(t *testing.T) []string {
		return []string{"MODE=json-rpc-native", "HELIOGRAPH_SIGNAL_CLI_ADDRESS=" + simulated(t, "tcp://127.0.0.1:0", "on-start")}
	},
}

// A text posted to /v2/send for one account arrives at the other, whichever way the other receives.
func TestTextArrives(t *testing.T) {
	for name, environ := range modes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := serve(t, environ(t)...)
			awaitHealthy(t, g)
			webSocket := g.watchWebSocket(t, bob)
			sse := g.watchSSE(t, bob)
			plain := g.watchPlain(t, bob)
			g.send(t, text(alice, bob, "through the whole house"))
			for way, watcher := range map[string]watcher{"WebSocket": webSocket, "SSE": sse, "plain GET": plain} {
				got := watcher.message("through the whole house")
				if got.Account != bob || got.Envelope.SourceNumber != alice {
					t.Errorf("%s: for %s from %s", way, got.Account, got.Envelope.SourceNumber)
				}
			}
		})
	}
}

// awaitHealthy waits until the gateway says that messages can be sent and received.
func awaitHealthy(t *testing.T, g gateway) {
	t.Helper()
	for ctx := within(t); ; time.Sleep(20 * time.Millisecond) {
		status, answer := g.get(t, "/readyz")
		if status == http.StatusOK {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("not ready: %d %s", status, answer)
		}
	}
}
