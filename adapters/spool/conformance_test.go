package spool_test

import (
	"os"
	"path/filepath"
	"testing"

	"heliograph/adapters/spool"
	"heliograph/test/conformance/spooltest"
)

func TestConformance(t *testing.T) {
	spooltest.Run(t, func(t *testing.T) spooltest.Harness {
		const limit = 100_000
		folder := filepath.Join(t.TempDir(), "uploads")
		s, err := spool.New(folder, spool.Options{MaxFileBytes: limit})
		if err != nil {
			t.Fatal(err)
		}
		return spooltest.Harness{Spool: s, Folder: folder, MaxFileBytes: limit, Break: func(t *testing.T) {
			// a file in the folder's place: nothing can be made below it
			if err := os.RemoveAll(folder); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(folder, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}}
	})
}
