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

// requestID is the ID of the request that w answers.
func requestID(w http.ResponseWriter) string { return w.Header().Get(requestIDHeader) }

// requestLog gives each request an ID, which its answer carries as X-Request-Id, and logs it at level debug: the
// route with its placeholders, never what stands in them.
func requestLog(logger *slog.Logger) func(http.Handler) http.Handler {
	var random [6]byte
	_, _ = rand.Read(random[:]) // never fails
	prefix := hex.EncodeToString(random[:]) + "-"
	var count atomic.Uint64
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			id := prefix + strconv.FormatUint(count.Add(1), 36)
			w.Header()[requestIDHeader] = []string{id}
			if !logger.Enabled(r.Context(), slog.LevelDebug) {
				next.ServeHTTP(w, r)
				return
			}
			begun := time.Now()
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
func recoverer(logger *slog.Logger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() {
				switch reason := recover(); reason {
				case nil:
				case http.ErrAbortHandler: // the way to break off an answer
					panic(reason)
				default:
					logger.LogAttrs(r.Context(), slog.LevelError, "panic", slog.Any("reason", reason),
						slog.String("request", requestID(w)), slog.String("stack", string(debug.Stack())))
					refuse(w, http.StatusInternalServerError, oas.ErrorCodeInternal, "internal error; the log tells more")
				}
			}()
			next.ServeHTTP(w, r)
		})
	}
}
