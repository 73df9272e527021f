package uploadstest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"

	"golang.org/x/sync/errgroup"

	"heliograph/domain"
	"heliograph/ports"
)

// tooLarge demands an error that names the limit.
func tooLarge(t *testing.T, err error, limit int) {
	t.Helper()
	if domain.KindOf(err) != domain.TooLarge || !strings.Contains(domain.DetailOf(err), strconv.Itoa(limit)+" bytes") {
		t.Errorf("%v, want %v with the limit of %d bytes", err, domain.TooLarge, limit)
	}
}

func overTheFileLimit(t *testing.T, h Harness) {
	_, err := h.Uploads.Add(ports.FileHeader{}, bytes.NewReader(make([]byte, h.MaxFileBytes+1)))
	tooLarge(t, err, h.MaxFileBytes)
	content := &endless{}
	_, err = h.Uploads.Add(ports.FileHeader{}, content)
	tooLarge(t, err, h.MaxFileBytes)
	if content.read > 2*h.MaxFileBytes {
		t.Errorf("%d bytes were read of content over a limit of %d", content.read, h.MaxFileBytes)
	}
	h.nothingLeft(t)
}

func overTheLimitOfAll(t *testing.T, h Harness) {
	first := add(t, h.Uploads, ports.FileHeader{}, make([]byte, h.MaxFileBytes))
	add(t, h.Uploads, ports.FileHeader{}, make([]byte, h.MaxFileBytes))
	_, err := h.Uploads.Add(ports.FileHeader{}, strings.NewReader("x"))
	tooLarge(t, err, h.MaxBytes)
	if err := h.Uploads.Delete(t.Context(), first.ID); err != nil {
		t.Fatal(err)
	}
	add(t, h.Uploads, ports.FileHeader{}, make([]byte, h.MaxFileBytes))
}

func limitSideBySide(t *testing.T, h Harness) {
	var stored, refused atomic.Int64
	var all errgroup.Group
	for range 16 {
		all.Go(func() error {
			_, err := h.Uploads.Add(ports.FileHeader{}, iotest.HalfReader(bytes.NewReader(make([]byte, h.MaxFileBytes/2))))
			switch {
			case err == nil:
				stored.Add(1)
			case domain.KindOf(err) == domain.TooLarge:
				refused.Add(1)
			default:
				return err
			}
			return nil
		})
	}
	if err := all.Wait(); err != nil {
		t.Error(err)
	}
	if stored.Load() > 4 || stored.Load()+refused.Load() != 16 {
		t.Errorf("%d were stored where 4 have room, %d refused", stored.Load(), refused.Load())
	}
}

func emptyContent(t *testing.T, h Harness) {
	if _, err := h.Uploads.Add(ports.FileHeader{FileName: "empty"}, strings.NewReader("")); domain.KindOf(err) != domain.Invalid || err == nil {
		t.Errorf("%v, want %v", err, domain.Invalid)
	}
	h.nothingLeft(t)
}

func brokenContent(t *testing.T, h Harness) {
	wrapped := fmt.Errorf("part of a form: %w", io.EOF) // not the end of the content
	for _, gone := range []error{errors.New("the client is gone"), io.ErrUnexpectedEOF, wrapped} {
		for _, before := range []int{0, 10, 5000, 64 << 10} {
			content := io.MultiReader(bytes.NewReader(make([]byte, before)), iotest.ErrReader(gone))
			if _, err := h.Uploads.Add(ports.FileHeader{}, content); !errors.Is(err, gone) {
				t.Errorf("after %d bytes: %v", before, err)
			}
		}
	}
	h.nothingLeft(t)
}

func failedLeavesRoom(t *testing.T, h Harness) {
	for range 5 {
		if _, err := h.Uploads.Add(ports.FileHeader{}, bytes.NewReader(make([]byte, h.MaxFileBytes+1))); err == nil {
			t.Error("stored what is too large")
		}
		content := io.MultiReader(bytes.NewReader(make([]byte, h.MaxFileBytes)), iotest.ErrReader(io.ErrUnexpectedEOF))
		if _, err := h.Uploads.Add(ports.FileHeader{}, content); err == nil {
			t.Error("stored what has no end")
		}
	}
	for range 2 {
		add(t, h.Uploads, ports.FileHeader{}, make([]byte, h.MaxFileBytes))
	}
}

func broken(t *testing.T, h Harness) {
	h.Break(t)
	if _, err := h.Uploads.Add(ports.FileHeader{}, bytes.NewReader(png)); domain.KindOf(err) != domain.Unavailable {
		t.Errorf("%v, want %v", err, domain.Unavailable)
	}
}
