package ports

import (
	"context"

	"heliograph/domain"
)

// UserDirectory tells who is at Signal.
type UserDirectory interface {
	// Status asks for each of asked, which are numbers, UUIDs or usernames in any spelling the backend reads; none at all, or an empty one, is
	// Invalid. The answers are in the backend's order. Error kinds besides the usual: UnknownAccount, RateLimited, Backend.
	Status(ctx context.Context, account domain.Account, asked []string) ([]domain.UserStatus, error)
}
