package wire

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"heliograph/wire/config"
)

// runDir is a folder of the gateway's own for what it keeps beside one folder of signal-cli's data. Both are
// locked while a gateway runs, for gateways with other folders of their own too: signal-cli takes no two programs on the same data, and
// the second would wait for ever and take the first one's socket away.
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
	locked := "another gateway works on signal-cli's data in " + c.SignalCLI.ConfigDir
	unlockData, err := lock(c.SignalCLI.ConfigDir, ".heliograph.lock", locked)
	if err != nil {
		return "", nil, err
	}
	unlockOwn, err := lock(dir, "lock", locked)
	if err != nil {
		unlockData()
		return "", nil, err
	}
	return runDir(dir), func() { unlockOwn(); unlockData() }, nil
}

// errTaken is in the error of lock where another process has the lock.
var errTaken = errors.New(", which is locked")

// lock takes a lock that ends with this process at the latest: the file name in dir, which is made where it is missing. It fails with
// taken where another process has it. unlock leaves the file where it is.
func lock(dir, name, taken string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return func() { _ = file.Close() }, nil // closing unlocks
	}
	_ = file.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, fmt.Errorf("%s%w", taken, errTaken)
	}
	return nil, fmt.Errorf("locking %s: %w", file.Name(), err)
}
