package realcli

import (
	"errors"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// mainClass tells a signal-cli from other processes that know its folder.
const mainClass = "org.asamk.signal.Main"

// Kill ends every signal-cli on ConfigDir with SIGKILL, whoever started it,
// waits until they are gone and returns how many there were.
func (r *Rig) Kill(t testing.TB) int {
	t.Helper()
	found := r.running(t)
	for _, pid := range found {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			t.Fatal(err)
		}
	}
	for deadline := time.Now().Add(stopLimit); ; time.Sleep(10 * time.Millisecond) {
		left := r.running(t)
		if !slices.ContainsFunc(found, func(pid int) bool { return slices.Contains(left, pid) }) {
			return len(found)
		}
		if time.Now().After(deadline) {
			t.Fatalf("processes %v outlive SIGKILL", left)
		}
	}
}

// running are the process IDs of every signal-cli on ConfigDir.
func (r *Rig) running(t testing.TB) (pids []int) {
	t.Helper()
	all, err := commandLines()
	if err != nil {
		t.Fatal(err)
	}
	for pid, line := range all {
		if strings.Contains(line, mainClass) && strings.Contains(line, r.ConfigDir) {
			pids = append(pids, pid)
		}
	}
	return pids
}
