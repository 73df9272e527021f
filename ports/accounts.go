package ports

import (
	"context"

	"heliograph/domain"
)

// Accounts is the directory of the accounts a backend has. Error kinds besides the usual: RateLimited, CaptchaRejected, Unregistered,
// Conflict, UnknownAccount, Backend.
type Accounts interface {
	// List gives the accounts that are registered and loaded.
	List(ctx context.Context) ([]domain.Account, error)
	// Register asks Signal for a verification code by SMS, or by voice.
	Register(ctx context.Context, account domain.Account, options RegisterOptions) error
	// Verify ends a registration with the code that came; pin is empty where none was set.
	Verify(ctx context.Context, account domain.Account, code, pin string) error
	// Unregister takes the account from Signal's servers on this device; deleteAccount deletes it there for good.
	Unregister(ctx context.Context, account domain.Account, deleteAccount bool) error
	// DeleteLocalData removes the account's keys and messages from the backend. It fails for an account that is still registered
	// unless ignoreRegistered is set.
	DeleteLocalData(ctx context.Context, account domain.Account, ignoreRegistered bool) error
	// StartLink begins to link the gateway as a device of an existing account. ctx bounds the start only. The caller must
	// Close the result, after Wait where it wants the account.
	StartLink(ctx context.Context, deviceName string) (PendingLink, error)
}

// RegisterOptions are the choices at registration.
type RegisterOptions struct {
	Voice   bool
	Captcha string
}

// PendingLink is a device link that waits to be scanned.
type PendingLink interface {
	// URI is what the QR code shows, `sgnl://linkdevice?…`.
	URI() string
	// Wait blocks until the phone has confirmed, the backend gives up (about 100 s) or ctx ends.
	Wait(ctx context.Context) (domain.Account, error)
	// Close gives the link up and frees what it holds. Idempotent.
	Close()
}
