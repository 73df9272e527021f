package jetstream

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A stream that is as it should be is not written, or no gateway would start on a full disk.
func TestStreamsAreChangedOnlyWhereTheyDiffer(t *testing.T) {
	s, err := Open(t.Context(), Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	log := func(o LogOptions) func(context.Context) error {
		return func(ctx context.Context) error {
			l, err := s.Log(ctx, o)
			if err == nil {
				l.Close()
			}
			return err
		}
	}
	blobs := func(o BlobsOptions) func(context.Context) error {
		return func(ctx context.Context) error { _, err := s.Blobs(ctx, o); return err }
	}
	values := func(ctx context.Context) error { _, err := s.KeyValue(ctx); return err }
	for _, c := range []struct {
		name    string
		open    func(context.Context) error
		changed bool
	}{
		{"log", log(LogOptions{}), true},
		{"log again", log(LogOptions{}), false},
		{"log with another age", log(LogOptions{MaxAge: time.Hour}), true},
		{"log with another size", log(LogOptions{MaxAge: time.Hour, MaxBytes: 1 << 20}), true},
		{"log with another window", log(LogOptions{MaxAge: time.Hour, MaxBytes: 1 << 20, DedupWindow: time.Minute}), true},
		{"that log again", log(LogOptions{MaxAge: time.Hour, MaxBytes: 1 << 20, DedupWindow: time.Minute}), false},
		{"values", values, true},
		{"values again", values, false},
		{"blobs", blobs(BlobsOptions{}), true}, // the log has made them with bounds of its own
		{"blobs again", blobs(BlobsOptions{}), false},
		{"blobs with an age", blobs(BlobsOptions{MaxAge: time.Minute}), true},
		{"those blobs again", blobs(BlobsOptions{MaxAge: time.Minute}), false},
	} {
		before := metaFiles(t, s.options.Dir)
		if err := c.open(t.Context()); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if changed := metaFiles(t, s.options.Dir) != before; changed != c.changed {
			t.Errorf("%s: something was written: %t", c.name, changed)
		}
	}
}

// metaFiles tells the files with streams' configurations from later ones.
func metaFiles(t *testing.T, dir string) (all string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "jetstream", "*", "streams", "*", "meta.inf"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		all += name + info.ModTime().String() + string(content)
	}
	return all
}
