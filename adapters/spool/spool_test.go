package spool_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"heliograph/adapters/spool"
	"heliograph/domain"
	"heliograph/ports"
)

func newBatch(t testing.TB, o spool.Options) (batch ports.SpoolBatch, folder string) {
	t.Helper()
	folder = filepath.Join(t.TempDir(), "uploads")
	s, err := spool.New(folder, o)
	if err != nil {
		t.Fatal(err)
	}
	if batch, err = s.Open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = batch.Close() })
	return batch, folder
}

func filesBelow(t testing.TB, folder string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestWrite(t *testing.T) {
	const png = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
	for _, c := range []struct {
		name                  string
		header                ports.FileHeader
		content               string
		base, fileName, media string
	}{
		{"detected", ports.FileHeader{}, png, "*.png", "", "image/png"},
		{"named", ports.FileHeader{FileName: "pic.png"}, png, "pic.png", "pic.png", "image/png"},
		{"the client's type", ports.FileHeader{ContentType: "application/pdf"}, png, "*.png", "", "application/pdf"},
		{"type with parameters", ports.FileHeader{ContentType: "Text/Plain; charset=x"}, "a", "*.txt", "", "text/plain"},
		{"no type at all", ports.FileHeader{ContentType: "nonsense"}, "\x00\x01\x02", "*", "", "application/octet-stream"},
		{"type by what the client says", ports.FileHeader{ContentType: "audio/aac"}, "\x00\x01\x02", "*.aac", "", "audio/aac"},
		{"MP3", ports.FileHeader{}, "ID3\x03\x00\x00\x00\x00\x00\x00", "*.mp3", "", "audio/mpeg"},
		{"a path", ports.FileHeader{FileName: "../../x.txt"}, "a", "x.txt", "x.txt", "text/plain"},
		{"a path of Windows", ports.FileHeader{FileName: `..\..\x.txt`}, "a", "x.txt", "x.txt", "text/plain"},
		{"dots", ports.FileHeader{FileName: ".."}, "a", "*.txt", "", "text/plain"},
		{"an option", ports.FileHeader{FileName: "--help"}, "a", "--help", "--help", "text/plain"},
		{"empty", ports.FileHeader{}, "", "*", "", "text/plain"},
		{"long", ports.FileHeader{FileName: "l"}, strings.Repeat("0123456789", 100_000), "l", "l", "text/plain"},
	} {
		t.Run(c.name, func(t *testing.T) {
			batch, folder := newBatch(t, spool.Options{})
			for range 2 { // the same name twice makes two files
				file, err := batch.Write(c.header, iotest.HalfReader(strings.NewReader(c.content)))
				if err != nil {
					t.Fatal(err)
				}
				if ok, _ := filepath.Match(c.base, filepath.Base(file.Path)); !ok || file.FileName != c.fileName || file.ContentType != c.media || file.Size != int64(len(c.content)) {
					t.Errorf("%+v", file)
				}
				content, err := os.ReadFile(file.Path)
				if err != nil || string(content) != c.content {
					t.Errorf("%d bytes, %v", len(content), err)
				}
				if relative, err := filepath.Rel(folder, file.Path); err != nil || !filepath.IsLocal(relative) {
					t.Errorf("outside: %s", file.Path)
				}
			}
			if files := filesBelow(t, folder); len(files) != 2 {
				t.Errorf("%v", files)
			}
			for range 2 {
				if err := batch.Close(); err != nil {
					t.Error(err)
				}
			}
			if entries, err := os.ReadDir(folder); err != nil || len(entries) != 0 {
				t.Errorf("left behind: %v %v", entries, err)
			}
		})
	}
}

func TestLimit(t *testing.T) {
	batch, folder := newBatch(t, spool.Options{MaxFileBytes: 100_000})
	if _, err := batch.Write(ports.FileHeader{}, strings.NewReader(strings.Repeat("x", 100_000))); err != nil {
		t.Error(err)
	}
	_, err := batch.Write(ports.FileHeader{}, strings.NewReader(strings.Repeat("x", 100_001)))
	if domain.KindOf(err) != domain.TooLarge || !strings.Contains(domain.DetailOf(err), "100000 bytes") {
		t.Error(err)
	}
	if files := filesBelow(t, folder); len(files) != 1 {
		t.Errorf("%v", files)
	}
}

func TestErrorsOfTheContentComeThrough(t *testing.T) {
	broken := errors.New("broken")
	batch, folder := newBatch(t, spool.Options{})
	for _, before := range []int{0, 10, 5000, 200_000} {
		content := io.MultiReader(strings.NewReader(strings.Repeat("x", before)), iotest.ErrReader(broken))
		if _, err := batch.Write(ports.FileHeader{}, content); !errors.Is(err, broken) {
			t.Errorf("after %d bytes: %v", before, err)
		}
	}
	if files := filesBelow(t, folder); len(files) != 0 {
		t.Errorf("%v", files)
	}
}

func TestFolderThatIsGoneIsMadeAgain(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "uploads")
	s, err := spool.New(folder, spool.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	batch, err := s.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := batch.Close(); err != nil {
		t.Error(err)
	}
}

func TestWhatCannotBeStoredIsUnavailable(t *testing.T) {
	batch, folder := newBatch(t, spool.Options{})
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	if _, err := batch.Write(ports.FileHeader{}, strings.NewReader("x")); domain.KindOf(err) != domain.Unavailable {
		t.Error(err)
	}
}

func TestOldBatchesAreRemovedAtStart(t *testing.T) {
	folder := t.TempDir()
	now := time.Now()
	for name, age := range map[string]time.Duration{"batch-old": 25 * time.Hour, "batch-new": time.Hour, "other": 25 * time.Hour} {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Join(path, "x"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, now, now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := spool.New(folder, spool.Options{}); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 2 || entries[0].Name() != "batch-new" || entries[1].Name() != "other" {
		t.Errorf("%v %v", entries, err)
	}
}

func TestFolderMustBeAbsolute(t *testing.T) {
	if _, err := spool.New("uploads", spool.Options{}); domain.KindOf(err) != domain.Invalid {
		t.Error(err)
	}
}
