package spooltest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/sync/errgroup"

	"heliograph/domain"
	"heliograph/ports"
)

func atTheLimit(t *testing.T, h Harness) {
	content := bytes.Repeat([]byte("x"), h.MaxFileBytes)
	holds(t, write(t, h.open(t), ports.FileHeader{}, content), content)
}

func overTheLimit(t *testing.T, h Harness) {
	batch := h.open(t)
	for _, size := range []int{h.MaxFileBytes + 1, 3 * h.MaxFileBytes} {
		_, err := batch.Write(ports.FileHeader{}, bytes.NewReader(make([]byte, size)))
		if domain.KindOf(err) != domain.TooLarge || !strings.Contains(domain.DetailOf(err), strconv.Itoa(h.MaxFileBytes)) {
			t.Errorf("%d bytes: %v, want TooLarge with the limit", size, err)
		}
	}
	endless := &counting{}
	if _, err := batch.Write(ports.FileHeader{}, endless); domain.KindOf(err) != domain.TooLarge {
		t.Errorf("without end: %v", err)
	}
	if endless.read > 2*h.MaxFileBytes {
		t.Errorf("%d bytes were read of content over a limit of %d", endless.read, h.MaxFileBytes)
	}
	if got := h.files(t); len(got) != 0 {
		t.Errorf("left: %v", got)
	}
}

// counting is content without end.
type counting struct{ read int }

func (c *counting) Read(p []byte) (int, error) {
	c.read += len(p)
	return len(p), nil
}

func brokenContent(t *testing.T, h Harness) {
	batch := h.open(t)
	wrapped := fmt.Errorf("part of a form: %w", io.EOF) // not the end of the content
	for _, gone := range []error{errors.New("the client is gone"), io.ErrUnexpectedEOF, wrapped} {
		for _, before := range []int{0, 10, 5000, 64 << 10} {
			content := io.MultiReader(bytes.NewReader(make([]byte, before)), iotest.ErrReader(gone))
			if _, err := batch.Write(ports.FileHeader{}, content); !errors.Is(err, gone) {
				t.Errorf("after %d bytes: %v", before, err)
			}
		}
	}
	if got := h.files(t); len(got) != 0 {
		t.Errorf("left: %v", got)
	}
}

func goesOn(t *testing.T, h Harness) {
	batch := h.open(t)
	before := write(t, batch, ports.FileHeader{FileName: "before.png"}, png)
	if _, err := batch.Write(ports.FileHeader{FileName: "before.png"}, bytes.NewReader(make([]byte, h.MaxFileBytes+1))); err == nil {
		t.Error("stored what is too large")
	}
	after := write(t, batch, ports.FileHeader{FileName: "after.txt"}, []byte("after"))
	holds(t, before, png)
	holds(t, after, []byte("after"))
}

func ownerOnly(t *testing.T, h Harness) {
	file := write(t, h.open(t), ports.FileHeader{}, png)
	info, err := os.Stat(file.Path)
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		t.Errorf("mode %o", mode)
	}
}

func nothingBefore(t *testing.T, h Harness) {
	h.open(t)
	if got := h.files(t); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

func closeRemoves(t *testing.T, h Harness) {
	ends, stays := h.open(t), h.open(t)
	for range 3 {
		write(t, ends, ports.FileHeader{FileName: "same.png"}, png)
	}
	kept := write(t, stays, ports.FileHeader{FileName: "same.png"}, png)
	for range 2 { // idempotent
		if err := ends.Close(); err != nil {
			t.Error(err)
		}
	}
	holds(t, kept, png)
	if got := h.files(t); !slices.Equal(got, []string{kept.Path}) {
		t.Errorf("left: %v", got)
	}
	if err := stays.Close(); err != nil {
		t.Error(err)
	}
	if entries, err := os.ReadDir(h.Folder); err != nil || len(entries) != 0 {
		t.Errorf("left: %v, %v", entries, err)
	}
}

func sideBySide(t *testing.T, h Harness) {
	var all errgroup.Group
	for i := range 16 {
		content := bytes.Repeat([]byte{byte(i)}, 10_000)
		all.Go(func() error {
			for range 5 {
				batch, err := h.Spool.Open()
				if err != nil {
					return err
				}
				file, err := batch.Write(ports.FileHeader{FileName: "same.bin"}, bytes.NewReader(content))
				if err != nil {
					return errors.Join(err, batch.Close())
				}
				holds(t, file, content)
				if err := batch.Close(); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := all.Wait(); err != nil {
		t.Error(err)
	}
	if got := h.files(t); len(got) != 0 {
		t.Errorf("left: %v", got)
	}
}

func broken(t *testing.T, h Harness) {
	batch := h.open(t)
	h.Break(t)
	if _, err := batch.Write(ports.FileHeader{}, bytes.NewReader(png)); domain.KindOf(err) != domain.Unavailable {
		t.Errorf("write: %v, want %v", err, domain.Unavailable)
	}
	if _, err := h.Spool.Open(); domain.KindOf(err) != domain.Unavailable {
		t.Errorf("open: %v, want %v", err, domain.Unavailable)
	}
}
