package spooltest

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"heliograph/ports"
)

func writtenComesBack(t *testing.T, h Harness) {
	batch := h.open(t)
	for _, content := range [][]byte{[]byte("x"), png, bytes.Repeat([]byte("0123456789abcdef"), h.MaxFileBytes/16)} {
		file := write(t, batch, ports.FileHeader{FileName: "name.bin"}, content)
		holds(t, file, content)
		if !filepath.IsAbs(file.Path) || file.FileName != "name.bin" || filepath.Base(file.Path) != "name.bin" {
			t.Errorf("%+v", file)
		}
	}
}

func sizes(t *testing.T, h Harness) {
	batch := h.open(t)
	for _, size := range []int{0, 1, 3071, 3072, 3073, 32 << 10, 64<<10 - 1, h.MaxFileBytes} {
		if file := write(t, batch, ports.FileHeader{}, make([]byte, size)); file.Size != int64(size) {
			t.Errorf("%d bytes are said to be %d", size, file.Size)
		}
	}
}

func typeIsSaidOrDetected(t *testing.T, h Harness) {
	batch := h.open(t)
	for said, want := range map[string]string{
		"": "image/png", "application/pdf": "application/pdf", "Text/Plain; charset=x": "text/plain", "nonsense": "image/png", "a\x00/b": "image/png",
	} {
		if file := write(t, batch, ports.FileHeader{ContentType: said}, png); file.ContentType != want {
			t.Errorf("%q became %q, want %q", said, file.ContentType, want)
		}
	}
}

func extensions(t *testing.T, h Harness) {
	batch := h.open(t)
	for _, c := range []struct {
		said    string
		content []byte
		want    string
	}{{"", png, ".png"}, {"", []byte("plain text"), ".txt"}, {"application/pdf", []byte("%PDF-1.7\n"), ".pdf"}} {
		file := write(t, batch, ports.FileHeader{ContentType: c.said}, c.content)
		if filepath.Ext(file.Path) != c.want || file.FileName != "" {
			t.Errorf("%s: %+v", c.want, file)
		}
	}
}

func madeUpNames(t *testing.T, h Harness) {
	batch := h.open(t)
	seen := map[string]bool{}
	for range 100 {
		name := filepath.Base(write(t, batch, ports.FileHeader{}, png).Path)
		if seen[name] {
			t.Fatalf("%s came twice", name)
		}
		seen[name] = true
	}
}

func namesAreNoPaths(t *testing.T, h Harness) {
	victim := filepath.Join(filepath.Dir(h.Folder), "victim.txt")
	if err := os.WriteFile(victim, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	batch := h.open(t)
	for _, name := range []string{
		"../victim.txt", "../../victim.txt", "../../../victim.txt", victim, `..\victim.txt`, `C:\victim.txt`, "a/../../../victim.txt", "a/b.txt",
		".", "..", "/", `\`, "a\x00b", "\xff", "\n", "-x", "--config=/x", strings.Repeat("x", 300), strings.Repeat("x", 5000) + ".txt", " ", "CON",
	} {
		file, err := batch.Write(ports.FileHeader{FileName: name}, strings.NewReader("theirs"))
		if err != nil {
			t.Errorf("%.40q: %v", name, err)
			continue
		}
		holds(t, file, []byte("theirs"))
		if below, err := filepath.Rel(h.Folder, file.Path); err != nil || !filepath.IsLocal(below) || filepath.Clean(file.Path) != file.Path {
			t.Errorf("%.40q became %s", name, file.Path)
		}
		if file.FileName != "" && file.FileName != filepath.Base(file.Path) {
			t.Errorf("%.40q: the name %q is not the file's, %s", name, file.FileName, file.Path)
		}
	}
	if content, err := os.ReadFile(victim); err != nil || string(content) != "mine" {
		t.Errorf("outside: %q, %v", content, err)
	}
}

func sameNameTwice(t *testing.T, h Harness) {
	one, other := h.open(t), h.open(t)
	header := ports.FileHeader{FileName: "same.txt"}
	for i, batch := range []ports.SpoolBatch{one, one, other} {
		file := write(t, batch, header, []byte(strconv.Itoa(i)))
		defer holds(t, file, []byte(strconv.Itoa(i)))
	}
	if got := h.files(t); len(got) != 3 {
		t.Errorf("%d files", len(got))
	}
}

func inPieces(t *testing.T, h Harness) {
	batch := h.open(t)
	content := bytes.Repeat(png, 1000)
	for name, pieces := range map[string]io.Reader{
		"bytes": iotest.OneByteReader(bytes.NewReader(content)), "halves": iotest.HalfReader(bytes.NewReader(content)),
		"end with the last piece": iotest.DataErrReader(bytes.NewReader(content)),
	} {
		file, err := batch.Write(ports.FileHeader{}, pieces)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		holds(t, file, content)
		if file.ContentType != "image/png" {
			t.Errorf("%s: %s", name, file.ContentType)
		}
	}
}

func emptyContent(t *testing.T, h Harness) {
	file := write(t, h.open(t), ports.FileHeader{FileName: "empty"}, nil)
	holds(t, file, nil)
	if file.ContentType == "" {
		t.Error("it has no content type")
	}
}
