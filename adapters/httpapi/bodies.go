package httpapi

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"heliograph/adapters/httpapi/jsonstream"
	"heliograph/adapters/httpapi/oas"
)

// bodyPause is how long a client may pause within a body.
const bodyPause = 30 * time.Second

// limitBodies bounds the bytes of bodies, and how long a client may pause while it sends one. It comes
// before anything that may refuse a request: net/http reads on in a body that was not read to its end.
func limitBodies(others, sends int64) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Body == nil || r.Body == http.NoBody {
				next.ServeHTTP(w, r)
				return
			}
			limit := others
			switch {
			case r.URL.Path == "/v2/send" || r.URL.Path == "/v1/send" || r.URL.Path == "/v1/attachments":
				limit = sends
			case r.Method == http.MethodPut && (strings.HasPrefix(r.URL.Path, "/v1/groups/") || strings.HasPrefix(r.URL.Path, "/v1/profiles/")):
				limit = max(others, maxAvatarBody)
			}
			body := &pacedBody{answer: w}
			body.extend()
			if r.ContentLength > limit {
				refuse(w, http.StatusRequestEntityTooLarge, oas.ErrorCodeTooLarge, "request body is over the limit of "+strconv.FormatInt(limit, 10)+" bytes")
				return
			}
			body.ReadCloser = http.MaxBytesReader(w, r.Body, limit)
			r.Body = body
			next.ServeHTTP(w, r)
		})
	}
}

// checkText refuses texts in JSON that are no Unicode, for the decoders that would replace them.
func checkText(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body != nil && r.Body != http.NoBody {
			r.Body = struct {
				io.Reader
				io.Closer
			}{&jsonstream.TextCheck{Reader: r.Body}, r.Body}
		}
		next.ServeHTTP(w, r)
	})
}

// pacedBody moves the read deadline of the connection along while a body is read. net/http takes the deadline away at the
// body's end. For a body that is not read to its end it stays, as net/http reads on there.
type pacedBody struct {
	io.ReadCloser
	answer http.ResponseWriter // of the same connection
	set    time.Time
}

// extend gives the client bodyPause from now on. It sets the deadline now and then only, as that costs as much as a small read.
func (b *pacedBody) extend() {
	if now := time.Now(); now.Sub(b.set) > bodyPause/10 {
		b.set = now
		_ = http.NewResponseController(b.answer).SetReadDeadline(now.Add(bodyPause)) // not supported: then there is no deadline
	}
}

func (b *pacedBody) Read(p []byte) (int, error) {
	b.extend()
	return b.ReadCloser.Read(p)
}
