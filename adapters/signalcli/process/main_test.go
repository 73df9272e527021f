package process_test

import (
	"context"
	"encoding/json"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"heliograph/adapters/signalcli"
	"heliograph/adapters/signalcli/process"
	"heliograph/adapters/simulator"
	"heliograph/domain"
)

// role makes this program signal-cli: the simulator's executable.
const role = "PROCESS_TEST_ROLE"

func TestMain(m *testing.M) {
	if os.Getenv(role) == "signal-cli" {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		code := simulator.Main(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv)
		stop()
		os.Exit(code)
	}
	goleak.VerifyTestMain(m)
}

const (
	alice = domain.Account("+15550100001")
	bob   = domain.Account("+15550100002")
	// hang is when a test gives up; no test waits for it.
	hang = 30 * time.Second
)

// script makes a program of a shell script. In it, $DIR is a directory of the test's own.
func script(t *testing.T, text string) (program, dir string) {
	t.Helper()
	dir = t.TempDir()
	program = filepath.Join(dir, "signal-cli")
	text = "#!/bin/sh\nDIR='" + dir + "'\n" + text + "\n"
	// A process that starts in this instant would hold the file open for writing, and nobody could run it.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := os.WriteFile(program, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return program, dir
}

// newCarrier makes a carrier that ends with the test and leaves nothing behind.
func newCarrier(t testing.TB, options process.Options) *process.Carrier {
	t.Helper()
	if options.TempDir == "" {
		options.TempDir = filepath.Join(t.TempDir(), "scratch")
	}
	if options.Grace == 0 {
		options.Grace = 200 * time.Millisecond
	}
	c, err := process.New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		if left, err := os.ReadDir(options.TempDir); err == nil || len(left) > 0 {
			t.Errorf("temporary files are left: %v", left)
		}
	})
	return c
}

func read(account domain.Account) signalcli.Call {
	return signalcli.Call{Method: "listContacts", Account: account}
}

func send(account domain.Account, text string) signalcli.Call {
	return signalcli.Call{Method: "send", Account: account, Effect: true, Params: []signalcli.Param{
		{Name: "message", Value: text, Form: signalcli.Stdin},
		{Name: "recipient", Value: []string{string(bob)}, Form: signalcli.Positional},
	}}
}

type answer struct {
	result json.RawMessage
	err    error
}

// begin makes a call beside the test.
func begin(c *process.Carrier, ctx context.Context, call signalcli.Call) <-chan answer {
	done := make(chan answer, 1)
	go func() {
		result, err := c.Call(ctx, call)
		done <- answer{result, err}
	}()
	return done
}

func await(t *testing.T, done <-chan answer) answer {
	t.Helper()
	select {
	case a := <-done:
		return a
	case <-time.After(hang):
		t.Fatal("the call does not end")
	}
	panic("unreachable")
}

func wantKind(t *testing.T, err error, want domain.Kind) {
	t.Helper()
	if err == nil || domain.KindOf(err) != want {
		t.Errorf("error %v, want kind %v", err, want)
	}
}

// content waits for a file to hold something and gives it.
func content(t *testing.T, path string) string {
	t.Helper()
	for end := time.Now().Add(hang); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if b, err := os.ReadFile(path); err == nil && strings.HasSuffix(string(b), "\n") {
			return strings.TrimSpace(string(b))
		}
	}
	t.Fatalf("%s is never written", filepath.Base(path))
	return ""
}

// gone waits until the process whose number a file holds has ended.
func gone(t *testing.T, path string) {
	t.Helper()
	pid, err := strconv.Atoi(content(t, path))
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(hang); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		if err != nil || strings.Contains(string(stat), ") Z ") {
			return
		}
	}
	t.Errorf("process %d still runs", pid)
}
