package signalcli_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sync/errgroup"

	"heliograph/adapters/signalcli"
	"heliograph/domain"
)

// putOld makes a file of size bytes that was written age ago.
func putOld(t *testing.T, dir, name string, size int, written time.Time) {
	t.Helper()
	putIn(dir)(t, name, make([]byte, size))
	if err := os.Chtimes(filepath.Join(dir, name), written, written); err != nil {
		t.Fatal(err)
	}
}

// names are what stands in a folder.
func names(t *testing.T, dir string) (found []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		found = append(found, e.Name())
	}
	return found
}

func TestRetentionDeletesTheOldestFirst(t *testing.T) {
	all := []string{"a", "b", "c", "d", "e"} // of 100 bytes, a the oldest
	for name, c := range map[string]struct {
		o    signalcli.RetentionOptions
		left []string
	}{
		"no bound":              {signalcli.RetentionOptions{}, all},
		"age":                   {signalcli.RetentionOptions{MaxAge: 3 * time.Hour}, []string{"d", "e"}},
		"age of all":            {signalcli.RetentionOptions{MaxAge: time.Second}, []string{"e"}}, // may be written to
		"age of none":           {signalcli.RetentionOptions{MaxAge: 6 * time.Hour}, all},
		"bytes":                 {signalcli.RetentionOptions{MaxBytes: 250}, []string{"d", "e"}},
		"bytes, just":           {signalcli.RetentionOptions{MaxBytes: 300}, []string{"c", "d", "e"}},
		"bytes, all have room":  {signalcli.RetentionOptions{MaxBytes: 500}, all},
		"bytes, none has":       {signalcli.RetentionOptions{MaxBytes: 1}, []string{"e"}}, // may be written to
		"both, age is stricter": {signalcli.RetentionOptions{MaxAge: 3 * time.Hour, MaxBytes: 400}, []string{"d", "e"}},
		"both, bytes are":       {signalcli.RetentionOptions{MaxAge: 6 * time.Hour, MaxBytes: 400}, []string{"b", "c", "d", "e"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "attachments")
			now := time.Now()
			for i, file := range all {
				putOld(t, dir, file, 100, now.Add(-time.Duration(len(all)-i)*time.Hour))
			}
			putOld(t, dir, "e", 100, now.Add(-30*time.Second))
			deleted, err := signalcli.NewRetention(dir, c.o).Sweep(now)
			if left := names(t, dir); !slices.Equal(left, c.left) || deleted != len(all)-len(c.left) || err != nil {
				t.Errorf("left %v, want %v; %d were deleted, %v", left, c.left, deleted, err)
			}
		})
	}
}

func TestRetentionTouchesRegularFilesInTheFolderOnly(t *testing.T) {
	configDir, dir := attachments(t)
	old := time.Now().Add(-24 * time.Hour)
	putOld(t, filepath.Join(dir, "folder"), "file", 1000, old)
	putOld(t, dir, "file", 1, old)
	if err := os.Symlink(filepath.Join(configDir, "secret"), filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(filepath.Join(configDir, "secret"), old, old); err != nil {
		t.Fatal(err)
	}
	deleted, err := signalcli.NewRetention(dir, signalcli.RetentionOptions{MaxAge: time.Hour, MaxBytes: 1}).Sweep(time.Now())
	if left := names(t, dir); !slices.Equal(left, []string{"folder", "link"}) || deleted != 1 || err != nil {
		t.Errorf("left %v; %d were deleted, %v", left, deleted, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "folder", "file")); err != nil {
		t.Error(err)
	}
	if content, err := os.ReadFile(filepath.Join(configDir, "secret")); err != nil || !bytes.Equal(content, secret) {
		t.Errorf("%q %v", content, err)
	}
}

func TestRetentionWithoutAFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "attachments")
	r := signalcli.NewRetention(dir, signalcli.RetentionOptions{MaxAge: time.Hour})
	if deleted, err := r.Sweep(time.Now()); deleted != 0 || err != nil {
		t.Errorf("%d were deleted, %v", deleted, err)
	}
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Sweep(time.Now()); err == nil || domain.KindOf(err) != domain.Internal {
		t.Errorf("a file in the folder's place: %v", err)
	}
}

func TestRetentionRunsUntilItsContextEnds(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "attachments")
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		r := signalcli.NewRetention(dir, signalcli.RetentionOptions{MaxAge: time.Hour, Log: slog.New(slog.NewTextHandler(&log, nil))})
		ctx, cancel := context.WithCancel(t.Context())
		putOld(t, dir, "old", 1, time.Now().Add(-2*time.Hour))
		putOld(t, dir, "young", 1, time.Now().Add(-30*time.Minute))
		var running errgroup.Group
		running.Go(func() error { return r.Run(ctx) })
		synctest.Wait()
		if left := names(t, dir); !slices.Equal(left, []string{"young"}) {
			t.Errorf("at the start: %v", left)
		}
		time.Sleep(31 * time.Minute)
		synctest.Wait()
		if left := names(t, dir); len(left) != 0 {
			t.Errorf("later: %v", left)
		}
		cancel()
		if err := running.Wait(); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if strings.Count(log.String(), "count=1") != 2 || strings.Contains(log.String(), "young") {
			t.Errorf("log: %s", &log)
		}
	})
}
