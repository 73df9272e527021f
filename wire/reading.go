package wire

import (
	"github.com/google/wire"

	"heliograph/adapters/hub"
	"heliograph/adapters/metrics"
	"heliograph/app/reading"
	"heliograph/ports"
)

// readingSet is what everybody reads received events from.
var readingSet = wire.NewSet(
	newReading,
	wire.Bind(new(ports.Subscription), new(*reading.Service)),
	wire.Bind(new(ports.Events), new(*reading.Service)),
	metrics.NewReading,
	wire.Bind(new(reading.Observer), new(*metrics.Reading)),
)

func newReading(hub *hub.SubscriptionHub, eventLog ports.EventLog, values ports.KeyValue, observer reading.Observer) *reading.Service {
	return reading.New(hub, eventLog, values, reading.Options{Observer: observer})
}
