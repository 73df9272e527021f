package natsserver

import "syscall"

// endsWithTest ends a child with the test, even when the test is killed.
func endsWithTest() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
