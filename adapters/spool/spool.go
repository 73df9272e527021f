// Package spool keeps uploads in files while a request lasts: ports.Spool on a
// folder. Each file stands in a folder of its own with a random name, so the
// file's base name, which recipients see, can be the one the client chose, as
// far as domain.AttachmentHeader lets it through; nothing else of a path comes from
// outside. Batches that a crash left behind are removed by the next New.
package spool

import (
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"mime"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/gabriel-vasile/mimetype"

	"heliograph/domain"
	"heliograph/ports"
)

var (
	_ ports.Spool      = (*Spool)(nil)
	_ ports.SpoolBatch = (*batch)(nil)
)

// Options are what may be left out.
type Options struct {
	// MaxFileBytes bounds one file, default 256 MiB.
	MaxFileBytes int64
}

// Spool is a folder for uploads. Its methods may be called at any time.
type Spool struct {
	folder       string
	maxFileBytes int64
}

const (
	batchPrefix = "batch-"
	// abandonedAfter is far longer than any request lasts.
	abandonedAfter = 24 * time.Hour
	// detectBytes is how much of a file its type is found from.
	detectBytes = 3072
	copyBytes   = 64 << 10
)

// New uses folder, an absolute path, and makes it where it is missing. Errors are Invalid and Unavailable.
func New(folder string, o Options) (*Spool, error) {
	if !filepath.IsAbs(folder) {
		return nil, domain.Errorf(domain.Invalid, "spool", "the folder for uploads must be an absolute path")
	}
	if o.MaxFileBytes <= 0 {
		o.MaxFileBytes = 256 << 20
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, unavailable(err)
	}
	s := &Spool{folder: folder, maxFileBytes: o.MaxFileBytes}
	return s, s.removeAbandoned(time.Now())
}

// removeAbandoned removes batches that no request can be using any more.
func (s *Spool) removeAbandoned(now time.Time) error {
	entries, err := os.ReadDir(s.folder)
	if err != nil {
		return unavailable(err)
	}
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), batchPrefix) {
			continue
		}
		info, err := entry.Info()
		if err != nil || now.Sub(info.ModTime()) < abandonedAfter {
			continue
		}
		if err := os.RemoveAll(filepath.Join(s.folder, entry.Name())); err != nil {
			return unavailable(err)
		}
	}
	return nil
}

// Open begins a batch. Errors are Unavailable.
func (s *Spool) Open() (ports.SpoolBatch, error) {
	folder, err := os.MkdirTemp(s.folder, batchPrefix)
	if errors.Is(err, fs.ErrNotExist) { // somebody cleaned up; the folder is ours to make
		if err = os.MkdirAll(s.folder, 0o700); err == nil {
			folder, err = os.MkdirTemp(s.folder, batchPrefix)
		}
	}
	if err != nil {
		return nil, unavailable(err)
	}
	return &batch{folder: folder, maxFileBytes: s.maxFileBytes}, nil
}

// batch is the files of one request.
type batch struct {
	folder       string
	maxFileBytes int64
}

var buffers = sync.Pool{New: func() any { return new([copyBytes]byte) }}

// Write stores content in a new file.
func (b *batch) Write(header ports.FileHeader, content io.Reader) (domain.AttachmentFile, error) {
	buffer, _ := buffers.Get().(*[copyBytes]byte)
	defer buffers.Put(buffer)
	n, ended, err := readStart(content, buffer[:detectBytes])
	if err != nil {
		return domain.AttachmentFile{}, err
	}
	said := domain.AttachmentHeader{FileName: header.FileName, ContentType: header.ContentType}
	detected, extension := detect(buffer[:n])
	folder, err := os.MkdirTemp(b.folder, "")
	if err != nil {
		return domain.AttachmentFile{}, unavailable(err)
	}
	out := domain.AttachmentFile{
		Path:        filepath.Join(folder, said.StoredName(rand.Text(), extension)),
		ContentType: mediaType(header.ContentType, detected),
	}
	if name, ok := said.SafeFileName(); ok {
		out.FileName = name
	}
	file, err := os.OpenFile(out.Path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return domain.AttachmentFile{}, unavailable(err)
	}
	out.Size, err = b.copy(file, buffer, n, ended, content)
	if closeErr := file.Close(); err == nil && closeErr != nil {
		err = unavailable(closeErr)
	}
	if err != nil {
		_ = os.Remove(out.Path) // Close removes it else
		return domain.AttachmentFile{}, err
	}
	return out, nil
}

// readStart fills start as far as there is content. io.ReadFull does not tell content that ended from content that
// was cut off, which is io.ErrUnexpectedEOF in HTTP.
func readStart(content io.Reader, start []byte) (n int, ended bool, err error) {
	for n < len(start) && err == nil {
		var more int
		more, err = content.Read(start[n:])
		n += more
	}
	if err == io.EOF { // itself, as Read must; a wrapped one says that something else ended
		return n, true, nil
	}
	return n, false, err
}

// copy writes the n bytes that were read and the rest of content.
func (b *batch) copy(file io.Writer, buffer *[copyBytes]byte, n int, ended bool, content io.Reader) (size int64, err error) {
	for {
		if size += int64(n); size > b.maxFileBytes {
			return size, domain.Errorf(domain.TooLarge, "", "an attachment is over the limit of %d bytes", b.maxFileBytes)
		}
		if _, err := file.Write(buffer[:n]); err != nil {
			return size, unavailable(err)
		}
		if ended {
			return size, nil
		}
		n, err = content.Read(buffer[:])
		switch {
		case err == io.EOF:
			ended = true
		case err != nil:
			return size, err
		}
	}
}

// Close removes all files of the batch.
func (b *batch) Close() error {
	if err := os.RemoveAll(b.folder); err != nil {
		return unavailable(err)
	}
	return nil
}

// detect finds the type of content and the extension for it, which is empty where the content does not tell.
func detect(start []byte) (contentType, extension string) {
	detected := mimetype.Detect(start)
	switch {
	case !detected.Is("application/octet-stream"):
		return detected.String(), detected.Extension()
	case domain.IsTaggedMP3(start):
		return "audio/mpeg", ".mp3"
	}
	return detected.String(), ""
}

// mediaType is what the client said, without parameters, else what the content suggests.
func mediaType(said, detected string) string {
	if kind, _, err := mime.ParseMediaType(said); err == nil && strings.Contains(kind, "/") {
		return kind
	}
	kind, _, err := mime.ParseMediaType(detected)
	if err != nil {
		return "application/octet-stream"
	}
	return kind
}

func unavailable(err error) error {
	detail := "uploads cannot be stored"
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		detail = "uploads cannot be stored: the disk is full"
	}
	return &domain.Error{Op: "spool", Kind: domain.Unavailable, Detail: detail, Err: err}
}
