package spool_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sync/errgroup"

	"heliograph/adapters/spool"
	"heliograph/domain"
	"heliograph/ports"
	"heliograph/test/conformance/uploadstest"
)

func TestUploadsConformance(t *testing.T) {
	const limit = 100_000
	uploadstest.Run(t, func(t *testing.T) uploadstest.Harness {
		folder := filepath.Join(t.TempDir(), "uploads")
		o := spool.UploadsOptions{MaxFileBytes: limit, MaxBytes: 2 * limit, MaxAge: time.Hour}
		u := newUploads(t, folder, o)
		return uploadstest.Harness{
			Uploads: u, Folder: folder, MaxFileBytes: limit, MaxBytes: 2 * limit,
			Age: func(t *testing.T) {
				if err := u.Sweep(time.Now().Add(time.Hour)); err != nil {
					t.Fatal(err)
				}
			},
			Again: func(t *testing.T) ports.Uploads { return newUploads(t, folder, o) },
			Break: func(t *testing.T) {
				// a file in the folder's place: nothing can be made below it
				if err := os.RemoveAll(folder); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(folder, nil, 0o600); err != nil {
					t.Fatal(err)
				}
			},
		}
	})
}

func newUploads(t *testing.T, folder string, o spool.UploadsOptions) *spool.Uploads {
	t.Helper()
	u, err := spool.NewUploads(folder, o)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestRunRemovesWhatIsTooOld(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "uploads")
	synctest.Test(t, func(t *testing.T) {
		u := newUploads(t, folder, spool.UploadsOptions{MaxAge: time.Hour})
		ctx, cancel := context.WithCancel(t.Context())
		var running errgroup.Group
		running.Go(func() error { return u.Run(ctx) })
		first, err := u.Add(ports.FileHeader{}, strings.NewReader("first"))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(30 * time.Minute)
		second, err := u.Add(ports.FileHeader{}, strings.NewReader("second"))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(30 * time.Minute) // the first is too old, though nobody looked yet
		if _, _, err := u.Hold(ctx, first.ID); domain.KindOf(err) != domain.NotFound {
			t.Errorf("the first: %v", err)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if _, err := os.Stat(first.File.Path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the first is there: %v", err)
		}
		if _, release, err := u.Hold(ctx, second.ID); err != nil {
			t.Errorf("the second: %v", err)
		} else {
			release()
		}
		time.Sleep(30 * time.Minute)
		synctest.Wait()
		if left := filesBelow(t, folder); len(left) != 0 {
			t.Errorf("left: %v", left)
		}
		cancel()
		if err := running.Wait(); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

// What a crash left behind goes, what may still arrive stays, and what is not ours is not touched.
func TestStartRemovesWhatWasLeftBehind(t *testing.T) {
	folder := t.TempDir()
	now := time.Now()
	for name, age := range map[string]time.Duration{
		"part-old/content": 11 * time.Minute, "part-new/content": time.Minute, "upload.AAAA.gone/content": 11 * time.Minute, "other/content": 24 * time.Hour,
		"upload.BBBB/upload.json": 0, // no record
	} {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, p := range []string{path, filepath.Dir(path)} {
			if err := os.Chtimes(p, now, now.Add(-age)); err != nil {
				t.Fatal(err)
			}
		}
	}
	newUploads(t, folder, spool.UploadsOptions{})
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 2 || entries[0].Name() != "other" || entries[1].Name() != "part-new" {
		t.Errorf("%v %v", entries, err)
	}
}

func TestRecordThatNamesAFileElsewhereIsNotFollowed(t *testing.T) {
	folder := t.TempDir()
	u := newUploads(t, folder, spool.UploadsOptions{})
	upload, err := u.Add(ports.FileHeader{}, strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	record := `{"base":"../../secret","expires":"2999-01-01T00:00:00Z"}`
	if err := os.WriteFile(filepath.Join(folder, string(upload.ID), "upload.json"), []byte(record), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := u.Hold(t.Context(), upload.ID); domain.KindOf(err) != domain.Unavailable {
		t.Error(err)
	}
}

func TestUploadsFolderMustBeAbsolute(t *testing.T) {
	if _, err := spool.NewUploads("uploads", spool.UploadsOptions{}); domain.KindOf(err) != domain.Invalid {
		t.Error(err)
	}
}
