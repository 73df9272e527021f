package wire

import (
	"log/slog"

	"github.com/google/wire"

	"heliograph/adapters/wsapi"
	"heliograph/ports"
)

// wsapiSet serves WebSockets.
var wsapiSet = wire.NewSet(newSockets)

func newSockets(subscription ports.Subscription, log *slog.Logger) *wsapi.Handler {
	return wsapi.New(subscription, wsapi.Options{Logger: log})
}
