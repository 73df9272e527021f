package ports

import (
	"context"
	"time"

	"heliograph/domain"
)

// AccountStates is the driving port that tells what accounts are able to do.
type AccountStates interface {
	// Status tells of one account, NotFound for one that the gateway does not know. Until it knows which accounts there are, each is
	// starting. It may ask the backend, but never waits for it longer than ctx; where the backend does not answer, it says what was known.
	Status(ctx context.Context, account domain.Account) (AccountReport, error)
}

// AccountReport is what is known of an account.
type AccountReport struct {
	domain.AccountStatus
	// LastEvent is when something was received for it last, zero where that is not known.
	LastEvent time.Time
	// BackendVersion is signal-cli's, empty while unknown.
	BackendVersion string
}
