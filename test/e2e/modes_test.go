package e2e_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"heliograph/adapters/simulator"
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
	"json-rpc of a daemon of ours":        started("MODE=json-rpc"),
	"json-rpc of a child":                 started("MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_ADDRESS=stdio:"),
	"json-rpc-native of a daemon of ours": started("MODE=json-rpc-native"),
	"normal":                              started("MODE=normal"),
	"native":                              started("MODE=native"),
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
func awaitHealthy(t testing.TB, g gateway) {
	t.Helper()
	for ctx := within(t); ; pause() {
		status, answer := g.get(t, "/readyz")
		if status == http.StatusOK {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("not ready: %d %s", status, answer)
		}
	}
}

// started are modes in which the gateway starts programs.
func started(env ...string) func(t *testing.T) []string {
	return func(t *testing.T) []string { return append(asSignalCLI(t), env...) }
}

// asSignalCLI makes a folder with programs called signal-cli and signal-cli-native, which are the simulator's,
// and gives the environment in which a gateway finds them.
func asSignalCLI(t *testing.T) []string {
	t.Helper()
	bin, data := t.TempDir(), t.TempDir()
	script := "#!/bin/sh\nexec '" + binary + "' signal-cli \"$@\"\n"
	for _, name := range []string{"signal-cli", "signal-cli-native"} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), hangLimit)
		defer cancel()
		if err := simulator.Stop(ctx, data); err != nil {
			t.Errorf("stopping the simulated network: %v", err)
		}
	})
	return []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "SIGNAL_CLI_CONFIG_DIR=" + data, "HELIOGRAPH_RECEIVE_INTERVAL=1"}
}
