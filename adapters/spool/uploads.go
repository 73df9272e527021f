package spool

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

var _ ports.Uploads = (*Uploads)(nil)

// UploadsOptions are what may be left out.
type UploadsOptions struct {
	// MaxFileBytes bounds one upload, default 256 MiB.
	MaxFileBytes int64
	// MaxBytes bounds all uploads together, default 1 GiB.
	MaxBytes int64
	// MaxAge is how long an upload is kept, default 1 hour.
	MaxAge time.Duration
}

// Uploads is ports.Uploads on a folder, which it has for itself. An upload is a folder of its ID that holds the file,
// again in a folder of its own, and what is known of it; all that is to be remembered is on disk, so uploads outlive
// the program. What is not complete has a name that is no ID. Run removes what is too old.
type Uploads struct {
	folder  string
	options UploadsOptions

	heldMu sync.Mutex
	held   map[domain.UploadID]*hold

	quota quota
}

// hold is an upload that somebody sends.
type hold struct {
	holders int
	ended   bool // nobody else may hold it, the last holder removes it
}

// record is what is written down of an upload.
type record struct {
	FileName    string    `json:"file_name,omitempty"`
	ContentType string    `json:"content_type"`
	Size        int64     `json:"size"`
	Base        string    `json:"base"`
	Expires     time.Time `json:"expires"`
}

const (
	partPrefix  = "part-"
	goneSuffix  = ".gone"
	recordName  = "upload.json"
	contentName = "content"
	// unfinishedAfter is far longer than a client may pause within a body.
	unfinishedAfter = 10 * time.Minute
)

// NewUploads uses folder, an absolute path, and makes it where it is missing; what is too old there is removed. Errors
// are Invalid and Unavailable.
func NewUploads(folder string, o UploadsOptions) (*Uploads, error) {
	if !filepath.IsAbs(folder) {
		return nil, domain.Errorf(domain.Invalid, "uploads", "the folder for uploads must be an absolute path")
	}
	if o.MaxFileBytes <= 0 {
		o.MaxFileBytes = 256 << 20
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = 1 << 30
	}
	if o.MaxAge <= 0 {
		o.MaxAge = time.Hour
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, unavailable(err)
	}
	u := &Uploads{folder: folder, options: o, held: map[domain.UploadID]*hold{}, quota: quota{limit: o.MaxBytes}}
	if err := u.Sweep(time.Now()); err != nil {
		return nil, err
	}
	return u, u.countKept()
}

// Add is ports.Uploads.
func (u *Uploads) Add(header ports.FileHeader, content io.Reader) (ports.Upload, error) {
	if err := os.MkdirAll(u.folder, 0o700); err != nil { // somebody cleaned up; the folder is ours to make
		return ports.Upload{}, unavailable(err)
	}
	part, err := os.MkdirTemp(u.folder, partPrefix)
	if err != nil {
		return ports.Upload{}, unavailable(err)
	}
	counted := &countedReader{quota: &u.quota, content: content}
	upload, err := u.complete(part, header, counted)
	if err != nil {
		_ = os.RemoveAll(part) // Sweep removes it else
		u.quota.free(counted.bytes)
		return ports.Upload{}, err
	}
	return upload, nil
}

// complete writes content and what is known of it below part, and gives that its ID as its name.
func (u *Uploads) complete(part string, header ports.FileHeader, content io.Reader) (ports.Upload, error) {
	below := filepath.Join(part, contentName)
	if err := os.Mkdir(below, 0o700); err != nil {
		return ports.Upload{}, unavailable(err)
	}
	file, err := (&batch{folder: below, maxFileBytes: u.options.MaxFileBytes}).Write(header, content)
	if err != nil {
		return ports.Upload{}, err
	}
	if file.Size == 0 {
		return ports.Upload{}, domain.Errorf(domain.Invalid, "", "the file is empty")
	}
	base, err := filepath.Rel(part, file.Path)
	if err != nil {
		return ports.Upload{}, unavailable(err)
	}
	r := record{file.FileName, file.ContentType, file.Size, base, time.Now().Add(u.options.MaxAge).UTC().Truncate(time.Second)}
	if err := writeRecord(part, r); err != nil {
		return ports.Upload{}, unavailable(err)
	}
	id := domain.NewUploadID(rand.Text())
	if err := os.Rename(part, u.path(id)); err != nil {
		return ports.Upload{}, unavailable(err)
	}
	return ports.Upload{ID: id, File: u.file(id, r), Expires: r.Expires}, nil
}

// Hold is ports.Uploads.
func (u *Uploads) Hold(ctx context.Context, id domain.UploadID) (domain.AttachmentFile, func(), error) {
	if err := checkCall(ctx, id); err != nil {
		return domain.AttachmentFile{}, nil, err
	}
	u.heldMu.Lock()
	defer u.heldMu.Unlock()
	r, err := u.readRecord(id)
	if err != nil {
		return domain.AttachmentFile{}, nil, err
	}
	h := u.held[id]
	if h != nil && h.ended || !time.Now().Before(r.Expires) {
		return domain.AttachmentFile{}, nil, notFound(nil)
	}
	if h == nil {
		h = &hold{}
		u.held[id] = h
	}
	h.holders++
	return u.file(id, r), sync.OnceFunc(func() { u.release(id, r.Size) }), nil
}

func (u *Uploads) release(id domain.UploadID, size int64) {
	u.heldMu.Lock()
	defer u.heldMu.Unlock()
	h := u.held[id]
	if h.holders--; h.holders > 0 {
		return
	}
	delete(u.held, id)
	if h.ended {
		_ = u.removeLocked(id, size) // Sweep removes it else
	}
}

// Delete is ports.Uploads.
func (u *Uploads) Delete(ctx context.Context, id domain.UploadID) error {
	if err := checkCall(context.WithoutCancel(ctx), id); err != nil {
		return err
	}
	u.heldMu.Lock()
	defer u.heldMu.Unlock()
	r, err := u.readRecord(id)
	if err != nil {
		return err
	}
	if h := u.held[id]; h != nil {
		if h.ended {
			return notFound(nil)
		}
		h.ended = true
		return nil
	}
	return u.removeLocked(id, r.Size)
}

// removeLocked removes an upload that nobody holds. From the first step on it is no upload any more.
func (u *Uploads) removeLocked(id domain.UploadID, size int64) error {
	gone := u.path(id) + goneSuffix
	if err := os.Rename(u.path(id), gone); err != nil {
		return unavailable(err)
	}
	u.quota.free(size)
	if err := os.RemoveAll(gone); err != nil {
		return unavailable(err)
	}
	return nil
}

func (u *Uploads) path(id domain.UploadID) string { return filepath.Join(u.folder, string(id)) }

func (u *Uploads) file(id domain.UploadID, r record) domain.AttachmentFile {
	return domain.AttachmentFile{Path: filepath.Join(u.path(id), r.Base), FileName: r.FileName, ContentType: r.ContentType, Size: r.Size}
}

func writeRecord(folder string, r record) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, recordName), text, 0o600)
}

func (u *Uploads) readRecord(id domain.UploadID) (r record, err error) {
	text, err := os.ReadFile(filepath.Join(u.path(id), recordName))
	if errors.Is(err, fs.ErrNotExist) {
		return r, notFound(err)
	}
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err == nil && !filepath.IsLocal(r.Base) {
		err = errors.New("the record of an upload names a file elsewhere")
	}
	if err != nil {
		return r, unavailable(err)
	}
	return r, nil
}

// checkCall looks at the context and makes sure that id is an ID and no path.
func checkCall(ctx context.Context, id domain.UploadID) error {
	if err := ctx.Err(); err != nil {
		return &domain.Error{Op: "uploads", Kind: domain.KindOf(err), Detail: "the caller went away", Err: err}
	}
	_, err := domain.ParseUploadID(string(id))
	return err
}

func notFound(err error) error {
	return &domain.Error{Op: "uploads", Kind: domain.NotFound, Detail: "no upload with that ID: it was never made, was deleted, or is too old", Err: err}
}

// isUploadName reports whether a folder bears the name of a complete upload.
func isUploadName(name string) bool { return domain.IsUploadID(name) }

// isLeftOver reports whether a folder is no upload yet, or none any more.
func isLeftOver(name string) bool {
	return strings.HasPrefix(name, partPrefix) || strings.HasSuffix(name, goneSuffix)
}
