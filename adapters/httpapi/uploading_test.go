package httpapi_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"heliograph/adapters/httpapi"
	"heliograph/adapters/spool"
	"heliograph/domain"
	"heliograph/ports"
)

const pngStart = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"

// newUploader is the API with uploads of at most 1,000 bytes in all, and their folder.
func newUploader(t testing.TB, c *core, o httpapi.Options) (h http.Handler, folder string) {
	t.Helper()
	s, err := spool.New(t.TempDir(), spool.Options{})
	if err != nil {
		t.Fatal(err)
	}
	folder = filepath.Join(t.TempDir(), "uploads")
	u, err := spool.NewUploads(folder, spool.UploadsOptions{MaxFileBytes: 600, MaxBytes: 1000})
	if err != nil {
		t.Fatal(err)
	}
	o.LetPanicsThrough = true
	return httpapi.New(httpapi.Ports{Messaging: c, Receiving: c, Subscription: c, Attachments: c.files, Health: c, Spool: s, Uploads: u}, o), folder
}

// form is a multipart body with its content type: pairs of a Content-Disposition and a content.
func form(t testing.TB, parts ...string) (body, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		part, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {parts[i]}, "Content-Type": {"application/octet-stream"}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(parts[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.FormDataContentType()
}

// uploaded is the answer to an upload.
type uploaded struct {
	ID          string `json:"id"`
	FileName    string `json:"file_name"`
	ContentType string `json:"content_type"`
	Size        int64
	ExpiresAt   time.Time `json:"expires_at"`
}

func decodeUploaded(t testing.TB, w *httptest.ResponseRecorder) (u uploaded) {
	t.Helper()
	if err := json.Unmarshal(w.Body.Bytes(), &u); w.Code != http.StatusCreated || err != nil || !domain.IsUploadID(u.ID) || !u.ExpiresAt.After(time.Now()) {
		t.Fatalf("%d %s %v", w.Code, w.Body, err)
	}
	return u
}

func TestUploadIsWhatSendsName(t *testing.T) {
	file, formType := form(t, `form-data; name="comment"`, "about", `form-data; name="file"; filename="a.png"`, pngStart)
	unnamed, unnamedType := form(t, `form-data; name="file"`, pngStart)
	climbing, climbingType := form(t, `form-data; name="x"; filename="../../../etc/passwd"`, pngStart)
	for name, c := range map[string]struct {
		target, body string
		headers      []string
		want         uploaded
	}{
		"form":                      {"", file, []string{"Content-Type", formType}, uploaded{FileName: "a.png", ContentType: "image/png"}},
		"form, file without a name": {"", unnamed, []string{"Content-Type", unnamedType}, uploaded{ContentType: "image/png"}},
		"form, name is a path":      {"", climbing, []string{"Content-Type", climbingType}, uploaded{FileName: "passwd", ContentType: "image/png"}},
		"body, nothing said":        {"", pngStart, nil, uploaded{ContentType: "image/png"}},
		"body, type":                {"", pngStart, []string{"Content-Type", "application/pdf"}, uploaded{ContentType: "application/pdf"}},
		"body, as curl sends it":    {"", pngStart, []string{"Content-Type", "application/x-www-form-urlencoded"}, uploaded{ContentType: "image/png"}},
		"body, JSON":                {"", "{}", []string{"Content-Type", "application/json"}, uploaded{ContentType: "application/json"}},
		"body, type is nonsense":    {"", pngStart, []string{"Content-Type", ";;"}, uploaded{ContentType: "image/png"}},
		"body, name in the query":   {"?filename=b.png", pngStart, []string{"Content-Disposition", `attachment; filename="c.png"`}, uploaded{FileName: "b.png", ContentType: "image/png"}},
		"body, name in the header":  {"", pngStart, []string{"Content-Disposition", `attachment; filename="c.png"`}, uploaded{FileName: "c.png", ContentType: "image/png"}},
		"body, name in UTF-8":       {"", pngStart, []string{"Content-Disposition", `attachment; filename*=UTF-8''gr%C3%BCn.png`}, uploaded{FileName: "grün.png", ContentType: "image/png"}},
		"body, header is nonsense":  {"", pngStart, []string{"Content-Disposition", `;;=`}, uploaded{ContentType: "image/png"}},
		"body, name is a path":      {"?filename=..%2F..%2Fx.png", pngStart, nil, uploaded{FileName: "x.png", ContentType: "image/png"}},
		"body, name is none":        {"?filename=..", pngStart, nil, uploaded{ContentType: "image/png"}},
	} {
		t.Run(name, func(t *testing.T) {
			fake := &core{}
			h, folder := newUploader(t, fake, httpapi.Options{})
			got := decodeUploaded(t, call(t, h, http.MethodPost, "/v1/attachments"+c.target, c.body, c.headers...))
			if got.FileName != c.want.FileName || got.ContentType != c.want.ContentType || got.Size == 0 {
				t.Errorf("%+v, want %+v", got, c.want)
			}
			for range 2 { // any number of sends may name it
				w := call(t, h, http.MethodPost, "/v2/send", `{`+to+`,"base64_attachments":["YQ=="],"attachment_ids":["`+got.ID+`"]}`)
				if w.Code != http.StatusCreated {
					t.Fatalf("%d %s", w.Code, w.Body)
				}
			}
			if len(fake.contents) != 4 || fake.contents[0] != "a" || int64(len(fake.contents[3])) != got.Size || fake.drafts[1].Attachments[1].FileName != c.want.FileName {
				t.Errorf("sent %q", fake.contents)
			}
			if w := call(t, h, http.MethodDelete, "/v1/attachments/"+got.ID, ""); w.Code != http.StatusNoContent {
				t.Errorf("delete: %d %s", w.Code, w.Body)
			}
			if w := call(t, h, http.MethodDelete, "/v1/attachments/"+got.ID, ""); w.Code != http.StatusNotFound {
				t.Errorf("delete again: %d", w.Code)
			}
			if w := call(t, h, http.MethodPost, "/v2/send", `{`+to+`,"attachment_ids":["`+got.ID+`"]}`); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), `"code":"not_found"`) {
				t.Errorf("send of what is deleted: %d %s", w.Code, w.Body)
			}
			empty(t, folder)
		})
	}
}

func TestUploadDeletedWhileItIsSent(t *testing.T) {
	fake := &core{}
	h, folder := newUploader(t, fake, httpapi.Options{})
	id := decodeUploaded(t, call(t, h, http.MethodPost, "/v1/attachments", pngStart)).ID
	fake.send = func(d ports.Draft) (domain.SendResult, error) {
		if w := call(t, h, http.MethodDelete, "/v1/attachments/"+id, ""); w.Code != http.StatusNoContent {
			t.Errorf("delete: %d", w.Code)
		}
		content, err := os.ReadFile(d.Attachments[0].Path)
		if string(content) != pngStart || err != nil {
			t.Errorf("%q %v", content, err)
		}
		return domain.SendResult{Timestamp: 1}, nil
	}
	if w := call(t, h, http.MethodPost, "/v2/send", `{`+to+`,"attachment_ids":["`+id+`"]}`); w.Code != http.StatusCreated {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	empty(t, folder)
}

func TestUploadsThatAreRefusedLeaveNothing(t *testing.T) {
	two, twoType := form(t, `form-data; name="file"; filename="a"`, "a", `form-data; name="file"; filename="b"`, "b")
	none, noneType := form(t, `form-data; name="comment"`, "about")
	hollow, hollowType := form(t, `form-data; name="file"; filename="a"`, "")
	large, largeType := form(t, `form-data; name="file"; filename="a"`, strings.Repeat("x", 601))
	whole, wholeType := form(t, `form-data; name="file"; filename="a"`, "content")
	for name, c := range map[string]struct {
		body, contentType string
		status            int
		says              string
	}{
		"empty":              {"", "", 400, "empty"},
		"two files":          {two, twoType, 400, "one file"},
		"no file":            {none, noneType, 400, "has none"},
		"empty file":         {hollow, hollowType, 400, "empty"},
		"no boundary":        {whole, "multipart/form-data", 400, "invalid request"},
		"other boundary":     {whole, "multipart/form-data; boundary=other", 400, "invalid request"},
		"cut in the header":  {whole[:80], wholeType, 400, "invalid request"},
		"cut in the content": {whole[:strings.Index(whole, "content\r")+3], wholeType, 400, "invalid request"},
		"cut after the file": {whole[:len(whole)-6], wholeType, 400, "invalid request"},
		"large":              {strings.Repeat("x", 601), "text/plain", 413, "limit of 600 bytes"},
		"large, form":        {large, largeType, 413, "limit of 600 bytes"},
		"larger than a body": {strings.Repeat("x", 3000), "text/plain", 413, "limit of 2000 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			h, folder := newUploader(t, &core{}, httpapi.Options{MaxSendBytes: 2000})
			w := call(t, h, http.MethodPost, "/v1/attachments", c.body, "Content-Type", c.contentType)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.says) {
				t.Errorf("%d %s, want %d with %q", w.Code, w.Body, c.status, c.says)
			}
			empty(t, folder)
		})
	}
}

func TestUploadsOverTheLimitOfAll(t *testing.T) {
	h, _ := newUploader(t, &core{}, httpapi.Options{})
	first := decodeUploaded(t, call(t, h, http.MethodPost, "/v1/attachments", strings.Repeat("x", 600)))
	w := call(t, h, http.MethodPost, "/v1/attachments", strings.Repeat("x", 600))
	if w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), "limit of 1000 bytes in all") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := call(t, h, http.MethodDelete, "/v1/attachments/"+first.ID, ""); w.Code != http.StatusNoContent {
		t.Errorf("delete: %d", w.Code)
	}
	decodeUploaded(t, call(t, h, http.MethodPost, "/v1/attachments", strings.Repeat("x", 600)))
}

func TestUploadsThatCannotBeStored(t *testing.T) {
	h, folder := newUploader(t, &core{}, httpapi.Options{})
	if err := os.Remove(folder); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(folder, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	w := call(t, h, http.MethodPost, "/v1/attachments", "x")
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}

func TestUploadIDsThatAreNone(t *testing.T) {
	fake := &core{files: files{"f.png": "PNG"}}
	h, _ := newUploader(t, fake, httpapi.Options{})
	for _, id := range []string{"", "f.png", "../uploads", "upload.", "upload./../x", "upload.AAAA"} {
		body, err := json.Marshal(id)
		if err != nil {
			t.Fatal(err)
		}
		if w := call(t, h, http.MethodPost, "/v2/send", `{`+to+`,"attachment_ids":[`+string(body)+`]}`); w.Code != http.StatusBadRequest {
			t.Errorf("%q: %d %s", id, w.Code, w.Body)
		}
	}
	if len(fake.drafts) != 0 {
		t.Error("something was sent")
	}
	if w := call(t, h, http.MethodGet, "/v1/attachments/upload.AAAA", ""); w.Code != http.StatusNotFound {
		t.Errorf("uploads cannot be fetched: %d", w.Code)
	}
}

// A client that vanishes in the middle leaves nothing behind, over a real connection.
func TestUploaderThatVanishesLeavesNothing(t *testing.T) {
	h, folder := newUploader(t, &core{}, httpapi.Options{})
	server := httptest.NewServer(h)
	defer server.Close()
	for _, encoding := range []string{"Content-Length: 500\r\n", "Transfer-Encoding: chunked\r\n"} {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Fprintf(conn, "POST /v1/attachments HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n%s\r\n64\r\n%s\r\n", encoding, strings.Repeat("x", 100)); err != nil {
			t.Fatal(err)
		}
		if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if answer, err := io.ReadAll(conn); err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 400 ") {
			t.Errorf("%s %v", answer, err)
		}
		_ = conn.Close()
		if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		empty(t, folder)
	}
}
