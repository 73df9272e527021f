package wire

import (
	"log/slog"

	"github.com/google/wire"

	"heliograph/adapters/metrics"
	"heliograph/adapters/wsapi"
	"heliograph/ports"
)

// wsapiSet serves WebSockets.
var wsapiSet = wire.NewSet(newSockets)

func newSockets(subscription ports.Subscription, counted *metrics.Sockets, log *slog.Logger) *wsapi.Handler {
	return wsapi.New(subscription, wsapi.Options{Logger: log, Ended: counted.Ended, Lost: counted.Lost})
}
