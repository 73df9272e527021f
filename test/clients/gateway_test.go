package clients_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"heliograph/adapters/simulator"
)

// The simulator's demo accounts and the group of the first three of them.
const (
	alice     = "+15550100001"
	bob       = "+15550100002"
	carol     = "+15550100003"
	aliceUUID = "a11ce000-0000-4000-8000-000000000001"
	bobUUID   = "b0b00000-0000-4000-8000-000000000002"
	carolUUID = "ca401000-0000-4000-8000-000000000003"
	// demoGroup is the group's ID inside, demoGroupID as clients name it; nobody knows the group of unknownGroupID.
	demoGroup      = "aGVsaW9ncmFwaC1kZW1vLWdyb3VwLTAxMjM0NTY3ODk="
	demoGroupID    = "group.YUdWc2FXOW5jbUZ3YUMxa1pXMXZMV2R5YjNWd0xUQXhNak0wTlRZM09Eaz0="
	unknownGroupID = "group.Ym05aWIyUjVMV3R1YjNkekxYUm9hWE10WjNKdmRYQXRNREV5TXpRMU5qYz0="
)

// hangLimit ends what would otherwise never end. It is no promise of the gateway.
const hangLimit = 90 * time.Second

// program builds the gateway once and gives its path; TestMain removes it.
var program = sync.OnceValues(func() (string, error) {
	path := filepath.Join(scratch, "heliograph")
	command := exec.Command("go", "build", raceFlag, "-o", path, ".")
	command.Dir = root
	if out, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

// scratch is a folder for all tests together.
var scratch string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "heliograph-clients-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		scratch = dir
		return m.Run()
	}())
}

// gateway is a running Heliograph on the simulator, of one test.
type gateway struct {
	url   string // http://127.0.0.1:port
	host  string // 127.0.0.1:port
	token string // empty: none is asked for
	said  *banner
}

// startGateway starts one that ends with the test; environ adds settings.
func startGateway(t *testing.T, environ ...string) *gateway {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	command := exec.CommandContext(t.Context(), path, "serve")
	command.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TMPDIR=" + home,
		"MODE=simulator", "HELIOGRAPH_LISTEN=127.0.0.1:0", "HELIOGRAPH_DATA_DIR=" + filepath.Join(home, "data"),
	}, environ...)
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	command.WaitDelay = 20 * time.Second
	said := &banner{found: make(chan string, 1)}
	command.Stdout, command.Stderr = said, said
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = command.Wait() }()
	t.Cleanup(func() {
		<-ended
		if text := said.String(); t.Failed() || strings.Contains(text, "DATA RACE") {
			t.Errorf("the gateway said:\n%s", text)
		}
	})
	g := &gateway{said: said}
	for _, setting := range environ {
		if token, ok := strings.CutPrefix(setting, "HELIOGRAPH_TOKEN="); ok {
			g.token = token
		}
	}
	select {
	case g.host = <-said.found:
	case <-ended:
		t.Fatalf("the gateway ended:\n%s", said)
	case <-time.After(hangLimit):
		t.Fatal("the gateway does not say where it listens")
	}
	g.url = "http://" + g.host
	g.await(t, "to be ready", func() bool { return g.request(t, http.MethodGet, "/readyz", nil, nil) == http.StatusOK })
	return g
}

// processPerCall is the environment in which a gateway starts a program for each
// call: the simulator under the name signal-cli. With the race detector a process
// sleeps for a second when it ends, unless told otherwise.
func processPerCall(t *testing.T) []string {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	script, data := filepath.Join(t.TempDir(), "signal-cli"), t.TempDir()
	if err := os.WriteFile(script, []byte("#!/bin/sh\nexport GORACE=atexit_sleep_ms=0\nexec '"+path+"' signal-cli \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), hangLimit)
		defer cancel()
		if err := simulator.Stop(ctx, data); err != nil {
			t.Errorf("stopping the simulated network: %v", err)
		}
	})
	return []string{"MODE=normal", "HELIOGRAPH_SIGNAL_CLI_COMMAND=" + script, "SIGNAL_CLI_CONFIG_DIR=" + data, "HELIOGRAPH_RECEIVE_INTERVAL=1"}
}

// transcript keeps what a process prints.
type transcript struct {
	textMu sync.Mutex // guards text
	text   bytes.Buffer
}

func (t *transcript) Write(p []byte) (int, error) {
	t.textMu.Lock()
	defer t.textMu.Unlock()
	return t.text.Write(p)
}

func (t *transcript) String() string {
	t.textMu.Lock()
	defer t.textMu.Unlock()
	return t.text.String()
}

// banner is a transcript of a gateway, in which it finds the address.
type banner struct {
	transcript
	found chan string
}

var listening = regexp.MustCompile(`msg=listening address=(127\.0\.0\.1:[0-9]+) `)

func (b *banner) Write(p []byte) (int, error) {
	n, err := b.transcript.Write(p)
	if found := listening.FindStringSubmatch(b.String()); found != nil {
		select {
		case b.found <- found[1]:
		default: // known already
		}
	}
	return n, err
}
