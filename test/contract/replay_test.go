// Package contract replays the recorded exchanges of the reference gateway
// against the built program, in both carriers.
package contract

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// contractDir holds the recordings and the replayer; it stands beside the
// checkout, not in it.
const contractDir = "../../../shared/contract"

// notReplayed are single cases of built operations, with the reason.
var notReplayed = map[string]string{}

var summary = regexp.MustCompile(`(?m)^(\d+) passed, (\d+) failed$`)

func TestRecordedExchangesReplay(t *testing.T) {
	replay, gateway := build(t)
	corpus := filterCorpus(t)
	// no call of our own that could take the answer of a case
	shared := "env HELIOGRAPH_SIGNAL_CLI_WARM_UP=no HELIOGRAPH_LISTEN=127.0.0.1:{port} HELIOGRAPH_DATA_DIR={attachment_dir}/heliograph "
	tests := map[string]struct {
		mode, command string
		flags         []string
	}{
		"jsonrpc over TCP":             {"jsonrpc", shared + "HELIOGRAPH_SIGNAL_CLI_ADDRESS=tcp://{backend_addr} " + gateway + " serve", nil},
		"jsonrpc over a Unix socket":   {"jsonrpc", shared + "HELIOGRAPH_SIGNAL_CLI_ADDRESS=unix://{backend_socket} " + gateway + " serve", nil},
		"jsonrpc with answers at once": {"jsonrpc", shared + "HELIOGRAPH_SIGNAL_CLI_ADDRESS=tcp://{backend_addr} " + gateway + " serve", []string{"-reply-delay", "0"}},
		"one process a call":           {"process", shared + gateway + " serve", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // they wait more than they work
			args := append([]string{"-v", "-corpus", corpus, "-mode", test.mode, "-target-cmd", test.command}, test.flags...)
			out, err := exec.CommandContext(t.Context(), replay, args...).CombinedOutput()
			found := summary.FindSubmatch(out)
			if err != nil || found == nil || string(found[1]) == "0" || string(found[2]) != "0" {
				t.Fatalf("replay: %v\n%s", err, out)
			}
			t.Logf("%s cases passed", found[1])
		})
	}
}

func build(t *testing.T) (replay, gateway string) {
	t.Helper()
	if _, err := os.Stat(contractDir); err != nil {
		t.Skip("the recorded exchanges are absent: they stand beside the checkout in shared/contract")
	}
	bin := t.TempDir()
	replay, gateway = filepath.Join(bin, "replay"), filepath.Join(bin, "heliograph")
	for dir, args := range map[string][]string{
		contractDir: {"build", "-o", replay, "./replay"},
		"../..":     {"build", "-o", gateway, "."},
	} {
		command := exec.CommandContext(t.Context(), "go", args...)
		command.Dir = dir
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	return replay, gateway
}

// filterCorpus copies the recordings without what is not replayed.
func filterCorpus(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(contractDir, "corpus", "*", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	dir := t.TempDir()
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var cases []json.RawMessage
		if err := json.Unmarshal(text, &cases); err != nil {
			t.Fatal(file, err)
		}
		kept := cases[:0]
		for _, c := range cases {
			if replayed(t, c) {
				kept = append(kept, c)
			}
		}
		if len(kept) == 0 {
			continue
		}
		text, err = json.Marshal(kept)
		if err != nil {
			t.Fatal(err)
		}
		copied := filepath.Join(dir, filepath.Base(filepath.Dir(file)), filepath.Base(file))
		if err := os.MkdirAll(filepath.Dir(copied), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(copied, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func replayed(t *testing.T, raw []byte) bool {
	t.Helper()
	var c struct{ Name string }
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	_, left := notReplayed[c.Name]
	return !left
}
