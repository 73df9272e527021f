package ports

import (
	"context"

	"heliograph/domain"
)

// Avatars are pictures that the backend keeps, whole in memory (they are small). Every method gives the content of an image file and
// fails with NotFound where there is none. Other kinds besides the usual: Invalid, UnknownAccount, Backend.
type Avatars interface {
	// Contact gives the picture that the account's owner chose for a contact.
	Contact(ctx context.Context, account domain.Account, who domain.Recipient) ([]byte, error)
	// Profile gives the picture that somebody chose for themself.
	Profile(ctx context.Context, account domain.Account, who domain.Recipient) ([]byte, error)
	// Group gives the picture of a group.
	Group(ctx context.Context, account domain.Account, group domain.GroupID) ([]byte, error)
}
