package realcli

import "syscall"

// processGroup puts a child into a group of its own that ends with the test,
// even when the test is killed.
func processGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
