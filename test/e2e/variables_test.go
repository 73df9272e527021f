package e2e_test

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What the reference's variables say of the daemon reaches the one that the gateway starts, on either channel; and the
// trust mode is told to clients.
func TestVariablesReachTheDaemon(t *testing.T) {
	for channel, address := range map[string]string{"socket": "", "standard streams": "stdio:"} {
		t.Run(channel, func(t *testing.T) {
			t.Parallel()
			env := asSignalCLI(t)
			bin, notes := t.TempDir(), filepath.Join(t.TempDir(), "arguments")
			script := "#!/bin/sh\nprintf '%s\\n' \"$@\" >'" + notes + "'\nexec '" + binary + "' signal-cli \"$@\"\n"
			if err := os.WriteFile(filepath.Join(bin, "signal-cli"), []byte(script), 0o755); err != nil {
				t.Fatal(err)
			}
			g := serve(t, append(env, "MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_ADDRESS="+address, "PATH="+bin+":"+os.Getenv("PATH"),
				"JSON_RPC_TRUST_NEW_IDENTITIES=never", "JSON_RPC_IGNORE_ATTACHMENTS=true", "JSON_RPC_IGNORE_STORIES=true",
				"JSON_RPC_IGNORE_AVATARS=true", "JSON_RPC_IGNORE_STICKERS=false")...)
			awaitHealthy(t, g)

			content, err := os.ReadFile(notes)
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Split(string(content), "\n")
			for _, want := range []string{"--trust-new-identities=never", "--ignore-attachments", "--ignore-stories", "--ignore-avatars"} {
				if !slices.Contains(got, want) {
					t.Errorf("no %s in %q", want, got)
				}
			}
			if slices.Contains(got, "--ignore-stickers") {
				t.Errorf("stickers are ignored in %q", got)
			}
			status, answer := g.get(t, "/v1/configuration/"+alice+"/settings")
			if status != http.StatusOK || !strings.Contains(answer, `"never"`) {
				t.Errorf("trust mode: %d %s", status, answer)
			}
		})
	}
}
