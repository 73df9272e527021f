package metrics

import (
	"bufio"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Route prepares a request so that the pattern of the route it takes can be asked afterwards; the
// pattern is empty when no route took it.
type Route func(*http.Request) (prepared *http.Request, pattern func() string)

// HTTP counts requests by route. Streams (WebSocket, server-sent events) count when they end, and their
// time is left out of the histogram.
type HTTP struct {
	next     http.Handler
	route    Route
	requests *prometheus.CounterVec
	took     *prometheus.HistogramVec
	running  prometheus.Gauge
}

// NewHTTP wraps next.
func NewHTTP(next http.Handler, route Route, registerer prometheus.Registerer) *HTTP {
	h := &HTTP{
		next:  next,
		route: route,
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "heliograph_http_requests_total",
			Help: "Requests, by route, method and class of the status.",
		}, []string{"route", "method", "status"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "heliograph_http_request_duration_seconds",
			Help:    "How long requests took, without streams.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120},
		}, []string{"route", "method"}),
		running: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "heliograph_http_running_requests",
			Help: "Requests that are being answered, streams included.",
		}),
	}
	registerer.MustRegister(h.requests, h.took, h.running)
	return h
}

// ServeHTTP implements http.Handler.
func (h *HTTP) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	begun := time.Now()
	h.running.Inc()
	defer h.running.Dec()
	r, pattern := h.route(r)
	recorder := &recorder{ResponseWriter: w}
	defer func() { // a handler may end by panic, http.ErrAbortHandler
		route, method := pattern(), knownMethod(r.Method)
		if route == "" || recorder.status == http.StatusNotFound && route == "/*" {
			route = "unknown"
		}
		h.requests.WithLabelValues(route, method, class(recorder.status)).Inc()
		if !recorder.stream {
			h.took.WithLabelValues(route, method).Observe(time.Since(begun).Seconds())
		}
	}()
	h.next.ServeHTTP(recorder, r)
	if recorder.status == 0 { // returned without a word, which is a 200
		recorder.status = http.StatusOK
	}
}

// class is 2xx for 200 to 299, and so on.
func class(status int) string {
	switch {
	case status >= 500:
		return "5xx"
	case status >= 400:
		return "4xx"
	case status >= 300:
		return "3xx"
	case status >= 200:
		return "2xx"
	case status >= 100:
		return "1xx"
	}
	return "none"
}

// knownMethod keeps the label's set closed.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}

// recorder notes the status. It can flush and be hijacked as the writer below it can.
type recorder struct {
	http.ResponseWriter
	status int
	// stream: the answer is a stream without a known end.
	stream bool
}

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) {
	if r.status < 200 { // what came before was informational
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (r *recorder) Write(p []byte) (int, error) {
	if r.status < 200 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(p)
}

// Flush implements http.Flusher; an answer that is flushed is a stream.
func (r *recorder) Flush() { _ = r.FlushError() }

// FlushError is what http.ResponseController calls.
func (r *recorder) FlushError() error {
	r.stream = true
	return http.NewResponseController(r.ResponseWriter).Flush()
}

// Hijack implements http.Hijacker.
func (r *recorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(r.ResponseWriter).Hijack()
	if err == nil {
		r.stream = true
		r.status = http.StatusSwitchingProtocols
	}
	return conn, buffered, err
}

// Unwrap is for http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
