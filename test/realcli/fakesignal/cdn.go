package fakesignal

import (
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"strings"
)

// maxBlob bounds one attachment, in bytes.
const maxBlob = 200 << 20

// uploadForm tells signal-cli where to upload an attachment.
func uploadForm() map[string]any {
	var random [12]byte
	_, _ = rand.Read(random[:])
	key := base64.RawURLEncoding.EncodeToString(random[:])
	return map[string]any{
		"cdn": 2, "key": key, "headers": map[string]string{},
		"signedUploadLocation": "https://cdn2.signal.org/upload/" + key,
	}
}

// cdn keeps encrypted attachments in memory: POST /upload/KEY tells where,
// then PUT and GET /attachments/KEY. Anything else is 404.
func (s *Server) cdn(r *http.Request, body []byte) *http.Response {
	dir, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if !strings.HasPrefix(r.Host, "cdn") || key == "" {
		s.note("http %s %s%s -> 404", r.Method, r.Host, r.URL.Path)
		return answer(r, http.StatusNotFound, nil)
	}
	s.stateMu.Lock()
	defer s.stateMu.Unlock()
	s.noteLocked("cdn %s %s%s %d bytes", r.Method, r.Host, r.URL.Path, len(body))
	if status, ok := s.faults.reply(r.Method, r.URL.Path); ok && status != noAnswer {
		return answer(r, status, nil)
	}
	switch r.Method + " " + dir {
	case "POST upload":
		created := answer(r, http.StatusCreated, nil)
		created.Header.Set("Location", "https://"+r.Host+"/attachments/"+key)
		return created
	case "PUT attachments":
		// "bytes */N" asks how much of an interrupted upload has arrived: nothing
		if strings.HasPrefix(r.Header.Get("Content-Range"), "bytes */") {
			return answer(r, http.StatusPermanentRedirect, nil)
		}
		s.blobs[key] = body
		return answer(r, http.StatusOK, nil)
	case "GET attachments":
		if blob := s.blobs[key]; blob != nil {
			return answer(r, http.StatusOK, blob)
		}
	}
	return answer(r, http.StatusNotFound, nil)
}
