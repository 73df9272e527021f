package process_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"heliograph/adapters/signalcli/process"
	"heliograph/adapters/simulator"
)

// simulation is a network of the simulator's executable, for one test.
type simulation struct {
	// executable is the simulator; program is what the carrier starts, a link to it or to something else.
	executable, program string
	configDir           string
	// script is the file of the script in force, empty for none.
	script string
}

// newSimulation makes one that ends with the test; no process of it runs yet.
func newSimulation(t *testing.T) *simulation {
	t.Helper()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// The path of a socket must be short, so it cannot be the test's own directory.
	configDir, err := os.MkdirTemp("", "process")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(role, "signal-cli")
	t.Setenv("GORACE", "atexit_sleep_ms=0")
	s := &simulation{executable: executable, program: filepath.Join(t.TempDir(), "signal-cli"), configDir: configDir}
	s.link(t)
	t.Cleanup(func() {
		s.stop(t)
		os.RemoveAll(configDir)
	})
	return s
}

// carrier makes a carrier to it.
func (s *simulation) carrier(t *testing.T) *process.Carrier {
	t.Helper()
	return newCarrier(t, process.Options{Command: s.program, ConfigDir: s.configDir, Linger: 100 * time.Millisecond})
}

func (s *simulation) stop(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), hang)
	defer cancel()
	if err := simulator.Stop(ctx, s.configDir); err != nil {
		t.Errorf("stop: %v", err)
	}
}

// restart lets the network begin anew, with a script. It runs when restart returns: were it left to the next call, a call that was
// given up could start it with the script of before. So that none does in between, that script is removed first.
func (s *simulation) restart(t *testing.T, script simulator.Script) {
	t.Helper()
	if s.script != "" {
		if err := os.Remove(s.script); err != nil {
			t.Fatal(err)
		}
	}
	s.stop(t)
	text, err := json.Marshal(script)
	path := filepath.Join(t.TempDir(), "script.json")
	if err == nil {
		err = os.WriteFile(path, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.script = path
	t.Setenv("HELIOGRAPH_SIMULATOR_SCRIPT", path)
	ctx, cancel := context.WithTimeout(t.Context(), hang)
	defer cancel()
	if err := simulator.Start(ctx, s.configDir); err != nil {
		t.Fatal(err)
	}
}

// link makes the program the simulator.
func (s *simulation) link(t *testing.T) {
	t.Helper()
	s.become(t, s.executable)
}

// replace makes the program a shell script.
func (s *simulation) replace(t *testing.T, text string) {
	t.Helper()
	path, _ := script(t, text)
	s.become(t, path)
}

func (s *simulation) become(t *testing.T, path string) {
	t.Helper()
	os.Remove(s.program)
	if err := os.Symlink(path, s.program); err != nil {
		t.Fatal(err)
	}
}

var verificationCode = regexp.MustCompile(`\b\d{3}-\d{3}\b`)

// code is the verification code that was sent last.
func (s *simulation) code(t *testing.T) string {
	t.Helper()
	log, err := os.ReadFile(filepath.Join(s.configDir, "simulator.log"))
	codes := verificationCode.FindAll(log, -1)
	if err != nil || len(codes) == 0 {
		t.Fatalf("no code in %q, %v", log, err)
	}
	return string(codes[len(codes)-1])
}
