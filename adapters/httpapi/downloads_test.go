package httpapi_test

import (
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"heliograph/adapters/httpapi"
)

const letters = "abcdefghijklmnopqrstuvwxyz"

// download asks a real server over a real connection.
func download(t *testing.T, server *httptest.Server, method, id string, headers ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, server.URL+"/v1/attachments/"+id, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	return answer, string(body)
}

func serveFiles(t *testing.T, f files) *httptest.Server {
	t.Helper()
	h, _ := newHandler(t, &core{files: f}, httpapi.Options{})
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server
}

func TestDownloadOfAPart(t *testing.T) {
	server := serveFiles(t, files{"f.png": letters})
	at := time.Unix(1700000000, 0).UTC().Format(http.TimeFormat)
	later := time.Unix(1700000001, 0).UTC().Format(http.TimeFormat)
	for name, c := range map[string]struct {
		method        string
		headers       []string
		status        int
		body, content string // Content-Range
	}{
		"whole":                    {"GET", nil, 200, letters, ""},
		"from the start":           {"GET", []string{"Range", "bytes=0-3"}, 206, "abcd", "bytes 0-3/26"},
		"middle":                   {"GET", []string{"Range", "bytes=3-5"}, 206, "def", "bytes 3-5/26"},
		"open end":                 {"GET", []string{"Range", "bytes=24-"}, 206, "yz", "bytes 24-25/26"},
		"the last":                 {"GET", []string{"Range", "bytes=-2"}, 206, "yz", "bytes 24-25/26"},
		"over the end":             {"GET", []string{"Range", "bytes=24-99"}, 206, "yz", "bytes 24-25/26"},
		"behind the end":           {"GET", []string{"Range", "bytes=26-"}, 416, "invalid range: failed to overlap\n", "bytes */26"},
		"malformed":                {"GET", []string{"Range", "bytes=x"}, 416, "invalid range\n", ""},
		"unchanged, for a part":    {"GET", []string{"Range", "bytes=0-3", "If-Range", at}, 206, "abcd", "bytes 0-3/26"},
		"changed, for a part":      {"GET", []string{"Range", "bytes=0-3", "If-Range", later}, 200, letters, ""},
		"another tag, for a part":  {"GET", []string{"Range", "bytes=0-3", "If-Range", `"x"`}, 200, letters, ""},
		"unchanged":                {"GET", []string{"If-Modified-Since", at}, 304, "", ""},
		"unchanged is demanded":    {"GET", []string{"If-Unmodified-Since", at}, 200, letters, ""},
		"only the header":          {"HEAD", nil, 200, "", ""},
		"only the header of parts": {"HEAD", []string{"Range", "bytes=0-3"}, 206, "", "bytes 0-3/26"},
	} {
		t.Run(name, func(t *testing.T) {
			answer, body := download(t, server, c.method, "f.png", c.headers...)
			if answer.StatusCode != c.status || body != c.body || answer.Header.Get("Content-Range") != c.content {
				t.Errorf("%d %q %v", answer.StatusCode, body, answer.Header)
			}
			if c.status < 300 && (answer.Header.Get("Accept-Ranges") != "bytes" || answer.Header.Get("Content-Type") != "image/png" || answer.Header.Get("Last-Modified") != at) {
				t.Errorf("%v", answer.Header)
			}
			if c.method == http.MethodHead && answer.ContentLength <= 0 {
				t.Errorf("length %d", answer.ContentLength)
			}
		})
	}
	if answer, _ := download(t, server, http.MethodHead, "missing.png"); answer.StatusCode != http.StatusNotFound {
		t.Errorf("header of what is not there: %d", answer.StatusCode)
	}
}

func TestDownloadOfSeveralParts(t *testing.T) {
	server := serveFiles(t, files{"f.png": letters})
	answer, body := download(t, server, http.MethodGet, "f.png", "Range", "bytes=0-2,10-11,-1")
	kind, parameters, err := mime.ParseMediaType(answer.Header.Get("Content-Type"))
	if answer.StatusCode != http.StatusPartialContent || kind != "multipart/byteranges" || err != nil {
		t.Fatalf("%d %v %v", answer.StatusCode, answer.Header, err)
	}
	parts := multipart.NewReader(strings.NewReader(body), parameters["boundary"])
	for _, want := range []struct{ at, text string }{{"bytes 0-2/26", "abc"}, {"bytes 10-11/26", "kl"}, {"bytes 25-25/26", "z"}} {
		part, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(part)
		if err != nil || string(text) != want.text || part.Header.Get("Content-Range") != want.at || part.Header.Get("Content-Type") != "image/png" {
			t.Errorf("%v %q %v, want %v", part.Header, text, err, want)
		}
	}
	if _, err := parts.NextPart(); err != io.EOF {
		t.Errorf("after the last part: %v", err)
	}
}

// A browser that stores an attachment gets its ID as a name, with an extension by the content where the ID has none.
func TestDownloadHasAFileName(t *testing.T) {
	ids := map[string]string{"abc.jpg": "abc.jpg", "abc": "abc.png", "a b;c": "a b;c.png", `quo"te`: `quo"te.png`, "grün": "grün.png", "-x": "-x.png"}
	f := files{}
	for id := range ids {
		f[id] = letters
	}
	h, _ := newHandler(t, &core{files: f}, httpapi.Options{})
	for id, want := range ids {
		w := call(t, h, http.MethodGet, "/v1/attachments/"+strings.NewReplacer(" ", "%20", `"`, "%22", ";", "%3B").Replace(id), "")
		kind, parameters, err := mime.ParseMediaType(w.Header().Get("Content-Disposition"))
		if w.Code != http.StatusOK || kind != "inline" || parameters["filename"] != want || err != nil {
			t.Errorf("%s: %d %q %v", id, w.Code, w.Header().Get("Content-Disposition"), err)
		}
	}
}
