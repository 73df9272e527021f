//go:build !linux

package child

import "syscall"

// attributes put the child into a group of its own.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// awaitExit takes the end of standard error for the end of the process: elsewhere than on Linux
// there is no wait that leaves it to be reaped.
func (p *Process) awaitExit() { <-p.stderrDone }
