package ports

import (
	"context"
	"io"
	"time"

	"heliograph/domain"
)

// Uploads keeps files that clients upload ahead of the messages that name them. One upload may be named by any
// number of messages until it is deleted or too old. What is kept is bounded, by age and in all.
type Uploads interface {
	// Add stores content until EOF, in bounded memory. Of header's FileName nothing but a checked base name is
	// used. Errors: Invalid (no content), TooLarge (naming the limit, of one file or of all), Unavailable (disk
	// full), and what content.Read returned; nothing stays behind then.
	Add(header FileHeader, content io.Reader) (Upload, error)
	// Hold gives the file of an upload, which stays where it is until release, even where the upload is deleted or
	// grows too old. The caller must call release, once. Errors: Invalid (empty ID), NotFound, Unavailable.
	Hold(ctx context.Context, id domain.UploadID) (file domain.AttachmentFile, release func(), err error)
	// Delete ends an upload: nobody can Hold it any more. Errors: Invalid (empty ID), NotFound, Unavailable.
	Delete(ctx context.Context, id domain.UploadID) error
}

// Upload is a file that a client uploaded.
type Upload struct {
	ID   domain.UploadID
	File domain.AttachmentFile
	// Expires is when the upload is gone by itself.
	Expires time.Time
}
