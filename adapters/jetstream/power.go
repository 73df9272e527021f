package jetstream

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// bootFile tells how the store in a folder was used last.
const bootFile = "boot"

// noteSize is that file's, in bytes: always the same.
const noteSize = 256

// bootID is where Linux tells one start of the machine from another.
const bootID = "/proc/sys/kernel/random/boot_id"

// power knows whether the end of what a server wrote may be lost: the machine went down, and not all was written through. A process
// that is killed loses nothing.
type power struct {
	dir string

	mu   sync.Mutex // guards note
	note note
}

// note is what bootFile holds, in JSON.
type note struct {
	// Boot is the machine's start, empty where that cannot be told.
	Boot string `json:"boot"`
	// Always says that all was written through at once.
	Always bool `json:"always"`
	// Clean says that the store was closed, and all is on the disk.
	Clean bool `json:"clean"`
	// Lost says that the event log may have lost its end, and nobody has dealt with it.
	Lost bool `json:"lost"`
}

// openPower looks how the last use ended and notes that there is another.
func openPower(dir string, always bool) (*power, error) {
	boot, _ := os.ReadFile(bootID) // nothing where the system has no such thing
	now := note{Boot: strings.TrimSpace(string(boot)), Always: always}
	_, err := os.Stat(filepath.Join(dir, serverFiles))
	switch {
	case err == nil:
		now.Lost = lost(dir, now.Boot)
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	p := &power{dir: dir, note: now}
	return p, p.write()
}

// lost reports whether the end may be. A folder without a note, or with one that cannot be read, tells nothing, so it may.
func lost(dir, boot string) bool {
	content, err := os.ReadFile(filepath.Join(dir, bootFile))
	var last note
	if err != nil || json.Unmarshal(content, &last) != nil {
		return true
	}
	return last.Lost || !last.Clean && !last.Always && (boot == "" || last.Boot != boot)
}

// write writes the note over the one before, which needs no room on a full disk. One that is written by half cannot be read.
func (p *power) write() error {
	content, err := json.Marshal(p.note)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(filepath.Join(p.dir, bootFile), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(file, "%-*s\n", noteSize-1, content)
	return errors.Join(err, file.Sync(), file.Close(), syncFile(p.dir))
}

// deal calls do, once, where the end may be lost. What it does is on the disk when that is noted.
func (p *power) deal(do func() error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.note.Lost {
		return nil
	}
	if err := do(); err != nil {
		return err
	}
	if err := syncAll(filepath.Join(p.dir, serverFiles)); err != nil {
		return err
	}
	p.note.Lost = false
	return p.write()
}

// end is for when the server has ended. Where it fails the next one takes it for an end without a close.
func (p *power) end() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.note.Always {
		if err := syncAll(filepath.Join(p.dir, serverFiles)); err != nil {
			return err
		}
	}
	p.note.Clean = true
	return p.write()
}

// syncAll has everything below dir on the disk. Files that go meanwhile are passed over.
func syncAll(dir string) error {
	return filepath.WalkDir(dir, func(name string, _ fs.DirEntry, err error) error {
		if err == nil {
			err = syncFile(name)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
}

func syncFile(name string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}
