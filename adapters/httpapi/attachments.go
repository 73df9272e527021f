package httpapi

import (
	"context"
	"mime"
	"net/http"
	"path"
	"time"

	"github.com/gabriel-vasile/mimetype"

	"heliograph/adapters/httpapi/oas"
	"heliograph/domain"
	"heliograph/ports"
)

// attachments are the files that came with received messages, and those uploaded for messages to send.
type attachments struct {
	attachments ports.Attachments
	uploads     ports.Uploads
	fail        failures
}

func (a attachments) ListAttachments(ctx context.Context, _ oas.ListAttachmentsRequestObject) (oas.ListAttachmentsResponseObject, error) {
	ids, err := a.attachments.List(ctx)
	if err != nil {
		return nil, err
	}
	if ids == nil {
		ids = []string{}
	}
	return oas.ListAttachments200JSONResponse(ids), nil
}

func (a attachments) DeleteAttachment(ctx context.Context, r oas.DeleteAttachmentRequestObject) (oas.DeleteAttachmentResponseObject, error) {
	if domain.IsUploadID(r.Attachment) {
		return oas.DeleteAttachment204Response{}, a.uploads.Delete(ctx, domain.UploadID(r.Attachment))
	}
	id, err := domain.ParseAttachmentID(r.Attachment)
	if err != nil {
		return nil, err
	}
	return oas.DeleteAttachment204Response{}, a.attachments.Delete(ctx, string(id))
}

// getAttachment is mounted by hand, for GET and HEAD: it serves ranges, and its answer has the attachment's type.
func (a attachments) getAttachment(w http.ResponseWriter, r *http.Request) {
	id, file, err := a.open(r)
	if err != nil {
		a.fail.answer(w, r, opGetAttachment, err)
		return
	}
	defer func() { _ = file.Content.Close() }()
	header := w.Header()
	header.Set("Content-Type", file.ContentType)
	header.Set("Content-Disposition", mime.FormatMediaType("inline", map[string]string{"filename": downloadName(id, file.ContentType)}))
	// What strangers sent must not run as a page of the gateway.
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	http.ServeContent(&pacedWriter{ResponseWriter: w, control: http.NewResponseController(w)}, r, "", file.ModTime, file.Content)
}

func (a attachments) open(r *http.Request) (domain.AttachmentID, ports.Attachment, error) {
	name, err := pathParameter(r, "attachment")
	if err != nil {
		return "", ports.Attachment{}, err
	}
	id, err := domain.ParseAttachmentID(name)
	if err != nil {
		return "", ports.Attachment{}, err
	}
	file, err := a.attachments.Open(r.Context(), string(id))
	return id, file, err
}

// downloadName is the name under which clients should store an attachment: its ID, with an extension by the content
// where the ID has none.
func downloadName(id domain.AttachmentID, contentType string) string {
	if path.Ext(string(id)) != "" {
		return string(id)
	}
	if found := mimetype.Lookup(contentType); found != nil {
		return string(id) + found.Extension()
	}
	return string(id)
}

// writePause is how long a client may pause while it takes an answer.
const writePause = 30 * time.Second

// pacedWriter moves the write deadline of the connection along, so that a client that stopped reading frees what it holds.
type pacedWriter struct {
	http.ResponseWriter
	control *http.ResponseController
}

func (p *pacedWriter) Write(b []byte) (int, error) {
	_ = p.control.SetWriteDeadline(time.Now().Add(writePause)) // not supported: then there is no deadline
	n, err := p.ResponseWriter.Write(b)
	_ = p.control.SetWriteDeadline(time.Time{})
	return n, err
}

// Unwrap is for http.ResponseController.
func (p *pacedWriter) Unwrap() http.ResponseWriter { return p.ResponseWriter }
