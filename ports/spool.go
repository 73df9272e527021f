package ports

import (
	"io"

	"heliograph/domain"
)

// Spool keeps what clients upload in files of the gateway's own while a request lasts.
type Spool interface {
	// Open begins a batch of files; the caller must Close it, which removes them all.
	Open() (SpoolBatch, error)
}

// SpoolBatch is the files of one request. It belongs to one goroutine.
type SpoolBatch interface {
	// Write stores content until EOF in a new file. The file's base name is derived from header's checked
	// FileName, or made up with an extension that fits the type; the content type is header's or else detected.
	// Errors: TooLarge (naming the limit), Unavailable (disk full), and what content.Read returned.
	Write(header FileHeader, content io.Reader) (domain.AttachmentFile, error)
	// Close removes all files. Idempotent.
	Close() error
}

// FileHeader is what a client said of an upload; each field may be empty.
type FileHeader struct {
	FileName, ContentType string
}
