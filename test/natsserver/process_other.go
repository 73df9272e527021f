//go:build !linux

package natsserver

import (
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// endsWithTest has no way to end a child of a killed test here.
func endsWithTest() *syscall.SysProcAttr { return &syscall.SysProcAttr{} }

// stopped reports whether a process is stopped.
func stopped(pid int) bool {
	out, err := exec.Command("ps", "-o", "state=", "-p", strconv.Itoa(pid)).Output()
	return err == nil && strings.HasPrefix(strings.TrimSpace(string(out)), "T")
}
