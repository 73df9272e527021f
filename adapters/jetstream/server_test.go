package jetstream_test

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"heliograph/adapters/jetstream"
	"heliograph/domain"
	"heliograph/ports"
)

var key = []byte("a key of thirty-two bytes, or so")

func TestFolderIsForItsUserAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	s := open(t, jetstream.Options{Dir: dir})
	put(t, values(t, s), "a", "one")
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Fatal(info.Mode(), err)
	}
}

func TestFolderHasOneOwner(t *testing.T) {
	dir := t.TempDir()
	s := open(t, jetstream.Options{Dir: dir})
	wantRefused(t, jetstream.Options{Dir: dir}, "another gateway works on the store in "+dir)
	s.Close()
	open(t, jetstream.Options{Dir: dir})
}

func TestKeys(t *testing.T) {
	other := bytes.Repeat([]byte("k"), 32)
	for name, c := range map[string]struct {
		began, then []byte
		refused     string
	}{
		"the same":           {key, key, ""},
		"none at all":        {nil, nil, ""},
		"another":            {key, other, "is encrypted with another key"},
		"missing":            {key, nil, "is encrypted, and there is no key"},
		"for a plain folder": {nil, key, "is not encrypted, and a key does not change that"},
		"too short":          {nil, key[:15], "a key of 15 bytes is too short"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, jetstream.Options{Dir: dir, Key: c.began})
			put(t, values(t, s), "a", "one")
			s.Close()
			if c.refused != "" {
				before := contents(t, dir)
				wantRefused(t, jetstream.Options{Dir: dir, Key: c.then}, c.refused)
				if after := contents(t, dir); after != before {
					t.Error("a refused folder was touched")
				}
			} else {
				s = open(t, jetstream.Options{Dir: dir, Key: c.then})
				want(t, values(t, s), "a", "one")
				s.Close()
			}
			want(t, values(t, open(t, jetstream.Options{Dir: dir, Key: c.began})), "a", "one")
		})
	}
}

func TestNothingIsReadableWithoutTheKey(t *testing.T) {
	for name, encrypted := range map[string]bool{"with a key": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			o := jetstream.Options{Dir: t.TempDir()}
			if encrypted {
				o.Key = key
			}
			s := open(t, o)
			put(t, values(t, s), "name of it", "the value in clear")
			s.Close()
			all := contents(t, o.Dir)
			for _, text := range []string{"the value in clear", "name of it"} {
				if found := strings.Contains(all, text); found == encrypted {
					t.Errorf("%q is in the files: %t", text, found)
				}
			}
			if strings.Contains(all, string(key)) {
				t.Error("the key is in the files")
			}
		})
	}
}

// The server is killed, which no process can do to itself: what it has written so far is copied, as another finds it.
func TestWhatWasAcknowledgedIsInTheFiles(t *testing.T) {
	for name, o := range map[string]jetstream.Options{"plain": {}, "encrypted": {Key: key}, "written through": {SyncAlways: true}} {
		t.Run(name, func(t *testing.T) {
			o.Dir = t.TempDir()
			kv := values(t, open(t, o))
			put(t, kv, "kept", "one")
			put(t, kv, "deleted", "two")
			if err := kv.Delete(bounded(t), "tests", "deleted"); err != nil {
				t.Fatal(err)
			}
			copied := t.TempDir()
			if err := os.CopyFS(copied, os.DirFS(o.Dir)); err != nil {
				t.Fatal(err)
			}
			o.Dir = copied
			again := values(t, open(t, o))
			want(t, again, "kept", "one")
			if _, err := again.Get(bounded(t), "tests", "deleted"); domain.KindOf(err) != domain.NotFound {
				t.Error("what was deleted is there again:", err)
			}
		})
	}
}

func TestServerIsStartedAgainInPlace(t *testing.T) {
	for name, harm := range map[string]func(*jetstream.Store) error{
		"ended":         (*jetstream.Store).StopServer,
		"JetStream off": (*jetstream.Store).DisableJetStream,
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, jetstream.Options{Dir: t.TempDir()})
			kv := values(t, s)
			put(t, kv, "a", "one")
			run(t, s)
			if err := harm(s); err != nil {
				t.Fatal(err)
			}
			if _, err := kv.Put(bounded(t), "tests", "a", []byte("two"), ports.AnyRevision); err != nil && domain.KindOf(err) != domain.Unavailable && domain.KindOf(err) != domain.OutcomeUnknown {
				t.Fatal(err)
			}
			eventually(t, func() bool {
				_, err := kv.Put(bounded(t), "tests", "b", []byte("three"), ports.AnyRevision)
				return err == nil && s.Writable()
			})
			if _, err := kv.Get(bounded(t), "tests", "a"); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestStoreTellsWhetherItCanBeWritten(t *testing.T) {
	s := open(t, jetstream.Options{Dir: t.TempDir()})
	if !s.Writable() {
		t.Error("a new one cannot")
	}
	put(t, values(t, s), "a", string(make([]byte, 100_000)))
	run(t, s)
	eventually(t, func() bool { return s.UsedBytes() > 100_000 })
	if err := s.StopServer(); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return !s.Writable() })
}

func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		s := open(b, jetstream.Options{Dir: b.TempDir()})
		s.Close()
	}
}

// run runs the store until the end of the test.
func run(t *testing.T, s *jetstream.Store) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != context.Canceled {
			t.Error(err)
		}
	})
}

// hang is how long anything may take before it counts as hanging.
const hang = 30 * time.Second

func bounded(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), hang)
	t.Cleanup(cancel)
	return ctx
}

// eventually waits until something is so.
func eventually(t testing.TB, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(hang); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it never came")
		}
	}
}

func put(t testing.TB, kv ports.KeyValue, key, value string) {
	t.Helper()
	if _, err := kv.Put(bounded(t), "tests", key, []byte(value), ports.AnyRevision); err != nil {
		t.Fatal(err)
	}
}

func want(t testing.TB, kv ports.KeyValue, key, value string) {
	t.Helper()
	if e, err := kv.Get(bounded(t), "tests", key); err != nil || string(e.Value) != value {
		t.Fatalf("%q, %v, want %q", e.Value, err, value)
	}
}

func wantRefused(t testing.TB, o jetstream.Options, message string) {
	t.Helper()
	s, err := jetstream.Open(t.Context(), o)
	if err == nil {
		s.Close()
		t.Fatalf("it opens, want %q", message)
	}
	if !strings.Contains(err.Error(), message) {
		t.Fatalf("%v, want %q", err, message)
	}
}

// contents is all that is in a folder, names and files.
func contents(t testing.TB, dir string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		all.WriteString(path + "\n" + string(content) + "\n")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}
