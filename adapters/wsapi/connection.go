package wsapi

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"

	"nhooyr.io/websocket"

	"heliograph/domain"
	"heliograph/ports"
)

// batchEvents is how many events are taken from the stream at once.
const batchEvents = 64

// Serve upgrades the request and delivers reader's events until the connection
// ends, for whatever reason. Whoever calls has checked who asks, Host and Origin included.
func (h *Handler) Serve(w http.ResponseWriter, r *http.Request, reader ports.Reader) {
	if !h.enter() {
		refuse(w, http.StatusServiceUnavailable, `{"error":"the gateway is shutting down","code":"unavailable"}`)
		return
	}
	defer h.conns.Done()
	stream, err := h.subscription.Subscribe(r.Context(), reader)
	if err != nil {
		refuse(w, http.StatusServiceUnavailable, `{"error":`+strconv.Quote(domain.DetailOf(err))+`,"code":"unavailable"}`)
		return
	}
	defer stream.Stop()
	socket, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		InsecureSkipVerify: true, // the Origin was checked before
		CompressionMode:    websocket.CompressionDisabled,
	})
	if err != nil {
		return // Accept has answered
	}
	c := &connection{handler: h, socket: socket, stream: stream}
	code, reason := c.run(context.WithoutCancel(r.Context()))
	_ = socket.Close(code, reason)
	_ = socket.CloseNow()
	h.options.Ended(int(code))
	if code != websocket.StatusNormalClosure && code != websocket.StatusGoingAway {
		h.options.Logger.Info("websocket ended", "reader", reader.Name, "code", int(code), "reason", reason)
	}
}

// connection is one open WebSocket.
type connection struct {
	handler *Handler
	socket  *websocket.Conn
	stream  ports.Stream
}

// errPeer says that the peer closed or went away.
var errPeer = errors.New("peer gone")

// run delivers until something ends it, and says how the connection is to be closed.
func (c *connection) run(ctx context.Context) (websocket.StatusCode, string) {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	defer context.AfterFunc(c.handler.stopping, func() { end(errShutdown) })()
	reading := make(chan struct{})
	go func() {
		defer close(reading)
		end(c.read())
	}()
	defer func() { <-reading }()
	code, reason := c.deliver(ctx)
	if code == websocket.StatusGoingAway || code == websocket.StatusInternalError || code == websocket.StatusPolicyViolation {
		_ = c.socket.Close(code, reason)
	}
	_ = c.socket.CloseNow() // ends the reader
	return code, reason
}

var errShutdown = errors.New("shutdown")

// deliver writes events as they come. ctx ends with the connection or the gateway.
func (c *connection) deliver(ctx context.Context) (websocket.StatusCode, string) {
	var batch [batchEvents]*domain.Event
	for {
		n, err := c.next(ctx, batch[:])
		if err != nil {
			return c.ending(ctx, err)
		}
		for _, event := range batch[:n] {
			if event.Kind == domain.KindGap || event.Kind == domain.KindReset {
				c.handler.options.Lost(event.Kind)
				c.handler.options.Logger.LogAttrs(ctx, slog.LevelWarn, "websocket reader lost events", slog.String("kind", string(event.Kind)))
				continue
			}
			if err := c.write(event.Payload); err != nil {
				return websocket.StatusPolicyViolation, "stopped reading"
			}
		}
		clear(batch[:n])
	}
}

// next waits for events and pings meanwhile.
func (c *connection) next(ctx context.Context, into []*domain.Event) (int, error) {
	for {
		wait, cancel := context.WithTimeout(ctx, c.handler.options.PingInterval)
		n, err := c.stream.Next(wait, into)
		cancel()
		if err == nil || ctx.Err() != nil || domain.KindOf(err) != domain.Timeout {
			return n, err
		}
		pong, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.handler.options.WriteTimeout)
		err = c.socket.Ping(pong)
		cancel()
		if err != nil {
			return 0, err
		}
	}
}

func (c *connection) write(payload []byte) error {
	ctx, cancel := context.WithTimeout(context.Background(), c.handler.options.WriteTimeout)
	defer cancel()
	return c.socket.Write(ctx, websocket.MessageText, payload)
}

// ending chooses the close code for what ended deliver.
func (c *connection) ending(ctx context.Context, err error) (websocket.StatusCode, string) {
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errShutdown), domain.KindOf(err) == domain.Unavailable:
		return websocket.StatusGoingAway, "shutting down"
	case errors.Is(cause, errPeer):
		return websocket.StatusNormalClosure, ""
	case domain.KindOf(err) == domain.Internal && cause == nil:
		return websocket.StatusPolicyViolation, "no pong"
	}
	return websocket.StatusInternalError, "internal error"
}

// read throws away what the peer writes until the connection ends.
func (c *connection) read() error {
	c.socket.SetReadLimit(c.handler.options.MaxMessageBytes)
	for {
		_, message, err := c.socket.Reader(context.Background())
		if err == nil {
			_, err = io.Copy(io.Discard, message)
		}
		if err != nil {
			return errPeer
		}
	}
}
