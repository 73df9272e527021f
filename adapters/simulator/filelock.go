package simulator

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// lockPause is how often a lock that another process has is tried again.
const lockPause = 20 * time.Millisecond

// lockFile waits for a file's lock without limit but ctx. busy is called once when it has to wait. A crash
// releases the lock; so does unlock.
func lockFile(ctx context.Context, path string, busy func()) (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for waited := false; ; waited = true {
		ok, err := tryLock(f)
		if err != nil {
			_ = f.Close()
			return nil, err
		}
		if ok {
			return func() { _ = f.Close() }, nil
		}
		if !waited {
			busy()
		}
		if err := pause(ctx, lockPause); err != nil {
			_ = f.Close()
			return nil, err
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// lockAccounts takes the locks of accounts as signal-cli takes those of its data files: a second process
// says so and waits.
func lockAccounts(ctx context.Context, configDir string, numbers []string, stderr io.Writer) (unlock func(), err error) {
	var unlocks []func()
	unlock = func() {
		for _, u := range unlocks {
			u()
		}
	}
	for _, number := range numbers {
		waited := false
		u, err := lockFile(ctx, filepath.Join(configDir, "data", filepath.Base(number)+".lock"), func() {
			waited = true
			fmt.Fprintln(stderr, "INFO  SignalAccount - Config file is in use by another instance, waiting…")
		})
		if err != nil {
			unlock()
			return nil, err
		}
		if waited {
			fmt.Fprintln(stderr, "INFO  SignalAccount - Config file lock acquired.")
		}
		unlocks = append(unlocks, u)
	}
	return unlock, nil
}
