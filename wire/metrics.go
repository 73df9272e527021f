package wire

import (
	"github.com/google/wire"
	"github.com/prometheus/client_golang/prometheus"

	"heliograph/adapters/hub"
	"heliograph/adapters/metrics"
	"heliograph/app/receiving"
	"heliograph/ports"
)

// metricsSet is the registry and all that counts.
var metricsSet = wire.NewSet(
	metrics.NewRegistry,
	wire.Bind(new(prometheus.Registerer), new(*prometheus.Registry)),
	metrics.NewHub,
	wire.Bind(new(hub.Observer), new(*metrics.Hub)),
	metrics.NewReceiving,
	wire.Bind(new(receiving.Observer), new(*metrics.Receiving)),
	metrics.NewSockets,
	newCountedSender,
)

// countedSender is the backend's Sender with metrics around it.
type countedSender ports.Sender

func newCountedSender(next ports.Sender, registerer prometheus.Registerer) countedSender {
	return metrics.NewSender(next, registerer)
}
