package child_test

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"

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
