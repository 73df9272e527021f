package ports

import (
	"context"
	"time"

	"heliograph/domain"
)

// DeadLetters are deliveries that were given up. They keep the event's place in the log, not the event. All methods may be called
// concurrently. Errors of all methods: NotFound for a webhook or a delivery that there is not, and those of KeyValue and EventLog.
type DeadLetters interface {
	// DeadLetters are those of a webhook, oldest first.
	DeadLetters(ctx context.Context, id string) ([]DeadLetter, error)
	// DropDeadLetters forgets one, or all for an empty delivery.
	DropDeadLetters(ctx context.Context, id, delivery string) error
	// Redeliver makes one attempt at one and forgets it when that succeeds. NotFound also when the log keeps the event no more.
	Redeliver(ctx context.Context, id, delivery string) (WebhookAttempt, error)
	// RedeliverAll does so with all, oldest first, until one fails, the time for it is over or ctx ends, and says how many were
	// delivered and how many are left.
	RedeliverAll(ctx context.Context, id string) (delivered, left int, err error)
}

// DeadLetter is a delivery that was given up.
type DeadLetter struct {
	Delivery string
	Event    domain.Cursor
	Account  domain.Account
	Kind     domain.EventKind
	Received domain.Timestamp
	// At is when it was given up.
	At       time.Time
	Attempts int
	Error    string
}
