package ports

import (
	"context"
	"io"
	"time"
)

// Attachments are the files that came with received messages.
type Attachments interface {
	// List gives the IDs of all that are kept.
	List(ctx context.Context) ([]string, error)
	// Open gives one to read; the caller closes Content. Errors: Invalid (no ID), NotFound.
	Open(ctx context.Context, id string) (Attachment, error)
	// Delete removes one. Errors: Invalid (no ID), NotFound, Unsupported (the backend's disk is elsewhere).
	Delete(ctx context.Context, id string) error
}

// Attachment is an open attachment.
type Attachment struct {
	Content     io.ReadSeekCloser
	ContentType string
	// Size in bytes.
	Size    int64
	ModTime time.Time
}
