package httpapi

import (
	"io"
	"net/http"
	"strconv"
	"time"

	"heliograph/adapters/httpapi/oas"
)

// bodyPause is how long a client may pause within a body.
const bodyPause = 30 * time.Second

// limitBodies bounds the bytes of bodies, and how long a client may pause while it sends one.
func limitBodies(others, sends int64) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Body == nil || r.Body == http.NoBody {
				next.ServeHTTP(w, r)
				return
			}
			limit := others
			if r.URL.Path == "/v2/send" || r.URL.Path == "/v1/send" {
				limit = sends
			}
			if r.ContentLength > limit {
				refuse(w, http.StatusRequestEntityTooLarge, oas.ErrorCodeTooLarge, "request body is over the limit of "+strconv.FormatInt(limit, 10)+" bytes")
				return
			}
			body := &pacedBody{ReadCloser: http.MaxBytesReader(w, r.Body, limit), control: http.NewResponseController(w)}
			r.Body = body
			defer body.release()
			next.ServeHTTP(w, r)
		})
	}
}

// pacedBody moves the read deadline of the connection along while a body is read, and takes it away at the
// end: a deadline that passes later would cancel the request's context.
type pacedBody struct {
	io.ReadCloser
	control *http.ResponseController
	set     time.Time
}

func (b *pacedBody) Read(p []byte) (int, error) {
	if now := time.Now(); now.Sub(b.set) > bodyPause/10 {
		b.set = now
		_ = b.control.SetReadDeadline(now.Add(bodyPause)) // not supported: then there is no deadline
	}
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.release()
	}
	return n, err
}

func (b *pacedBody) release() {
	if !b.set.IsZero() {
		b.set = time.Time{}
		_ = b.control.SetReadDeadline(time.Time{})
	}
}
