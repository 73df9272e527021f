package wire

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/google/wire"
	"github.com/prometheus/client_golang/prometheus"

	"heliograph/adapters/metrics"
	"heliograph/adapters/webhook"
	"heliograph/app/webhooks"
	"heliograph/domain"
	"heliograph/ports"
	"heliograph/wire/config"
)

// webhooksSet calls webhooks with what is received.
var webhooksSet = wire.NewSet(
	newCaller, newWebhooks, newDelivering,
	wire.Bind(new(ports.Webhooks), new(*webhooks.Service)),
	wire.Bind(new(ports.WebhookDeliveries), new(*webhooks.Service)),
	wire.Bind(new(ports.DeadLetters), new(*webhooks.Service)),
	metrics.NewWebhook,
	wire.Bind(new(webhooks.Observer), new(*metrics.Webhook)),
)

// receiveMaxPause is the longest pause of the webhook that RECEIVE_WEBHOOK_URL names.
const receiveMaxPause = 30 * time.Second

// delivering is the component that calls webhooks.
type delivering component

func newCaller(c config.Config) (*webhook.Caller, func()) {
	caller := webhook.NewCaller(webhook.CallerOptions{Allow: c.Webhooks.AllowPrivate, Proxy: http.ProxyFromEnvironment})
	return caller, caller.Close
}

func newWebhooks(c config.Config, eventLog ports.EventLog, subscription ports.Subscription, store ports.KeyValue, caller *webhook.Caller,
	observer webhooks.Observer, registerer prometheus.Registerer, log *slog.Logger) *webhooks.Service {
	service := webhooks.New(eventLog, subscription, store, caller, webhooks.Options{
		Configured: configuredWebhooks(c), Owner: leaseOwner(c), EndGrace: deliveryGrace, Observer: observer, Logger: log,
	})
	metrics.RegisterWebhooks(service, registerer)
	return service
}

// leaseOwner names the gateway among those of its store. On a store of its own it is alone, so after a crash it need not wait for the end
// of its own lease; elsewhere each has another name at each start.
func leaseOwner(c config.Config) string {
	if c.StoreKind() == config.External {
		return ""
	}
	return "this"
}

// configuredWebhooks are those of the file, and the one that RECEIVE_WEBHOOK_URL names.
func configuredWebhooks(c config.Config) []webhooks.Configured {
	var list []webhooks.Configured
	for _, w := range c.Webhooks.List {
		list = append(list, webhooks.Configured(w))
	}
	if c.Webhook.URL != "" {
		list = append(list, webhooks.Configured{FromOldest: true, Webhook: domain.Webhook{
			ID: config.ReceiveWebhookID, Name: "RECEIVE_WEBHOOK_URL", URL: string(c.Webhook.URL), Body: domain.WebhookReference, Concurrency: 1,
			Timeout: c.Webhook.Timeout, Enabled: true,
			Retry: domain.WebhookRetry{GiveUpAfter: c.Webhook.GiveUpAfter, MaxPause: receiveMaxPause, DropRefused: true},
		}})
	}
	return list
}

func newDelivering(service *webhooks.Service) delivering {
	return delivering{"webhooks", func(ctx context.Context) error { return service.Run(ctx) }}
}
