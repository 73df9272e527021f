//go:build !linux

package realcli

import "syscall"

// processGroup puts a child into a group of its own.
func processGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
