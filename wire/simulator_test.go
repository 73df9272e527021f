package wire

import (
	"os"
	"path/filepath"
	"testing"

	"heliograph/wire/config"
)

func TestFolderOfASimulatorThatWasKilledIsEmptied(t *testing.T) {
	c := config.Config{DataDir: t.TempDir()}
	take := func() (string, func()) {
		t.Helper()
		dir, leave, err := newSimulatorDir(c)
		if err != nil {
			t.Fatal(err)
		}
		if left, err := os.ReadDir(string(dir)); err != nil || len(left) > 0 {
			t.Errorf("found %v, %v", left, err)
		}
		return string(dir), leave
	}
	killed := filepath.Join(c.DataDir, "simulator", "0")
	if err := os.MkdirAll(filepath.Join(killed, "attachments"), 0o700); err != nil {
		t.Fatal(err)
	}
	first, leaveFirst := take()
	if first != killed {
		t.Errorf("took %s and left %s", first, killed)
	}
	second, leaveSecond := take()
	if second == first {
		t.Error("two share a folder")
	}
	leaveSecond()
	leaveFirst()
	for _, dir := range []string{first, second} {
		if _, err := os.Stat(dir); !os.IsNotExist(err) {
			t.Errorf("%s is left behind", dir)
		}
	}
}
