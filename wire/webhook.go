package wire

import (
	"context"
	"log/slog"

	"github.com/google/wire"

	"heliograph/adapters/metrics"
	"heliograph/adapters/webhook"
	"heliograph/app/delivery"
	"heliograph/ports"
	"heliograph/wire/config"
)

// webhookSet calls a webhook with what is received.
var webhookSet = wire.NewSet(newDelivering, metrics.NewWebhook, wire.Bind(new(delivery.Observer), new(*metrics.Webhook)))

// delivering is the component that does so; nil where there is no webhook.
type delivering *component

func newDelivering(c config.Config, subscription ports.Subscription, observer delivery.Observer, log *slog.Logger) (delivering, error) {
	if c.Webhook.URL == "" {
		return nil, nil
	}
	client, err := webhook.New(string(c.Webhook.URL), webhook.Options{Timeout: c.Webhook.Timeout})
	if err != nil {
		return nil, err
	}
	service := delivery.New(subscription, client, delivery.Options{
		GiveUpAfter: c.Webhook.GiveUpAfter, EndGrace: deliveryGrace, Observer: observer, Logger: log,
	})
	return &component{"webhook", func(ctx context.Context) error {
		defer client.Close()
		return service.Run(ctx)
	}}, nil
}
