package ports

import (
	"context"

	"heliograph/domain"
)

// Webhooks are those who are called with what was received. All methods may be called concurrently, at any gateway of a store.
// Errors of all methods: NotFound for an ID that there is not, Invalid, and those of KeyValue.
type Webhooks interface {
	// List gives all, by ID, those of the configuration file included.
	List(ctx context.Context) ([]WebhookEntry, error)
	Get(ctx context.Context, id string) (WebhookEntry, error)
	// Create takes a webhook without ID, and gives it as it is kept: with defaults, an ID, and a secret where it had none. It gets what is
	// stored from now on.
	Create(ctx context.Context, w domain.Webhook) (domain.Webhook, error)
	// Update changes what change changes, at most once; its error ends it. It enables again what a receiver that is gone had disabled. Of a
	// webhook of the configuration file nothing may be changed, so only that is left to do; else Conflict.
	Update(ctx context.Context, id string, change func(*domain.Webhook) error) (domain.Webhook, error)
	// Delete ends it and forgets everything about it. Conflict for one of the configuration file.
	Delete(ctx context.Context, id string) error
}

// WebhookEntry is a webhook as it is kept.
type WebhookEntry struct {
	domain.Webhook
	// ReadOnly is one of the configuration file.
	ReadOnly bool
}
