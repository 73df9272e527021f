package uploadstest

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"heliograph/domain"
	"heliograph/ports"
)

func addedIsHeld(t *testing.T, h Harness) {
	upload := add(t, h.Uploads, ports.FileHeader{FileName: "picture.png"}, png)
	if upload.File.ContentType != "image/png" || upload.File.FileName != "picture.png" || !upload.Expires.After(time.Now()) {
		t.Errorf("%+v", upload)
	}
	if parsed, err := domain.ParseUploadID(string(upload.ID)); err != nil || parsed != upload.ID {
		t.Errorf("%s: %v", upload.ID, err)
	}
	file, release := hold(t, h.Uploads, upload.ID)
	defer release()
	holds(t, file, png)
	if file != upload.File || filepath.Base(file.Path) != "picture.png" {
		t.Errorf("held %+v, added %+v", file, upload.File)
	}
}

func heldManyTimes(t *testing.T, h Harness) {
	upload := add(t, h.Uploads, ports.FileHeader{}, png)
	_, first := hold(t, h.Uploads, upload.ID)
	file, second := hold(t, h.Uploads, upload.ID)
	first()
	holds(t, file, png)
	second()
	file, third := hold(t, h.Uploads, upload.ID)
	defer third()
	holds(t, file, png)
}

func freshIDs(t *testing.T, h Harness) {
	seen := map[domain.UploadID]bool{}
	for range 50 {
		id := add(t, h.Uploads, ports.FileHeader{FileName: "same.png"}, png).ID
		if seen[id] {
			t.Fatalf("%s came twice", id)
		}
		seen[id] = true
	}
}

func namesAreNoPaths(t *testing.T, h Harness) {
	victim := filepath.Join(filepath.Dir(h.Folder), "victim.txt")
	if err := os.WriteFile(victim, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"../victim.txt", "../../victim.txt", "../../../victim.txt", "../../../../victim.txt", victim, `..\victim.txt`, `C:\victim.txt`,
		".", "..", "/", "a\x00b", "\xff", "\n", "-x", "--config=/x", "upload.json", strings.Repeat("x", 300), strings.Repeat("x", 5000),
	} {
		file := add(t, h.Uploads, ports.FileHeader{FileName: name}, []byte("theirs")).File
		holds(t, file, []byte("theirs"))
		if below, err := filepath.Rel(h.Folder, file.Path); err != nil || !filepath.IsLocal(below) || filepath.Clean(file.Path) != file.Path {
			t.Errorf("%.40q became %s", name, file.Path)
		}
	}
	if content, err := os.ReadFile(victim); err != nil || string(content) != "mine" {
		t.Errorf("outside: %q, %v", content, err)
	}
}

func unknownIDs(t *testing.T, h Harness) {
	add(t, h.Uploads, ports.FileHeader{}, png)
	notFound(t, h.Uploads, domain.NewUploadID("AAAAAAAAAAAAAAAAAAAAAAAAAA"))
	if _, _, err := h.Uploads.Hold(t.Context(), ""); domain.KindOf(err) != domain.Invalid {
		t.Errorf("hold of nothing: %v", err)
	}
	if err := h.Uploads.Delete(t.Context(), ""); domain.KindOf(err) != domain.Invalid {
		t.Errorf("delete of nothing: %v", err)
	}
}

func idsAreNoPaths(t *testing.T, h Harness) {
	upload := add(t, h.Uploads, ports.FileHeader{}, png)
	for _, id := range []domain.UploadID{
		".", "..", "/", "../" + domain.UploadID(filepath.Base(h.Folder)), "upload.", "upload./x", "upload../x", upload.ID + "/content", "./" + upload.ID, upload.ID + "/",
		upload.ID + "\x00", "x/../" + upload.ID, domain.UploadID(strings.ToLower(string(upload.ID))), domain.NewUploadID(strings.Repeat("A", 5000)),
	} {
		notFound(t, h.Uploads, id)
	}
	holds(t, upload.File, png)
}

func deleted(t *testing.T, h Harness) {
	upload := add(t, h.Uploads, ports.FileHeader{}, png)
	if err := h.Uploads.Delete(t.Context(), upload.ID); err != nil {
		t.Fatal(err)
	}
	notFound(t, h.Uploads, upload.ID)
	h.nothingLeft(t)
}

func deletedWhileHeld(t *testing.T, h Harness) {
	upload := add(t, h.Uploads, ports.FileHeader{}, png)
	file, first := hold(t, h.Uploads, upload.ID)
	_, second := hold(t, h.Uploads, upload.ID)
	if err := h.Uploads.Delete(t.Context(), upload.ID); err != nil {
		t.Fatal(err)
	}
	notFound(t, h.Uploads, upload.ID)
	first()
	holds(t, file, png)
	second()
	h.nothingLeft(t)
}

func tooOld(t *testing.T, h Harness) {
	upload := add(t, h.Uploads, ports.FileHeader{}, bytes.Repeat(png, 100))
	h.Age(t)
	notFound(t, h.Uploads, upload.ID)
	h.nothingLeft(t)
	for range 2 { // the room is free again
		add(t, h.Uploads, ports.FileHeader{}, make([]byte, h.MaxFileBytes))
	}
}

func tooOldWhileHeld(t *testing.T, h Harness) {
	upload := add(t, h.Uploads, ports.FileHeader{}, png)
	file, release := hold(t, h.Uploads, upload.ID)
	h.Age(t)
	notFound(t, h.Uploads, upload.ID)
	holds(t, file, png)
	release()
	h.nothingLeft(t)
}

func outlive(t *testing.T, h Harness) {
	stays := add(t, h.Uploads, ports.FileHeader{FileName: "a.bin", ContentType: "application/x-a"}, make([]byte, h.MaxFileBytes))
	goes := add(t, h.Uploads, ports.FileHeader{}, png)
	again := h.Again(t)
	file, release := hold(t, again, stays.ID)
	holds(t, file, make([]byte, h.MaxFileBytes))
	if file != stays.File {
		t.Errorf("%+v became %+v", stays.File, file)
	}
	release()
	if _, err := again.Add(ports.FileHeader{}, bytes.NewReader(make([]byte, h.MaxFileBytes))); domain.KindOf(err) != domain.TooLarge {
		t.Errorf("what was there is not counted: %v", err)
	}
	if err := again.Delete(t.Context(), goes.ID); err != nil {
		t.Error(err)
	}
	add(t, again, ports.FileHeader{}, make([]byte, h.MaxFileBytes))
}

func sideBySide(t *testing.T, h Harness) {
	shared := add(t, h.Uploads, ports.FileHeader{}, png)
	var all errgroup.Group
	for i := range 8 {
		content := bytes.Repeat([]byte{byte(i + 1)}, 5000)
		all.Go(func() error {
			for range 5 {
				own, err := h.Uploads.Add(ports.FileHeader{FileName: "same.bin"}, bytes.NewReader(content))
				if err != nil {
					return err
				}
				for id, want := range map[domain.UploadID][]byte{own.ID: content, shared.ID: png} {
					file, release, err := h.Uploads.Hold(t.Context(), id)
					if err != nil {
						return err
					}
					holds(t, file, want)
					release()
				}
				if err := h.Uploads.Delete(t.Context(), own.ID); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := all.Wait(); err != nil {
		t.Error(err)
	}
	if err := h.Uploads.Delete(t.Context(), shared.ID); err != nil {
		t.Error(err)
	}
	h.nothingLeft(t)
}
