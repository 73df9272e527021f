package e2e_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// slowSignalCLI makes a folder with a signal-cli whose send blocks until release exists; it makes started first.
func slowSignalCLI(t *testing.T) (env []string, started, release string) {
	t.Helper()
	bin, data := t.TempDir(), t.TempDir()
	started, release = filepath.Join(data, "started"), filepath.Join(data, "release")
	script := `#!/bin/sh
case "$*" in
*listAccounts*) echo '[{"number":"` + alice + `"}]' ;;
*send*) touch '` + started + `'; while [ ! -e '` + release + `' ]; do sleep 0.05; done; echo '{"timestamp":1700000000123,"results":[]}' ;;
*version*) echo 'signal-cli 0.14.6' ;;
esac
`
	if err := os.WriteFile(filepath.Join(bin, "signal-cli"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return []string{"MODE=normal", "PATH=" + bin + ":" + os.Getenv("PATH"), "SIGNAL_CLI_CONFIG_DIR=" + data}, started, release
}

// awaitFile waits until a file is there.
func awaitFile(t *testing.T, name string) {
	t.Helper()
	for ctx := within(t); ctx.Err() == nil; pause() {
		if _, err := os.Stat(name); err == nil {
			return
		}
	}
	t.Fatalf("%s does not appear", filepath.Base(name))
}

// answer is what a request in flight got.
type answer struct {
	status int
	err    error
}

// sendInFlight posts a message and does not wait for the answer.
func (g gateway) sendInFlight(t *testing.T) <-chan answer {
	t.Helper()
	answers := make(chan answer, 1)
	request, err := http.NewRequestWithContext(within(t), http.MethodPost, g.url+"/v2/send",
		strings.NewReader(`{"number":"`+alice+`","recipients":["`+bob+`"],"message":"in flight"}`))
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			answers <- answer{err: err}
			return
		}
		defer response.Body.Close() //nolint:errcheck // the status says enough
		answers <- answer{status: response.StatusCode}
	}()
	return answers
}

func TestShutdownAnswersWhatIsInFlight(t *testing.T) {
	env, started, release := slowSignalCLI(t)
	g := serve(t, env...)
	answers := g.sendInFlight(t)
	awaitFile(t, started)
	g.signal(syscall.SIGTERM)
	g.await("shutting down")
	if err := os.WriteFile(release, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := <-answers; got.err != nil || got.status != http.StatusCreated {
		t.Errorf("the request in flight got %d, %v", got.status, got.err)
	}
	if code := g.exitCode(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

func TestSecondSignalEndsAtOnce(t *testing.T) {
	env, started, _ := slowSignalCLI(t)
	g := serve(t, env...)
	answers := g.sendInFlight(t)
	awaitFile(t, started)
	g.signal(syscall.SIGTERM)
	g.await("shutting down")
	g.signal(syscall.SIGTERM)
	if code := g.exitCode(); code != 128+int(syscall.SIGTERM) {
		t.Errorf("exit code %d", code)
	}
	if got := <-answers; got.err == nil {
		t.Errorf("the request in flight got %d from a process that was killed", got.status)
	}
}

func TestSecondGatewayOnTheSameDataIsRefused(t *testing.T) {
	env, _, _ := slowSignalCLI(t)
	data := t.TempDir()
	env = append(env, "HELIOGRAPH_LISTEN=127.0.0.1:0")
	serve(t, append(env, "HELIOGRAPH_DATA_DIR="+data)...)
	for name, settings := range map[string][]string{
		"the same folder":                {"HELIOGRAPH_DATA_DIR=" + data},
		"a folder of its own":            {"HELIOGRAPH_DATA_DIR=" + t.TempDir()},
		"a daemon, a folder of its own":  {"HELIOGRAPH_DATA_DIR=" + t.TempDir(), "MODE=json-rpc"},
		"a child, as the user's default": {"MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_ADDRESS=stdio:"},
	} {
		t.Run(name, func(t *testing.T) {
			second := start(t, environment(t, append(env, settings...)...), "serve")
			if code := second.exitCode(); code == 0 {
				t.Error("both run")
			}
			if !strings.Contains(second.out.String(), "another gateway") {
				t.Errorf("it is not said why:\n%s", second.out)
			}
		})
	}
}

func TestProgramThatIsMissingIsNamed(t *testing.T) {
	for name, settings := range map[string][]string{
		"normal":            {"MODE=normal"},
		"native":            {"MODE=native"},
		"json-rpc":          {"MODE=json-rpc"},
		"json-rpc-native":   {"MODE=json-rpc-native"},
		"a child":           {"MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_ADDRESS=stdio:"},
		"another program":   {"MODE=normal", "HELIOGRAPH_SIGNAL_CLI_COMMAND=/nowhere/signal-cli"},
		"no program, a dir": {"MODE=normal", "HELIOGRAPH_SIGNAL_CLI_COMMAND=/tmp"},
	} {
		t.Run(name, func(t *testing.T) {
			p := start(t, environment(t, append(settings, "HELIOGRAPH_LISTEN=127.0.0.1:0", "PATH="+t.TempDir())...), "serve")
			if code := p.exitCode(); code != 3 {
				t.Errorf("exit code %d", code)
			}
			if !strings.Contains(p.out.String(), "signal-cli is not installed") || strings.Contains(p.out.String(), "msg=listening") {
				t.Errorf("it is not said what is missing:\n%s", p.out)
			}
		})
	}
}
