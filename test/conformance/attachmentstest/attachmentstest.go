// Package attachmentstest holds what every ports.Attachments promises, as tests. An adapter or a fake runs it:
//
//	attachmentstest.Run(t, func(t *testing.T) attachmentstest.Harness { … })
package attachmentstest

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"heliograph/domain"
	"heliograph/ports"
)

// Harness is a fresh, empty Attachments. Its maker frees all with t.Cleanup.
type Harness struct {
	Attachments ports.Attachments
	// Put makes an attachment of that ID be there.
	Put func(t *testing.T, id string, content []byte)
	// Secret is content that lies outside of the attachments, one folder above them, in a file of the name "secret".
	Secret []byte
	// CanList and CanDelete say what is supported; the rest must be Unsupported.
	CanList, CanDelete bool
}

var png = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01")

// Run checks all promises, each with a harness of its own.
func Run(t *testing.T, newHarness func(t *testing.T) Harness) {
	for name, check := range map[string]func(t *testing.T, h Harness){
		"OpenGivesContentTypeAndSize":          openGivesAll,
		"OpenOfWhatIsNotThereIsNotFound":       openNothing,
		"NamesThatAreNoIDsAreInvalid":          noIDs,
		"NothingOutsideCanBeOpenedOrDeleted":   nothingOutside,
		"ContentCanBeReadTwice":                readTwice,
		"OpenAttachmentsDoNotDisturbEachOther": openMany,
		"ListGivesAllOrIsUnsupported":          listAll,
		"DeleteRemovesOneOrIsUnsupported":      deleteOne,
	} {
		t.Run(name, func(t *testing.T) { check(t, newHarness(t)) })
	}
}

func openGivesAll(t *testing.T, h Harness) {
	for id, tc := range map[string]struct {
		content []byte
		mime    string
	}{
		"picture.png":    {png, "image/png"},
		"text.txt":       {[]byte("plain text\n"), "text/plain"},
		"noextension":    {png, "image/png"},
		"wrong.txt":      {png, "image/png"},
		"-x":             {[]byte("like an option"), "text/plain"},
		"empty":          {nil, "text/plain"},
		"a_b-c1234.jpeg": {[]byte{0xff, 0xd8, 0xff, 0xe0}, "image/jpeg"},
		"large":          {bytes.Repeat([]byte{0, 1, 2, 3}, 1<<17), "application/octet-stream"},
	} {
		h.Put(t, id, tc.content)
		a, err := h.Attachments.Open(t.Context(), id)
		if err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		content, err := io.ReadAll(a.Content)
		if err != nil || !bytes.Equal(content, tc.content) {
			t.Errorf("%s: read %d bytes of %d, %v", id, len(content), len(tc.content), err)
		}
		if a.Size != int64(len(tc.content)) {
			t.Errorf("%s: size %d", id, a.Size)
		}
		if mime, _, _ := strings.Cut(a.ContentType, ";"); mime != tc.mime {
			t.Errorf("%s: type %s, want %s", id, a.ContentType, tc.mime)
		}
		if err := a.Content.Close(); err != nil {
			t.Errorf("%s: close: %v", id, err)
		}
	}
}

func openNothing(t *testing.T, h Harness) {
	h.Put(t, "there", png)
	_, err := h.Attachments.Open(t.Context(), "not-there")
	want(t, "not-there", err, domain.NotFound)
}

var noID = []string{"", ".", "..", "/", "../secret", "sub/../../secret", "/etc/passwd", `..\secret`, "a/b", "a\x00b", "a\nb", "\xff", strings.Repeat("x", 300)}

func noIDs(t *testing.T, h Harness) {
	for _, id := range noID {
		_, err := h.Attachments.Open(t.Context(), id)
		want(t, id, err, domain.Invalid)
		if h.CanDelete {
			want(t, id, h.Attachments.Delete(t.Context(), id), domain.Invalid)
		}
	}
}

func nothingOutside(t *testing.T, h Harness) {
	h.Put(t, "there", png)
	for _, id := range append([]string{"secret", "%2e%2e%2fsecret", "..%2Fsecret"}, noID...) {
		a, err := h.Attachments.Open(t.Context(), id)
		if err != nil {
			continue
		}
		content, _ := io.ReadAll(a.Content)
		_ = a.Content.Close()
		if bytes.Contains(content, h.Secret) {
			t.Errorf("%q leads outside", id)
		}
	}
}

func readTwice(t *testing.T, h Harness) {
	h.Put(t, "picture.png", png)
	a, err := h.Attachments.Open(t.Context(), "picture.png")
	if err != nil {
		t.Fatal(err)
	}
	defer a.Content.Close()
	for range 2 {
		if content, err := io.ReadAll(a.Content); err != nil || !bytes.Equal(content, png) {
			t.Fatalf("read %q, %v", content, err)
		}
		if _, err := a.Content.Seek(0, io.SeekStart); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := a.Content.Seek(-4, io.SeekEnd); err != nil || n != int64(len(png)-4) {
		t.Errorf("seek from the end: %d, %v", n, err)
	}
}

func openMany(t *testing.T, h Harness) {
	h.Put(t, "picture.png", png)
	var all errgroup.Group
	for range 16 {
		all.Go(func() error {
			a, err := h.Attachments.Open(t.Context(), "picture.png")
			if err != nil {
				return err
			}
			defer a.Content.Close()
			content, err := io.ReadAll(a.Content)
			if !bytes.Equal(content, png) {
				t.Errorf("read %q", content)
			}
			return err
		})
	}
	if err := all.Wait(); err != nil {
		t.Error(err)
	}
}

func listAll(t *testing.T, h Harness) {
	ids, err := h.Attachments.List(t.Context())
	if !h.CanList {
		want(t, "list", err, domain.Unsupported)
		return
	}
	if err != nil || ids == nil || len(ids) != 0 {
		t.Fatalf("nothing there: got %#v, %v; want an empty list", ids, err)
	}
	for _, id := range []string{"b.txt", "a.png", "c"} {
		h.Put(t, id, png)
	}
	if ids, err = h.Attachments.List(t.Context()); err != nil || !slices.Equal(ids, []string{"a.png", "b.txt", "c"}) {
		t.Errorf("got %v, %v", ids, err)
	}
}

func deleteOne(t *testing.T, h Harness) {
	h.Put(t, "a.png", png)
	err := h.Attachments.Delete(t.Context(), "a.png")
	if !h.CanDelete {
		want(t, "delete", err, domain.Unsupported)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.Attachments.Open(t.Context(), "a.png")
	want(t, "open after delete", err, domain.NotFound)
	want(t, "delete again", h.Attachments.Delete(t.Context(), "a.png"), domain.NotFound)
}

func want(t *testing.T, what string, err error, kind domain.Kind) {
	t.Helper()
	if err == nil || domain.KindOf(err) != kind {
		t.Errorf("%q: got %v, want %v", what, err, kind)
	}
}
