package httpapi_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// writer is a ResponseWriter without memory.
type writer struct{ header http.Header }

func (w *writer) Header() http.Header         { return w.header }
func (w *writer) Write(p []byte) (int, error) { return len(p), nil }
func (w *writer) WriteHeader(int)             {}

func BenchmarkSend(b *testing.B) {
	h, _ := newHandlerFor(b, &discard{})
	body := `{` + to + `,"message":"ts=1700000000000 and some text that people write to each other"}`
	r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, "http://127.0.0.1:8080/v2/send", nil)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		r.Body = io.NopCloser(strings.NewReader(body))
		h.ServeHTTP(&writer{http.Header{}}, r)
	}
}
