package realcli

import (
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// processGroup puts a child into a group of its own that ends with the test,
// even when the test is killed.
func processGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// commandLines are the command lines of all processes that have one, by process
// ID; a zombie has none.
func commandLines() (map[int]string, error) {
	names, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		return nil, err
	}
	lines := map[int]string{}
	for _, name := range names {
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		if err != nil {
			return nil, err
		}
		// a process that has ended meanwhile is none
		if line, err := os.ReadFile(name); err == nil && len(line) > 0 {
			lines[pid] = string(line)
		}
	}
	return lines, nil
}
