package realcli

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// accountEntry is one account in signal-cli's data/accounts.json.
type accountEntry struct {
	Path        string `json:"path"`
	Environment string `json:"environment"`
	Number      string `json:"number"`
	UUID        string `json:"uuid"`
}

type accountList struct {
	Accounts []accountEntry `json:"accounts"`
	Version  int            `json:"version"`
}

func readAccountList(configDir string) ([]accountEntry, error) {
	text, err := os.ReadFile(filepath.Join(configDir, "data", "accounts.json"))
	if err != nil {
		return nil, err
	}
	var list accountList
	return list.Accounts, json.Unmarshal(text, &list)
}

// split writes a data directory with some accounts of another. No signal-cli may
// run on either.
func split(from, to string, entries []accountEntry) error {
	source, target := filepath.Join(from, "data"), filepath.Join(to, "data")
	if err := os.MkdirAll(target, 0o700); err != nil {
		return err
	}
	for _, entry := range entries {
		err := errors.Join(
			copyFile(filepath.Join(source, entry.Path), filepath.Join(target, entry.Path)),
			copyTree(filepath.Join(source, entry.Path+".d"), filepath.Join(target, entry.Path+".d")),
		)
		if err != nil {
			return err
		}
	}
	text, err := json.Marshal(accountList{Accounts: entries, Version: 2})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(target, "accounts.json"), text, 0o600)
}

func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rest, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return os.MkdirAll(filepath.Join(to, rest), 0o700)
		}
		return copyFile(name, filepath.Join(to, rest))
	})
}

func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o600)
}

func accounts(entries []accountEntry) []Account {
	list := make([]Account, len(entries))
	for i, entry := range entries {
		list[i] = Account{Number: entry.Number, ACI: entry.UUID}
	}
	return list
}
