package httpapi

import (
	"bytes"
	"context"
	"net/http"
	"time"

	"heliograph/adapters/httpapi/oas"
	"heliograph/domain"
	"heliograph/ports"
)

// eventsWriteTimeout is how long a client of server-sent events may take for one write.
const eventsWriteTimeout = 10 * time.Second

// streams are the ways on which events come as they are received.
type streams struct {
	subscription ports.Subscription
	webSocket    WebSocket
	keepAlive    time.Duration
	fail         failures
}

func (s *streams) serveWebSocket(w http.ResponseWriter, r *http.Request, reader ports.Reader, options ports.SocketOptions) {
	if s.webSocket == nil {
		refuse(w, http.StatusNotImplemented, oas.ErrorCodeUnsupported, "WebSockets are switched off")
		return
	}
	s.webSocket(w, r, reader, options)
}

// serveEvents serves server-sent events until the client goes, stops reading, or the subscription ends. The data is the bare payload, or
// the whole event.
func (s *streams) serveEvents(w http.ResponseWriter, r *http.Request, op operation, reader ports.Reader, whole bool) {
	stream, err := s.subscription.Subscribe(r.Context(), reader)
	if err != nil {
		s.fail.answer(w, r, op, err)
		return
	}
	defer stream.Stop()
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	control := http.NewResponseController(w)
	send := func(p []byte) error {
		_ = control.SetWriteDeadline(time.Now().Add(eventsWriteTimeout)) // not supported: then there is no deadline
		if _, err := w.Write(p); err != nil {
			return err
		}
		return control.Flush()
	}
	if send([]byte(": open\n\n")) != nil {
		return
	}
	var batch [64]*domain.Event
	var out bytes.Buffer
	for {
		n, err := nextWithin(r.Context(), stream, batch[:], s.keepAlive)
		out.Reset()
		switch {
		case err == nil:
			for _, event := range batch[:n] {
				writeEvent(&out, event, whole)
			}
			clear(batch[:n])
		case domain.KindOf(err) == domain.Timeout && r.Context().Err() == nil:
			out.WriteString(": keep-alive\n\n")
		default:
			return
		}
		if send(out.Bytes()) != nil {
			return
		}
	}
}

// nextWithin is Next with a Timeout error after wait.
func nextWithin(ctx context.Context, stream ports.Stream, into []*domain.Event, wait time.Duration) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	return stream.Next(ctx, into)
}

// writeEvent writes one event: what was received without a name, what the reader must know of its stream as `gap` and `reset`.
func writeEvent(out *bytes.Buffer, event *domain.Event, whole bool) {
	out.WriteString("id: ")
	out.WriteString(event.Cursor.String())
	data := event.Payload
	switch {
	case event.Kind == domain.KindGap && event.Gap != nil:
		out.WriteString("\nevent: gap")
		data = event.Gap.AppendJSON(nil)
	case event.Kind == domain.KindReset:
		out.WriteString("\nevent: reset")
		data = []byte("{}")
	case whole:
		data = event.AppendJSON(nil)
	}
	for line := range bytes.SplitSeq(data, []byte{'\n'}) {
		out.WriteString("\ndata: ")
		out.Write(bytes.TrimSuffix(line, []byte{'\r'}))
	}
	out.WriteString("\n\n")
}
