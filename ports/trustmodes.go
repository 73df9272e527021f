package ports

import (
	"context"

	"heliograph/domain"
)

// TrustModes keep for each account what the backend does with new identity keys. What is set survives restarts.
type TrustModes interface {
	// TrustMode gives the mode in force; TrustOnFirstUse where none was set.
	TrustMode(ctx context.Context, account domain.Account) (domain.TrustMode, error)
	// SetTrustMode sets it for every later call of account. Unsupported where the backend has one mode for all accounts.
	SetTrustMode(ctx context.Context, account domain.Account, mode domain.TrustMode) error
}
