package httpapi

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"

	"heliograph/adapters/httpapi/oas"
	"heliograph/domain"
	"heliograph/ports"
)

// uploadAttachment is mounted by hand: its body goes straight to a file.
func (a attachments) uploadAttachment(w http.ResponseWriter, r *http.Request) {
	upload, err := a.upload(r)
	if err != nil {
		a.fail.answer(w, r, opUploadAttachment, bodyError(err))
		return
	}
	writeJSON(w, http.StatusCreated, oas.Upload{
		Id:          string(upload.ID),
		FileName:    optional(upload.File.FileName),
		ContentType: upload.File.ContentType,
		Size:        upload.File.Size,
		ExpiresAt:   upload.Expires,
	})
}

// upload stores the file of a form, or the body itself.
func (a attachments) upload(r *http.Request) (ports.Upload, error) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "multipart/form-data" {
		return a.uploads.Add(ports.FileHeader{FileName: saidFileName(r), ContentType: saidType(kind)}, r.Body)
	}
	form, err := r.MultipartReader()
	if err != nil {
		return ports.Upload{}, err
	}
	part, err := nextFile(form)
	if err == io.EOF {
		return ports.Upload{}, domain.Errorf(domain.Invalid, "", "please provide a file: the form has none")
	}
	if err != nil {
		return ports.Upload{}, err
	}
	kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type"))
	upload, err := a.uploads.Add(ports.FileHeader{FileName: part.FileName(), ContentType: saidType(kind)}, part)
	if err != nil {
		return ports.Upload{}, err
	}
	if _, err = nextFile(form); err == io.EOF {
		return upload, nil
	}
	if err == nil {
		err = domain.Errorf(domain.Invalid, "", "please provide one file a request: the form has more")
	}
	return ports.Upload{}, errors.Join(err, a.uploads.Delete(r.Context(), upload.ID))
}

// nextFile passes over what is no file. Its error is io.EOF itself at the form's end, and wraps it where the form was cut off.
func nextFile(form *multipart.Reader) (*multipart.Part, error) {
	for {
		part, err := form.NextRawPart() // a file is what its bytes are, whatever Content-Transfer-Encoding says
		if err != nil {
			return nil, err
		}
		if part.FileName() != "" || part.FormName() == "file" {
			return part, nil
		}
	}
}

// saidFileName is the name that a request has for its body; empty for none.
func saidFileName(r *http.Request) string {
	if name := r.URL.Query().Get("filename"); name != "" {
		return name
	}
	_, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Disposition"))
	if err != nil {
		return ""
	}
	return parameters["filename"]
}

// saidType is what a client says of a file's type: programs put these two where they know nothing.
func saidType(kind string) string {
	if kind == "application/octet-stream" || kind == "application/x-www-form-urlencoded" {
		return ""
	}
	return kind
}

// holdUploads gives the files of uploads, which stay until release. Errors are those of Hold; nothing is held then.
func holdUploads(r *http.Request, uploads ports.Uploads, ids []string) (held []domain.AttachmentFile, release func(), err error) {
	var releases []func()
	release = func() {
		for _, one := range releases {
			one()
		}
	}
	for _, text := range ids {
		id, err := domain.ParseUploadID(text)
		if err != nil {
			release()
			return nil, nil, err
		}
		file, done, err := uploads.Hold(r.Context(), id)
		if err != nil {
			release()
			return nil, nil, err
		}
		held, releases = append(held, file), append(releases, done)
	}
	return held, release, nil
}
