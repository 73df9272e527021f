package smalldisk

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// folder is the variable that gives a child its folder for a disk.
const folder = "HELIOGRAPH_TEST_SMALL_DISK"

// Child runs the test that calls it in a process of its own, which has a disk of so many bytes for itself and for the processes that it starts. In the
// child it gives the disk's folder; in the parent it returns "" when the child has passed. env is more of the child's environment.
func Child(t *testing.T, bytes int, env ...string) string {
	t.Helper()
	if dir := os.Getenv(folder); dir != "" {
		if err := syscall.Mount("none", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
			t.Fatal("mount:", err)
		}
		if err := syscall.Mount("none", dir, "tmpfs", 0, fmt.Sprintf("size=%d", bytes)); err != nil {
			t.Fatal("mount:", err)
		}
		t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
		return dir
	}
	child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=2m")
	child.Env = append(append(os.Environ(), folder+"="+t.TempDir()), env...)
	child.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
	if os.Getuid() != 0 {
		child.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		child.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		child.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	out, err := child.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Fatalf("%v (it needs the right to mount a tmpfs)\n%s", err, out)
	}
	return ""
}

// Fill takes at once all that is free on the disk but the last bytes given, in a file of somebody else; empty gives it back.
func Fill(t *testing.T, dir string, but int) (empty func()) {
	t.Helper()
	file, err := os.CreateTemp(dir, "others")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var disk syscall.Statfs_t
	if err := syscall.Statfs(dir, &disk); err != nil {
		t.Fatal(err)
	}
	_ = syscall.Fallocate(int(file.Fd()), 0, 0, int64(disk.Bavail)*disk.Bsize) // nearly all at one instant, unless somebody was faster
	_, err = file.Seek(0, io.SeekEnd)
	for err == nil {
		_, err = file.Write(make([]byte, 1<<12))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Truncate(max(0, info.Size()-int64(but))); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(file.Name()); err != nil {
			t.Error(err)
		}
	}
}
