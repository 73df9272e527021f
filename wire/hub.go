package wire

import (
	"log/slog"

	"github.com/google/wire"

	"heliograph/adapters/hub"
	"heliograph/ports"
)

// hubSet is the SubscriptionHub. Nobody reads from it but the use case of reading, which is everybody's Subscription.
var hubSet = wire.NewSet(
	newHub,
	wire.Bind(new(ports.Readership), new(*hub.SubscriptionHub)),
)

func newHub(eventLog ports.EventLog, observer hub.Observer, log *slog.Logger) *hub.SubscriptionHub {
	return hub.New(eventLog, hub.Options{Observer: observer, Logger: log})
}
