package realcli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Limits of everything that is started here.
const (
	runLimit  = 2 * time.Minute  // one process
	stopLimit = 10 * time.Second // between SIGTERM and SIGKILL
)

// Result is what one process said.
type Result struct {
	Stdout, Stderr string
	Exit           int // -1 when a signal ended it
}

// command prepares a program in a process group of its own; when ctx ends the
// whole group is killed.
func command(ctx context.Context, env []string, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.SysProcAttr = processGroup()
	cmd.Cancel = func() error { return killGroup(cmd, syscall.SIGKILL) }
	cmd.WaitDelay = stopLimit
	return cmd
}

// killGroup signals a started command and its children.
func killGroup(cmd *exec.Cmd, sig syscall.Signal) error {
	err := syscall.Kill(-cmd.Process.Pid, sig)
	if errors.Is(err, syscall.ESRCH) {
		return os.ErrProcessDone
	}
	return err
}

// run waits for one process; an exit status other than 0 is no error.
func run(ctx context.Context, env []string, stdin, program string, args ...string) (Result, error) {
	ctx, cancel := context.WithTimeout(ctx, runLimit)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := command(ctx, env, program, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &stdout, &stderr
	err := cmd.Run()
	result := Result{Stdout: stdout.String(), Stderr: stderr.String()}
	if cmd.ProcessState != nil {
		result.Exit = cmd.ProcessState.ExitCode()
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) && ctx.Err() == nil {
		err = nil
	}
	return result, err
}

// mustRun is run for a process that has to succeed.
func mustRun(ctx context.Context, env []string, program string, args ...string) error {
	result, err := run(ctx, env, "", program, args...)
	if err != nil {
		return fmt.Errorf("%s: %w: %s%s", program, err, result.Stdout, result.Stderr)
	}
	if result.Exit != 0 {
		return fmt.Errorf("%s: exit %d: %s%s", program, result.Exit, result.Stdout, result.Stderr)
	}
	return nil
}

// Run runs signal-cli once on a data directory and waits for it, two minutes at
// most. An exit status other than 0 does not fail the test.
func (r *Rig) Run(t testing.TB, configDir, stdin string, args ...string) Result {
	t.Helper()
	result, err := run(t.Context(), nil, stdin, r.Command, append([]string{"--config", configDir}, args...)...)
	if err != nil {
		t.Fatalf("signal-cli %s: %v\n%s", args, err, result.Stderr)
	}
	return result
}
