//go:build !unix

package simulator

import (
	"os"
	"os/exec"
)

// tryLock always succeeds: there are no file locks here, so two processes must not share a folder.
func tryLock(*os.File) (bool, error) { return true, nil }

// detach does nothing here.
func detach(*exec.Cmd) {}
