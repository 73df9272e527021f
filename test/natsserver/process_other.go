//go:build !linux

package natsserver

import "syscall"

// endsWithTest has no way to end a child of a killed test here.
func endsWithTest() *syscall.SysProcAttr { return &syscall.SysProcAttr{} }
