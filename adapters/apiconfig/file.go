// Package apiconfig keeps settings of accounts in a file, api-config.yml, in the form of the reference gateway: who changes from one to
// the other, in either direction, keeps the trust modes. Other content of the file is kept as it is.
//
//	config:
//	  "+15550100001":
//	    trust_mode: 2 # 0 on-first-use, 1 always, 2 never
package apiconfig

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"go.yaml.in/yaml/v3"

	"heliograph/domain"
	"heliograph/ports"
)

// FileName is the name of the file in signal-cli's data directory.
const FileName = "api-config.yml"

var _ ports.TrustModes = (*File)(nil)

// File is an open file of settings. It holds nothing that needs an end. One process may use it at a time.
type File struct {
	path string

	mu       sync.Mutex
	document map[string]any
	// modes are those in document.
	modes map[domain.Account]domain.TrustMode
}

// modes by their number in the file.
var modes = [...]domain.TrustMode{domain.TrustOnFirstUse, domain.TrustAlways, domain.TrustNever}

// Open reads the file at path, which may be missing. A file that cannot be read or understood is an error: the modes in it
// may be stricter than the default.
func Open(path string) (*File, error) {
	f := &File{path: path, document: map[string]any{}, modes: map[domain.Account]domain.TrustMode{}}
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		return nil, fmt.Errorf("settings of accounts: %w", err)
	}
	if err := yaml.Unmarshal(content, &f.document); err != nil {
		return nil, fmt.Errorf("settings of accounts in %s: %w", path, err)
	}
	if f.document == nil {
		f.document = map[string]any{}
	}
	if err := f.readModes(); err != nil {
		return nil, fmt.Errorf("settings of accounts in %s: %w", path, err)
	}
	return f, nil
}

func (f *File) readModes() error {
	entries, err := section(f.document, "config")
	if err != nil {
		return err
	}
	for name := range entries {
		entry, err := section(entries, name)
		if err != nil {
			return err
		}
		value, ok := entry["trust_mode"]
		if !ok {
			continue
		}
		mode, err := parseMode(value)
		if err != nil {
			return err
		}
		f.modes[domain.Account(name)] = mode
	}
	return nil
}

// section is the mapping under a key, which is made where it is missing.
func section(in map[string]any, key string) (map[string]any, error) {
	switch value := in[key].(type) {
	case map[string]any:
		return value, nil
	case nil:
		made := map[string]any{}
		in[key] = made
		return made, nil
	}
	return nil, errors.New("not a file of settings: there must be a mapping under config, and one under each account")
}

// parseMode reads the reference's number, and the name too.
func parseMode(value any) (domain.TrustMode, error) {
	text := fmt.Sprint(value)
	if n, err := strconv.Atoi(text); err == nil && n >= 0 && n < len(modes) {
		return modes[n], nil
	}
	mode, err := domain.ParseTrustMode(text)
	if err != nil {
		return "", fmt.Errorf("unknown trust_mode %q", text)
	}
	return mode, nil
}

// Mode gives what was set for account, empty for nothing.
func (f *File) Mode(account domain.Account) domain.TrustMode {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.modes[account]
}

// TrustMode is ports.TrustModes.
func (f *File) TrustMode(_ context.Context, account domain.Account) (domain.TrustMode, error) {
	if mode := f.Mode(account); mode != "" {
		return mode, nil
	}
	return domain.TrustOnFirstUse, nil
}

// SetTrustMode is ports.TrustModes. When it returns nil the mode is on disk; Unavailable when it cannot be written, and
// then the mode from before holds.
func (f *File) SetTrustMode(_ context.Context, account domain.Account, mode domain.TrustMode) error {
	if _, err := domain.ParseTrustMode(string(mode)); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.storeLocked(account, mode); err != nil {
		return &domain.Error{Op: "setTrustMode", Kind: domain.Unavailable, Detail: "the trust mode cannot be stored", Err: err}
	}
	f.modes[account] = mode
	return nil
}

func (f *File) storeLocked(account domain.Account, mode domain.TrustMode) error {
	entries, err := section(f.document, "config")
	if err != nil {
		return err
	}
	entry, err := section(entries, string(account))
	if err != nil {
		return err
	}
	before, had := entry["trust_mode"]
	for n, m := range modes {
		if m == mode {
			entry["trust_mode"] = n
		}
	}
	content, err := yaml.Marshal(f.document)
	if err == nil {
		err = replace(f.path, content)
	}
	switch {
	case err == nil:
	case had:
		entry["trust_mode"] = before
	default:
		delete(entry, "trust_mode")
	}
	return err
}

// replace writes a file so that at any time either the old or the new content is there.
func replace(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) // gone after success
	_, err = file.Write(content)
	if err == nil {
		err = file.Sync()
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
