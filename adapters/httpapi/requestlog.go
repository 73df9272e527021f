package httpapi

import (
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/go-chi/chi/v5"

	"heliograph/adapters/httpapi/oas"
)

const requestIDHeader = "X-Request-Id"

// requestIDs names requests in logs and answers, so that the two can be brought together.
type requestIDs struct {
	prefix string // random, one a process
	count  atomic.Uint64
}

func newRequestIDs() *requestIDs {
	var random [6]byte
	_, _ = rand.Read(random[:]) // never fails
	return &requestIDs{prefix: hex.EncodeToString(random[:]) + "-"}
}

// of is the ID of the request that w answers. The answer carries it once it was asked for, as long as its header was not written.
func (i *requestIDs) of(w http.ResponseWriter) string {
	if id := w.Header().Get(requestIDHeader); id != "" {
		return id
	}
	id := i.prefix + strconv.FormatUint(i.count.Add(1), 36)
	w.Header().Set(requestIDHeader, id)
	return id
}

// requestLog logs each request at level debug: the route with its placeholders, never what stands in them.
func requestLog(logger *slog.Logger, ids *requestIDs) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !logger.Enabled(r.Context(), slog.LevelDebug) {
				next.ServeHTTP(w, r)
				return
			}
			begun := time.Now()
			id := ids.of(w)
			recorder := &statusRecorder{ResponseWriter: w}
			defer func() {
				route := chi.RouteContext(r.Context()).RoutePattern()
				logger.LogAttrs(r.Context(), slog.LevelDebug, "request", slog.String("request", id), slog.String("method", safeMethod(r.Method)),
					slog.String("route", route), slog.Int("status", recorder.status), slog.Duration("took", time.Since(begun)))
			}()
			next.ServeHTTP(recorder, r)
		})
	}
}

// statusRecorder remembers the status of an answer.
type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (s *statusRecorder) WriteHeader(status int) {
	if s.status == 0 || s.status < http.StatusOK {
		s.status = status
	}
	s.ResponseWriter.WriteHeader(status)
}

func (s *statusRecorder) Write(p []byte) (int, error) {
	if s.status == 0 {
		s.status = http.StatusOK
	}
	return s.ResponseWriter.Write(p)
}

// Unwrap is for http.ResponseController.
func (s *statusRecorder) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// recoverer turns a panic into 500 and a line in the log, so that it costs one request.
func recoverer(logger *slog.Logger, ids *requestIDs) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() {
				switch reason := recover(); reason {
				case nil:
				case http.ErrAbortHandler: // the way to break off an answer
					panic(reason)
				default:
					logger.LogAttrs(r.Context(), slog.LevelError, "panic", slog.Any("reason", reason),
						slog.String("request", ids.of(w)), slog.String("stack", string(debug.Stack())))
					refuse(w, http.StatusInternalServerError, oas.ErrorCodeInternal, "internal error; the log tells more")
				}
			}()
			next.ServeHTTP(w, r)
		})
	}
}
