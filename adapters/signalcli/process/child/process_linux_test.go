package child_test

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"heliograph/adapters/signalcli/process/child"
)

// However this program ends, its children do, too: the kernel of Linux sees to it.
func TestChildrenDieWithTheirParent(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(role, "parent")
	parent := start(t, child.Command{Program: program})
	line, err := bufio.NewReader(parent).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(line)
	}
	if err := syscall.Kill(parent.Pid(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	gone(t, pid)
}

// What an earlier run left is ended, whether it listens or not; a mark of anything else ends nothing.
func TestEndLeft(t *testing.T) {
	for name, c := range map[string]struct {
		script string
		signal syscall.Signal
	}{
		"listens":      {"echo started; exec sleep 1000", syscall.SIGTERM},
		"listens not":  {"trap '' TERM; echo started; sleep 1000; sleep 1000", syscall.SIGKILL},
		"ends late":    {"trap 'sleep 0.1; exit 0' TERM; echo started; while :; do sleep 0.01; done", 0},
		"is not alone": {"trap '' TERM; sh -c 'sleep 1000' & echo started; wait; wait", syscall.SIGKILL},
	} {
		t.Run(name, func(t *testing.T) {
			p := start(t, child.Command{Program: "sh", Args: []string{"-c", c.script}})
			if _, err := bufio.NewReader(p).ReadString('\n'); err != nil {
				t.Fatal(err)
			}
			mark := p.Mark()
			number, rest, _ := strings.Cut(mark, " ")
			for _, other := range []string{"", "x", "0", "1", "-1 " + rest, number, number + " 1 " + rest, "1 " + rest} {
				if child.EndLeft(t.Context(), other, time.Millisecond) {
					t.Errorf("%q is taken for it", other)
				}
			}
			grace := time.Minute
			if c.signal == syscall.SIGKILL {
				grace = 50 * time.Millisecond
			}
			if !child.EndLeft(t.Context(), mark, grace) {
				t.Error("it is not found")
			}
			<-p.Done()
			if got := p.Exit(); got.Signal != c.signal || got.Terminated {
				t.Errorf("it ended with %+v, want signal %v", got, c.signal)
			}
			if child.EndLeft(t.Context(), mark, grace) {
				t.Error("it is found again")
			}
		})
	}
}
