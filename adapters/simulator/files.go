package simulator

import (
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
)

// maxMemoryBytes bounds the attachments kept in memory; beyond it the oldest are forgotten.
const maxMemoryBytes = 256 << 20

// attachmentStore keeps the files of messages: below a folder, or in memory.
type attachmentStore struct {
	dir string

	mu    sync.Mutex
	files map[string][]byte
	order []string
	bytes int
}

func newAttachmentStore(configDir string) *attachmentStore {
	s := &attachmentStore{files: map[string][]byte{}}
	if configDir != "" {
		s.dir = filepath.Join(configDir, "attachments")
	}
	return s
}

var attachmentID = regexp.MustCompile(`^[A-Za-z0-9_-]+(\.[A-Za-z0-9]+)?$`)

// put keeps the content under a new id.
func (s *attachmentStore) put(content []byte, contentType string) (string, error) {
	id := base64.RawURLEncoding.EncodeToString(randomBytes(15)) + extension(contentType)
	if s.dir != "" {
		if err := os.MkdirAll(s.dir, 0o700); err != nil {
			return "", err
		}
		return id, os.WriteFile(filepath.Join(s.dir, id), content, 0o600)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[id] = content
	s.order = append(s.order, id)
	s.bytes += len(content)
	for s.bytes > maxMemoryBytes && len(s.order) > 1 {
		s.bytes -= len(s.files[s.order[0]])
		delete(s.files, s.order[0])
		s.order = s.order[1:]
	}
	return id, nil
}

// get returns the content of an id; os.ErrNotExist when there is none.
func (s *attachmentStore) get(id string) ([]byte, error) {
	if !attachmentID.MatchString(id) {
		return nil, os.ErrNotExist
	}
	if s.dir != "" {
		return os.ReadFile(filepath.Join(s.dir, id))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	content, ok := s.files[id]
	if !ok {
		return nil, os.ErrNotExist
	}
	return content, nil
}

// extension is the file name's end for a content type, with the dot.
func extension(contentType string) string {
	base, _, _ := strings.Cut(contentType, ";")
	switch base {
	case "image/jpeg":
		return ".jpg"
	case "text/plain":
		return ".txt"
	case "application/octet-stream", "":
		return ""
	}
	if all, err := mime.ExtensionsByType(base); err == nil && len(all) > 0 {
		return all[0]
	}
	return ""
}

var dataURI = regexp.MustCompile(`^data:([^;,]*)((?:;[^;,]*)*?);base64,`)

// readSource reads an attachment argument: a data URI or the path of a file.
func readSource(source string) (content []byte, contentType string, filename *string, err error) {
	head := source[:min(len(source), 4096)]
	if m := dataURI.FindStringSubmatch(head); m != nil {
		if content, err := base64.StdEncoding.DecodeString(source[len(m[0]):]); err == nil {
			for part := range strings.SplitSeq(m[2], ";") {
				if name, ok := strings.CutPrefix(part, "filename="); ok {
					filename = &name
				}
			}
			contentType = m[1]
			if contentType == "" {
				contentType = "application/octet-stream"
			}
			return content, contentType, filename, nil
		}
	}
	content, err = os.ReadFile(source)
	if err != nil {
		return nil, "", nil, err
	}
	name := filepath.Base(source)
	contentType = mime.TypeByExtension(filepath.Ext(source))
	if contentType == "" {
		contentType = http.DetectContentType(content)
	}
	contentType, _, _ = strings.Cut(contentType, ";")
	return content, contentType, &name, nil
}

// readContent reads a file argument for commands that keep it themselves.
func readContent(source string) ([]byte, *Error) {
	content, _, _, err := readSource(source)
	if err != nil {
		return nil, fileError(source, err)
	}
	return content, nil
}

func fileError(source string, err error) *Error {
	reason := err.Error()
	switch {
	case errors.Is(err, os.ErrNotExist):
		reason = "No such file or directory"
	case errors.Is(err, os.ErrPermission):
		reason = "Permission denied"
	case errors.Is(err, io.ErrUnexpectedEOF):
		reason = "Unexpected end of file"
	}
	source = source[:min(len(source), 200)]
	return unexpected("Failed to send message: %s: %s (%s) (AttachmentInvalidException)", source, source, reason)
}

// storeFile uploads one file argument.
func (s *Simulator) storeFile(source string) (*attachment, *Error) {
	content, contentType, filename, err := readSource(source)
	if err != nil {
		return nil, fileError(source, err)
	}
	id, err := s.files.put(content, contentType)
	if err != nil {
		return nil, ioError("Failed to store attachment: %v", err)
	}
	size, uploaded := int64(len(content)), s.now()
	return &attachment{ContentType: contentType, Filename: filename, ID: &id, Size: &size, UploadTimestamp: &uploaded}, nil
}

// readFiles uploads the members of a list of file arguments.
func (k *call) readFiles(sources []string) ([]attachment, *Error) {
	if k.p.err != nil {
		return nil, k.p.err
	}
	var out []attachment
	for _, source := range sources {
		a, err := k.sim.storeFile(source)
		if err != nil {
			return nil, err
		}
		out = append(out, *a)
	}
	return out, nil
}

func (k *call) readOptionalFile(name string) (*attachment, *Error) {
	source, ok := k.p.str(name)
	if !ok {
		return nil, nil
	}
	return k.sim.storeFile(source)
}
