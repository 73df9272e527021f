//go:build !linux

package realcli

import (
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// processGroup puts a child into a group of its own.
func processGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// commandLines are the command lines of all processes, by process ID.
func commandLines() (map[int]string, error) {
	out, err := exec.Command("ps", "-A", "-ww", "-o", "pid=,args=").Output()
	if err != nil {
		return nil, err
	}
	lines := map[int]string{}
	for line := range strings.Lines(string(out)) {
		pid, args, _ := strings.Cut(strings.TrimSpace(line), " ")
		if n, err := strconv.Atoi(pid); err == nil {
			lines[n] = args
		}
	}
	return lines, nil
}
