package wire

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"heliograph/wire/config"
)

// runDir is a folder of the gateway's own for what it keeps beside one folder of signal-cli's data. It is
// locked while a gateway runs: signal-cli takes no two programs on the same data, and the second would
// wait for ever and take the first one's socket away.
type runDir string

func (d runDir) daemon() string  { return filepath.Join(string(d), "daemon") }
func (d runDir) temp() string    { return filepath.Join(string(d), "temp") }
func (d runDir) archive() string { return filepath.Join(string(d), "java.jsa") }

func newRunDir(c config.Config) (runDir, func(), error) {
	name := sha256.Sum256([]byte(c.SignalCLI.ConfigDir))
	dir, err := filepath.Abs(filepath.Join(c.DataDir, "signal-cli", hex.EncodeToString(name[:6])))
	if err != nil {
		return "", nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", nil, err
	}
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return "", nil, err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = lock.Close()
		return "", nil, fmt.Errorf("another gateway works on signal-cli's data in %s", c.SignalCLI.ConfigDir)
	}
	return runDir(dir), func() { _ = lock.Close() }, nil // closing unlocks
}
