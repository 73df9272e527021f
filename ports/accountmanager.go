package ports

import (
	"context"

	"heliograph/domain"
)

// AccountManager is the driving port for accounts.
type AccountManager interface {
	List(ctx context.Context) ([]domain.Account, error)
	Register(ctx context.Context, account domain.Account, options RegisterOptions) error
	Verify(ctx context.Context, account domain.Account, code, pin string) error
	// Unregister unregisters, and then, only after success, deletes local data where asked.
	Unregister(ctx context.Context, account domain.Account, options UnregisterOptions) error
	// DeleteLocalData removes the account's keys and messages from the backend. It fails for an account that is still
	// registered unless ignoreRegistered is set.
	DeleteLocalData(ctx context.Context, account domain.Account, ignoreRegistered bool) error
	// Link begins a device link and gives its URI; the rest of the linking goes on by itself.
	Link(ctx context.Context, deviceName string) (uri string, err error)
}

// UnregisterOptions are the choices at unregistering.
type UnregisterOptions struct {
	DeleteAccount   bool
	DeleteLocalData bool
}
