package httpapi

import (
	"net/http"
	"strconv"
	"strings"

	"heliograph/domain"
	"heliograph/ports"
)

// maxAvatarBody bounds the body of a request that may bring a picture, in bytes.
const maxAvatarBody = 16 << 20

// picture answers with an image file. It is a response of all operations that serve one.
type picture []byte

func (p picture) VisitGetGroupAvatarResponse(w http.ResponseWriter) error   { return p.serve(w) }
func (p picture) VisitGetContactAvatarResponse(w http.ResponseWriter) error { return p.serve(w) }

func (p picture) serve(w http.ResponseWriter) error {
	contentType := http.DetectContentType(p)
	if !strings.HasPrefix(contentType, "image/") {
		contentType = "application/octet-stream"
	}
	header := w.Header()
	header.Set("Content-Type", contentType)
	header.Set("Content-Length", strconv.Itoa(len(p)))
	// What strangers chose must not run as a page of the gateway.
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	_, _ = w.Write(p) // a client that went away is no failure of ours
	return nil
}

// storeAvatar writes the picture of a request to a file, which done removes; nil for none. Errors are Invalid
// and those of the Spool.
func storeAvatar(spool ports.Spool, avatar *string) (file *domain.AttachmentFile, done func(), err error) {
	if value(avatar) == "" {
		return nil, func() {}, nil
	}
	files := &uploads{spool: spool}
	stored, err := files.store(strings.NewReader(*avatar))
	if err == nil && !strings.HasPrefix(stored.ContentType, "image/") {
		err = domain.Errorf(domain.Invalid, "", "an avatar must be an image")
	}
	if err != nil {
		files.close()
		return nil, func() {}, err
	}
	return &stored, files.close, nil
}
