package ports

import (
	"context"

	"heliograph/domain"
)

// Identities are the keys an account has seen. Error kinds besides the usual: UnknownAccount, Invalid (a group or nobody; a number that
// does not match), Unregistered, Backend.
type Identities interface {
	// List gives all keys.
	List(ctx context.Context, account domain.Account) ([]domain.Identity, error)
	// TrustAll trusts every key known of who. Messages that waited for it are delivered then.
	TrustAll(ctx context.Context, account domain.Account, who domain.Recipient) error
	// TrustVerified trusts the key with that safety number, scannable code or hex fingerprint; an empty one is Invalid.
	TrustVerified(ctx context.Context, account domain.Account, who domain.Recipient, safetyNumber string) error
}
