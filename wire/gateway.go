package wire

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"heliograph/adapters/hub"
	"heliograph/adapters/wsapi"
	"heliograph/app/accounts"
	"heliograph/app/accountstate"
	"heliograph/app/receiving"
	"heliograph/wire/config"
)

// Gateway is the whole gateway. Run runs it once.
type Gateway struct {
	config     config.Config
	log        *slog.Logger
	server     *http.Server
	sockets    *wsapi.Handler
	hub        *hub.SubscriptionHub
	receiving  *receiving.Service
	accounts   *accounts.Service
	states     *accountstate.Service
	keeping    housekeeping
	delivering delivering
	backend    backend
	// store is nil where nothing of it runs.
	store *component
}

// backend is what runs to reach signal-cli. Each part may be absent.
type backend struct {
	// process is a signal-cli of ours; it ends last.
	process *component
	// connection carries calls and messages; it ends before receiving, so that what was read is stored.
	connection *component
	// people lists the accounts of a simulator, for newcomers.
	people string
}

// Listening is told the address once the gateway accepts requests.
type Listening func(net.Addr)

// Run serves until ctx ends or a part fails, then ends everything in order: no new requests; WebSockets are told
// to come back later; webhooks are called no more; streams end; requests in flight are answered; the connection to signal-cli closes; what was
// received is stored; signal-cli ends, and the store last. That takes shutdownLimit at most. It returns nil after ctx ended.
func (g *Gateway) Run(ctx context.Context, listening Listening) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", g.config.Listen)
	if err != nil {
		return err
	}
	parts := newCrew(g.log)
	requests, cancelRequests := context.WithCancel(context.WithoutCancel(ctx))
	defer cancelRequests()
	g.server.BaseContext = func(net.Listener) context.Context { return requests }

	var store, process, connection *running
	if g.store != nil {
		store = parts.start(ctx, *g.store)
	}
	if g.backend.process != nil {
		process = parts.start(ctx, *g.backend.process)
	}
	receiving := parts.start(ctx, component{"receiving", g.receiving.Run})
	if g.backend.connection != nil {
		connection = parts.start(ctx, *g.backend.connection)
	}
	hub := parts.start(ctx, component{"hub", g.hub.Run})
	webhook := parts.start(ctx, component(g.delivering))
	linking := parts.start(ctx, component{"accounts", g.accounts.Run})
	states := parts.start(ctx, component{"account states", g.states.Run})
	keeping := parts.start(ctx, component(g.keeping))
	edge := parts.start(ctx, component{"http", func(context.Context) error { return g.serve(listener) }})
	listening(listener.Addr())

	select {
	case <-ctx.Done():
		g.log.Info("shutting down")
		err = nil
	case err = <-parts.failed:
		g.log.Error("shutting down, a part failed", "error", err)
	}
	ending, cancelEnding := context.WithTimeout(context.WithoutCancel(ctx), shutdownLimit)
	defer cancelEnding()
	if process != nil {
		defer time.AfterFunc(processDue, process.cancel).Stop()
	}
	webhook.cancel() // before the hub ends its stream; a call that is going on has some time yet
	g.closeEdge(ending, hub, cancelRequests)
	parts.end(ending, []*running{edge, states, linking, keeping, webhook, hub, connection, receiving, process, store})
	return err
}

func (g *Gateway) serve(listener net.Listener) error {
	if err := g.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return context.Canceled
}
