package httpapi

import (
	"bytes"
	"context"
	"net/http"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

// eventsWriteTimeout is how long a client of server-sent events may take for one write.
const eventsWriteTimeout = 10 * time.Second

// serveEvents serves server-sent events until the client goes, stops reading, or the subscription ends.
func (s *receiving) serveEvents(w http.ResponseWriter, r *http.Request, account domain.Account) {
	from, err := startOf(r)
	if err != nil {
		s.fail.answer(w, r, opReceiveMessages, err)
		return
	}
	stream, err := s.subscription.Subscribe(r.Context(), ports.Reader{
		Transport: "sse", Name: "sse " + account.Short(), Filter: domain.Filter{Account: account, Backend: true}, From: from,
	})
	if err != nil {
		s.fail.answer(w, r, opReceiveMessages, err)
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
				writeEvent(&out, event)
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
func writeEvent(out *bytes.Buffer, event *domain.Event) {
	out.WriteString("id: ")
	data := event.Payload
	switch {
	case event.Kind == domain.KindGap && event.Gap != nil:
		out.WriteString(event.Gap.Next.String())
		out.WriteString("\nevent: gap")
		data = []byte(`{"after":"` + event.Gap.After.String() + `","next":"` + event.Gap.Next.String() + `"}`)
	case event.Kind == domain.KindReset:
		out.WriteString(event.Cursor.String())
		out.WriteString("\nevent: reset")
		data = []byte("{}")
	default:
		out.WriteString(event.Cursor.String())
	}
	for line := range bytes.SplitSeq(data, []byte{'\n'}) {
		out.WriteString("\ndata: ")
		out.Write(bytes.TrimSuffix(line, []byte{'\r'}))
	}
	out.WriteString("\n\n")
}
