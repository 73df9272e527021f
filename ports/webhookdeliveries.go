package ports

import (
	"context"
	"time"

	"heliograph/domain"
)

// WebhookDeliveries are what webhooks got, and what they did not get yet. All methods may be called concurrently.
// Errors of all methods: NotFound for an ID that there is not, and those of KeyValue and EventLog.
type WebhookDeliveries interface {
	// Status tells where a webhook stands.
	Status(ctx context.Context, id string) (WebhookStatus, error)
	// Attempts are the recent ones of this gateway, newest first; a bounded number.
	Attempts(ctx context.Context, id string) ([]WebhookAttempt, error)
	// Replay goes back (or on) to a position: what is behind it is delivered, what failed before is forgotten. domain.Oldest is allowed.
	Replay(ctx context.Context, id string, from domain.Cursor) error
	// Test makes one call with a test event and waits for its end.
	Test(ctx context.Context, id string) (WebhookAttempt, error)
	// RotateSecret makes a new secret and lets the one before sign besides for keep. Conflict for a webhook of the configuration file.
	RotateSecret(ctx context.Context, id string, keep time.Duration) (string, error)
}

// WebhookState is what a webhook does.
type WebhookState string

// The states.
const (
	// WebhookWorking gets what comes.
	WebhookWorking WebhookState = "working"
	// WebhookBehind gets what is kept in the log, from further back.
	WebhookBehind WebhookState = "behind"
	// WebhookFailing has conversations that it does not take.
	WebhookFailing WebhookState = "failing"
	// WebhookStalled has so many of them that it goes no further until there are fewer.
	WebhookStalled WebhookState = "stalled"
	// WebhookGone answered 410 and is called no more.
	WebhookGone WebhookState = "gone"
	// WebhookDisabled is not called.
	WebhookDisabled WebhookState = "disabled"
)

// WebhookStatus is where a webhook stands. Another gateway of the store that drives the webhooks is told of with some delay.
type WebhookStatus struct {
	State WebhookState
	// LagEvents are those in the log behind the oldest that it did not get, of all kinds and accounts.
	LagEvents uint64
	// Lag is the age of the oldest event that it did not get, 0 where that is not known.
	Lag time.Duration
	// LastSuccess and LastFailure are zero for never.
	LastSuccess, LastFailure time.Time
	// LastError is what went wrong then.
	LastError string
	// NextTry is zero where nothing waits for one.
	NextTry time.Time
	// FailingLanes are conversations that it does not take.
	FailingLanes int
	DeadLetters  int
	// LostRanges counts ranges that retention took before it got them, Lost is the last.
	LostRanges int
	Lost       *domain.Gap
}

// WebhookOutcome is how an attempt ended; a closed set usable as a metric's label.
type WebhookOutcome string

// The outcomes.
const (
	// OutcomeDelivered is any status 2xx.
	OutcomeDelivered WebhookOutcome = "delivered"
	// OutcomeGone is 410.
	OutcomeGone WebhookOutcome = "gone"
	// OutcomeLater is 408, 409, 425 or 429.
	OutcomeLater WebhookOutcome = "later"
	// OutcomeRefused is any other status below 500.
	OutcomeRefused WebhookOutcome = "refused"
	// OutcomeFailed is a status of 500 or more.
	OutcomeFailed WebhookOutcome = "failed"
	// OutcomeTimeout is no answer in time.
	OutcomeTimeout WebhookOutcome = "timeout"
	// OutcomeUnreachable is no connection, or one that broke.
	OutcomeUnreachable WebhookOutcome = "unreachable"
	// OutcomeForbidden is an address that may not be called.
	OutcomeForbidden WebhookOutcome = "forbidden"
)

// WebhookOutcomes lists all.
func WebhookOutcomes() []WebhookOutcome {
	return []WebhookOutcome{OutcomeDelivered, OutcomeGone, OutcomeLater, OutcomeRefused, OutcomeFailed, OutcomeTimeout, OutcomeUnreachable, OutcomeForbidden}
}

// WebhookAttempt is one call.
type WebhookAttempt struct {
	// Delivery is the ID that the receiver sees.
	Delivery string
	// Event is zero for a test.
	Event   domain.Cursor
	Kind    domain.EventKind
	At      time.Time
	Took    time.Duration
	Outcome WebhookOutcome
	// Status is 0 without an answer.
	Status int
	// Error says what went wrong, empty for a success.
	Error string
}
