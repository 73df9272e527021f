package jetstream

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// MinKey is how many bytes a key needs.
const MinKey = 16

// Files beside those of the server, which has a folder of its own for them.
const (
	lockFile    = "lock"
	keyFile     = "key-check"
	serverFiles = "jetstream"
)

// folder is the folder of a server in this process, which no other process has meanwhile.
type folder struct {
	path string
	// secret is the server's key for what it writes, empty for none.
	secret string
	lock   *os.File
}

// openFolder makes the folder where there is none, takes it, and sees that key is the one it was begun with.
func openFolder(path string, key []byte) (*folder, error) {
	if len(key) > 0 && len(key) < MinKey {
		return nil, fmt.Errorf("a key of %d bytes is too short, %d are needed", len(key), MinKey)
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o700); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(path, lockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	f := &folder{path: path, lock: lock}
	if err := f.take(key); err != nil {
		f.close()
		return nil, err
	}
	return f, nil
}

func (f *folder) take(key []byte) error {
	err := syscall.Flock(int(f.lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return fmt.Errorf("another gateway works on the store in %s", f.path)
	}
	if err != nil {
		return fmt.Errorf("locking %s: %w", f.lock.Name(), err)
	}
	if err := f.checkKey(key); err != nil {
		return err
	}
	if len(key) > 0 {
		f.secret = hex.EncodeToString(derive(key, "jetstream"))
	}
	return nil
}

// checkKey compares the key with the file that tells it from others, and writes that file for a folder that is new.
func (f *folder) checkKey(key []byte) error {
	name := filepath.Join(f.path, keyFile)
	content, err := os.ReadFile(name)
	switch {
	case err == nil && len(key) == 0:
		return fmt.Errorf("the store in %s is encrypted, and there is no key", f.path)
	case err == nil:
		return f.compare(string(content), key)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	case len(key) == 0:
		return nil
	}
	if _, err := os.Stat(filepath.Join(f.path, serverFiles)); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the store in %s is not encrypted, and a key does not change that; move it away to begin an encrypted one", f.path)
	}
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // it never fails
	return write(name, hex.EncodeToString(salt)+" "+checksum(salt, key)+"\n")
}

func (f *folder) compare(content string, key []byte) error {
	text, sum, _ := strings.Cut(strings.TrimSpace(content), " ")
	salt, err := hex.DecodeString(text)
	if err != nil || sum == "" {
		return fmt.Errorf("%s is damaged", filepath.Join(f.path, keyFile))
	}
	if !hmac.Equal([]byte(sum), []byte(checksum(salt, key))) {
		return fmt.Errorf("the store in %s is encrypted with another key", f.path)
	}
	return nil
}

func checksum(salt, key []byte) string {
	return hex.EncodeToString(derive(key, "check "+hex.EncodeToString(salt)))
}

// derive makes of the key one for a purpose of its own.
func derive(key []byte, purpose string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("heliograph " + purpose))
	return mac.Sum(nil)
}

// write writes a file that is whole or not there, whatever happens, and on the disk.
func write(name, content string) (err error) {
	file, err := os.OpenFile(name+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(content)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err = os.Rename(name+".new", name); err != nil {
		return err
	}
	return syncFile(filepath.Dir(name))
}

// close gives the folder back.
func (f *folder) close() { _ = f.lock.Close() } // which unlocks it
