package signalcli

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gabriel-vasile/mimetype"

	"heliograph/domain"
	"heliograph/ports"
)

var _ ports.Attachments = (*AttachmentDir)(nil)

// maxAttachmentID is the longest ID, in bytes: the longest name that common file systems take.
const maxAttachmentID = 255

// AttachmentDir is the folder in which signal-cli keeps received attachments, on a disk that the gateway can read. Only
// regular files directly in it exist; no ID leads out of it, links included. The folder may come and go.
type AttachmentDir struct{ dir string }

// NewAttachmentDir is for the folder dir, `attachments` in signal-cli's data directory.
func NewAttachmentDir(dir string) *AttachmentDir { return &AttachmentDir{dir: dir} }

// List is ports.Attachments: the IDs in the order of their names; none while there is no folder.
func (a *AttachmentDir) List(ctx context.Context) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, endedError("listAttachments", err)
	}
	entries, err := os.ReadDir(a.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, &domain.Error{Op: "listAttachments", Kind: domain.Internal, Detail: "attachments cannot be listed", Err: err}
	}
	ids := make([]string, 0, len(entries))
	for _, e := range entries {
		if e.Type().IsRegular() {
			ids = append(ids, e.Name())
		}
	}
	sort.Strings(ids)
	return ids, nil
}

// Open is ports.Attachments.
func (a *AttachmentDir) Open(ctx context.Context, id string) (ports.Attachment, error) {
	root, info, err := a.find(ctx, "openAttachment", id)
	if err != nil {
		return ports.Attachment{}, err
	}
	defer root.Close()
	file, err := root.Open(id)
	if err != nil {
		return ports.Attachment{}, dirError("openAttachment", err)
	}
	contentType, err := detect(file)
	if err != nil {
		_ = file.Close()
		return ports.Attachment{}, dirError("openAttachment", err)
	}
	return ports.Attachment{Content: file, ContentType: contentType, Size: info.Size(), ModTime: info.ModTime()}, nil
}

// Delete is ports.Attachments.
func (a *AttachmentDir) Delete(ctx context.Context, id string) error {
	root, _, err := a.find(ctx, "deleteAttachment", id)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := root.Remove(id); err != nil {
		return dirError("deleteAttachment", err)
	}
	return nil
}

// find opens the folder, which the caller closes, and makes sure that id is a regular file in it.
func (a *AttachmentDir) find(ctx context.Context, op, id string) (*os.Root, fs.FileInfo, error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, endedError(op, err)
	}
	if !isFileName(id) {
		return nil, nil, domain.Errorf(domain.Invalid, op, "this is not the name of an attachment")
	}
	root, err := os.OpenRoot(a.dir)
	if err != nil {
		return nil, nil, dirError(op, err)
	}
	info, err := root.Lstat(id)
	if err == nil && !info.Mode().IsRegular() {
		err = fs.ErrNotExist
	}
	if err != nil {
		_ = root.Close()
		return nil, nil, dirError(op, err)
	}
	return root, info, nil
}

// isFileName reports whether s names a file in a folder and nothing else.
func isFileName(s string) bool {
	return s != "" && s != "." && s != ".." && len(s) <= maxAttachmentID && utf8.ValidString(s) &&
		!strings.ContainsAny(s, `/\`) && strings.IndexFunc(s, unicode.IsControl) < 0
}

// detect finds the type by the content and goes back to its start.
func detect(content io.ReadSeeker) (string, error) {
	start := make([]byte, 3072) // as much as the library looks at
	n, err := io.ReadFull(content, start)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", err
	}
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	found := mimetype.Detect(start[:n])
	if found.Is("application/octet-stream") && domain.IsTaggedMP3(start[:n]) {
		return "audio/mpeg", nil
	}
	return found.String(), nil
}

func dirError(op string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return &domain.Error{Op: op, Kind: domain.NotFound, Detail: "no attachment with that name found", Err: err}
	}
	return &domain.Error{Op: op, Kind: domain.Internal, Detail: "the attachment cannot be read", Err: err}
}

func endedError(op string, cause error) error {
	return &domain.Error{Op: op, Kind: domain.KindOf(cause), Detail: "the caller went away", Err: cause}
}
