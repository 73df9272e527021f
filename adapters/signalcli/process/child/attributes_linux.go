package child

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// attributes put the child into a group of its own and end it, in order, when this program dies.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}

// awaitExit blocks until the process has ended, and leaves it to be reaped, so that its group's number stays taken.
func (p *Process) awaitExit() {
	for {
		err := unix.Waitid(unix.P_PID, p.cmd.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if err != unix.EINTR {
			return
		}
	}
}
