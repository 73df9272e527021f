package wsapi

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

// Options are what may be left out.
type Options struct {
	// WriteTimeout is how long a peer may take for one write, default 10 s.
	WriteTimeout time.Duration
	// PingInterval is the time between two pings, default 30 s. A pong must come before the next ping.
	PingInterval time.Duration
	// MaxMessageBytes bounds what a client may write in one message, default 1 MiB.
	MaxMessageBytes int64
	// Logger gets the ends of connections that did not end well. Default: none.
	Logger *slog.Logger
	// Ended is told the close code of each connection that ends, for a metric.
	Ended func(code int)
	// Lost is told of each gap and reset, for a metric.
	Lost func(kind domain.EventKind)
}

// Handler serves WebSocket connections. Its methods may be called at any time.
type Handler struct {
	subscription ports.Subscription
	options      Options

	stopping context.Context // done once Shutdown was called
	stop     context.CancelFunc
	connsMu  sync.Mutex
	stopped  bool
	conns    sync.WaitGroup
}

// New makes a Handler that reads from subscription.
func New(subscription ports.Subscription, o Options) *Handler {
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
	if o.Ended == nil {
		o.Ended = func(int) {}
	}
	if o.Lost == nil {
		o.Lost = func(domain.EventKind) {}
	}
	h := &Handler{subscription: subscription, options: o}
	h.stopping, h.stop = context.WithCancel(context.Background())
	return h
}

// enter counts a connection in, or says that shutdown has begun.
func (h *Handler) enter() bool {
	h.connsMu.Lock()
	defer h.connsMu.Unlock()
	if h.stopped {
		return false
	}
	h.conns.Add(1)
	return true
}

// Shutdown closes all connections with 1001 and waits until they have ended, or ctx. Upgrades are answered 503 from now on.
func (h *Handler) Shutdown(ctx context.Context) error {
	h.connsMu.Lock()
	h.stopped = true
	h.connsMu.Unlock()
	h.stop()
	done := make(chan struct{})
	go func() {
		h.conns.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func refuse(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body)) // a client that went away is no failure of ours
}
