package wire

import (
	"log/slog"
	"net/http"

	"github.com/google/wire"
	"github.com/prometheus/client_golang/prometheus"

	"heliograph/adapters/hub"
	"heliograph/adapters/metrics"
	"heliograph/adapters/wsapi"
	"heliograph/app/accounts"
	"heliograph/app/accountstate"
	"heliograph/app/health"
	"heliograph/app/messaging"
	"heliograph/app/receiving"
	"heliograph/ports"
	"heliograph/wire/config"
)

// coreSet is the use cases, without receiving, whose needs differ by backend.
var coreSet = wire.NewSet(
	newMessaging,
	wire.Bind(new(ports.Messaging), new(*messaging.Service)),
	accounts.New,
	wire.Bind(new(ports.AccountManager), new(*accounts.Service)),
	health.New,
	wire.Bind(new(ports.Health), new(*health.Service)),
	wire.Bind(new(health.Receiving), new(*receiving.Service)),
	wire.Bind(new(ports.Receiver), new(*receiving.Service)),
	wire.Bind(new(ports.Receiving), new(*receiving.Service)),
	newReceiving,
	newGateway,
)

func newMessaging(sender countedSender, c config.Config) *messaging.Service {
	return messaging.New(sender, messaging.Options{DefaultTextMode: c.TextMode})
}

// polling is what a backend that must be asked for messages adds to receiving; zero for the others.
type polling receiving.Options

func newReceiving(eventLog ports.EventLog, values ports.KeyValue, storage *storage, subscription ports.Subscription, observer receiving.Observer, polling polling,
	registerer prometheus.Registerer, c config.Config, log *slog.Logger) *receiving.Service {
	options := receiving.Options(polling)
	options.BufferBytes = int(c.Receive.BufferBytes)
	options.FlushTimeout = flushGrace
	options.Writable = storage.writable
	options.Observer = observer
	options.Logger = log
	service := receiving.New(eventLog, values, subscription, options)
	metrics.RegisterBuffer(service, registerer)
	return service
}

func newGateway(c config.Config, log *slog.Logger, server *http.Server, sockets *wsapi.Handler,
	hub *hub.SubscriptionHub, receiving *receiving.Service, accounts *accounts.Service, states *accountstate.Service, keeping housekeeping, delivering delivering, backend backend,
	storage *storage) *Gateway {
	return &Gateway{c, log, server, sockets, hub, receiving, accounts, states, keeping, delivering, backend, storage.run}
}
