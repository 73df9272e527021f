package e2e_test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// daemonBelow are the processes of the signal-cli daemon whose socket is below dir.
func daemonBelow(t *testing.T, dir string) (pids []int) {
	t.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range lines {
		if line, _ := os.ReadFile(name); strings.Contains(string(line), "--socket="+dir) { // one that has ended has none
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(name)))
			pids = append(pids, pid)
		}
	}
	return pids
}

// A daemon that does not end with a killed gateway keeps the accounts locked, so that the next gateway's would wait for ever. signal-cli
// 0.13.19 is one where its connection breaks while it hands over a message: its receiving thread waits for itself then.
func TestDaemonThatAKilledGatewayLeftIsEnded(t *testing.T) {
	dir := t.TempDir()
	env := append(asSignalCLI(t), "MODE=json-rpc", "HELIOGRAPH_DATA_DIR="+dir, "HELIOGRAPH_SIGNAL_CLI_COMMAND="+deafSignalCLI(t))
	g := serve(t, env...)
	awaitHealthy(t, g)
	left := daemonBelow(t, dir)
	t.Cleanup(func() {
		if t.Failed() {
			for _, pid := range left {
				_ = syscall.Kill(pid, syscall.SIGKILL) // nobody else does
			}
		}
	})
	g.signal(syscall.SIGKILL)
	<-g.ended

	g = serve(t, env...)
	awaitHealthy(t, g)
	for _, pid := range daemonBelow(t, dir) {
		if slices.Contains(left, pid) {
			t.Error("the daemon is still there")
		}
	}
	watcher := g.watchWebSocket(t, bob)
	g.send(t, text(alice, bob, "after the kill"))
	watcher.message("after the kill")
}

// deafSignalCLI is a signal-cli that SIGTERM to its first process, as the kernel sends it, does not end.
func deafSignalCLI(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "signal-cli")
	if err := os.WriteFile(name, []byte("#!/bin/sh\ntrap '' TERM\n'"+binary+"' signal-cli \"$@\"\nexit $?\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return name
}
