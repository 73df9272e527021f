package wire

import (
	"context"
	"time"
)

// Shutdown takes shutdownLimit at most, whatever hangs: requests in flight get requestGrace to be answered by the backend, and answerGrace to tell
// their clients that it did not; signal-cli is asked to end after processDue at the latest, also while others still end,
// and has processGrace for it.
const (
	shutdownLimit = 10 * time.Second
	socketGrace   = 2 * time.Second
	requestGrace  = 4 * time.Second
	answerGrace   = time.Second
	deliveryGrace = 2 * time.Second
	flushGrace    = 1500 * time.Millisecond
	processGrace  = 3 * time.Second
	processDue    = shutdownLimit - processGrace - 500*time.Millisecond
)

// closeEdge stops accepting, ends WebSockets and streams, and waits for the requests in flight. cancel ends their
// contexts, so that handlers whose backend does not answer say so; who still waits for a client then is cut off.
func (g *Gateway) closeEdge(ctx context.Context, hub *running, cancel context.CancelFunc) {
	g.receiving.EndPolls() // a drain that polls answers with what there is
	requests := newCrew(g.log)
	requests.start(ctx, component{"requests", func(context.Context) error {
		defer time.AfterFunc(requestGrace, cancel).Stop()
		limit, done := context.WithTimeout(ctx, requestGrace+answerGrace)
		defer done()
		if err := g.server.Shutdown(limit); err != nil {
			g.log.Warn("requests in flight were cut off", "error", err)
			_ = g.server.Close() // the listener is closed already
		}
		return context.Canceled
	}})
	sockets, done := context.WithTimeout(ctx, socketGrace)
	defer done()
	if err := g.sockets.Shutdown(sockets); err != nil {
		g.log.Warn("WebSockets were cut off", "error", err)
	}
	hub.stop(ctx) // ends server-sent events and waiting drains
	requests.wait()
}
