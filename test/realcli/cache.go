package realcli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// lockLimit bounds the wait for another test that makes the same thing.
const lockLimit = 5 * time.Minute

// finished is the file that tells a whole folder from the rest of an interrupted test.
const finished = "finished"

// cached returns the folder build/realcli/NAME, which build has filled once, by
// one of the test programs that run at the same time. Nobody may change it
// afterwards.
func (i *Install) cached(t testing.TB, name string, build func(dir string) error) string {
	t.Helper()
	dir := filepath.Join(i.Root, "build", "realcli", name)
	marker := filepath.Join(dir, finished)
	if _, err := os.Stat(marker); err == nil {
		return dir
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	unlock, err := lock(dir + ".lock")
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	if _, err := os.Stat(marker); err == nil {
		return dir
	}
	// built in place, because the class data remembers the paths of its jars
	err = errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o755))
	if err == nil {
		err = build(dir)
	}
	if err == nil {
		err = os.WriteFile(marker, nil, 0o644)
	}
	if err != nil {
		t.Fatalf("making %s: %v", name, err)
	}
	return dir
}

// lock takes a lock that the system releases if the test dies.
func lock(name string) (unlock func(), err error) {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	for deadline := time.Now().Add(lockLimit); ; time.Sleep(100 * time.Millisecond) {
		err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			return func() { _ = file.Close() }, nil
		}
		if !errors.Is(err, unix.EWOULDBLOCK) || time.Now().After(deadline) {
			return nil, errors.Join(fmt.Errorf("lock %s: %w", name, err), file.Close())
		}
	}
}
