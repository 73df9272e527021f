package wsapi

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

// Options are what may be left out.
type Options struct {
	// WriteTimeout is how long a peer may take for one write, default 10 s.
	WriteTimeout time.Duration
	// PingInterval is the time between two pings, default 30 s. The peer must send something between two.
	PingInterval time.Duration
	// MaxMessageBytes bounds what a client may write in one message, default 1 MiB.
	MaxMessageBytes int64
	// Logger gets the ends of connections that did not end well. Default: none.
	Logger *slog.Logger
	// Opened and Ended are called once a connection, for metrics; code is its close code, 1006 where none could be sent.
	Opened func()
	Ended  func(code int)
	// Lost is called for each gap and reset, for a metric.
	Lost func(kind domain.EventKind)
}

func (o Options) withDefaults() Options {
	if o.WriteTimeout <= 0 {
		o.WriteTimeout = 10 * time.Second
	}
	if o.PingInterval <= 0 {
		o.PingInterval = 30 * time.Second
	}
	if o.MaxMessageBytes <= 0 {
		o.MaxMessageBytes = 1 << 20
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Opened == nil {
		o.Opened = func() {}
	}
	if o.Ended == nil {
		o.Ended = func(int) {}
	}
	if o.Lost == nil {
		o.Lost = func(domain.EventKind) {}
	}
	return o
}

// Handler serves WebSocket connections. Its methods may be called at any time.
type Handler struct {
	subscription ports.Subscription
	options      Options
	life         context.Context // never ends
	stopping     context.Context // ends with Shutdown
	stop         context.CancelFunc
	running      sync.WaitGroup

	connsMu sync.Mutex // guards both below
	stopped bool
	conns   map[*connection]struct{}
}

// New makes a Handler that reads from subscription. It holds nothing until Serve is called.
func New(subscription ports.Subscription, o Options) *Handler {
	h := &Handler{subscription: subscription, options: o.withDefaults(), conns: make(map[*connection]struct{})}
	h.life = context.Background() // connections outlive their requests, and the library ends one whose context ends
	h.stopping, h.stop = context.WithCancel(h.life)
	return h
}

// Serve upgrades the request and returns; the connection goes on and delivers reader's
// events, shaped by options, until it ends, for whatever reason. Whoever calls has checked who asks, Host and Origin included.
func (h *Handler) Serve(w http.ResponseWriter, r *http.Request, reader ports.Reader, options ports.SocketOptions) {
	if h.stopping.Err() != nil {
		unavailable(w, "the gateway is shutting down")
		return
	}
	stream, err := h.subscription.Subscribe(r.Context(), reader)
	if err != nil {
		unavailable(w, domain.DetailOf(err))
		return
	}
	socket, frames, err := h.accept(w, r)
	if err != nil {
		stream.Stop()
		return // accept has answered
	}
	c := newConnection(h, socket, frames, stream, reader, options)
	if !h.enter(c) {
		c.stop()
		c.frames.writeClose(closeGoingAway.code, closeGoingAway.reason)
		c.socket.close()
		return
	}
	c.start()
}

// enter counts a connection in, or says that shutdown has begun.
func (h *Handler) enter(c *connection) bool {
	h.connsMu.Lock()
	defer h.connsMu.Unlock()
	if h.stopped {
		return false
	}
	h.conns[c] = struct{}{}
	h.running.Add(1)
	return true
}

func (h *Handler) leave(c *connection) {
	h.connsMu.Lock()
	delete(h.conns, c)
	h.connsMu.Unlock()
	h.running.Done()
}

// Shutdown closes all connections with 1001 and waits until they have ended, or
// for ctx. Upgrades are answered 503 from now on. What a peer does not take within a second is not sent.
func (h *Handler) Shutdown(ctx context.Context) error {
	h.connsMu.Lock()
	h.stopped = true
	for c := range h.conns {
		c.frames.hurry(time.Second)
	}
	h.connsMu.Unlock()
	h.stop()
	done := make(chan struct{})
	go func() {
		h.running.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func unavailable(w http.ResponseWriter, detail string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Retry-After", "1")
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = w.Write([]byte(`{"error":` + strconv.Quote(detail) + `,"code":"unavailable","retry_after":1}`)) // who went away does not matter
}
