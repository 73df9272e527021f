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

// folder is the variable that gives a child its folder for the disk.
const folder = "HELIOGRAPH_TEST_SMALL_DISK"

// Child runs the test that calls it in a child which has a disk of so many bytes for itself. In the child it gives the disk's folder; in
// the parent it returns "" when the child has passed, and the test has nothing more to do. It needs the right to mount: root's, or that of a
// user namespace; without, the test is left out, and fails in CI. env is more of the child's environment.
func Child(t *testing.T, bytes int, env ...string) (dir string) {
	t.Helper()
	if dir := os.Getenv(folder); dir != "" {
		if err := syscall.Mount("none", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
			t.Fatal("mount:", err)
		}
		if err := syscall.Mount("none", dir, "tmpfs", 0, fmt.Sprintf("size=%d", bytes)); err != nil {
			t.Fatal("mount:", err)
		}
		t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) }) // it ends with the process anyway
		return dir
	}
	out, err := run(t, syscall.CLONE_NEWNS, env)
	if errors.Is(err, syscall.EPERM) {
		out, err = run(t, syscall.CLONE_NEWNS|syscall.CLONE_NEWUSER, env)
	}
	if mayNot := errors.Is(err, syscall.EPERM) || strings.Contains(string(out), "mount: "); mayNot && os.Getenv("CI") == "" {
		t.Skip("no right to mount a small disk: run as root")
	}
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
	return ""
}

// run runs the test in a child with namespaces of its own.
func run(t *testing.T, namespaces uintptr, env []string) ([]byte, error) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=2m")
	child.Env = append(append(os.Environ(), folder+"="+t.TempDir()), env...)
	child.SysProcAttr = &syscall.SysProcAttr{Cloneflags: namespaces, Pdeathsig: syscall.SIGKILL}
	if namespaces&syscall.CLONE_NEWUSER != 0 {
		child.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		child.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	return child.CombinedOutput()
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
