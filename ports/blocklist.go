package ports

import (
	"context"

	"heliograph/domain"
)

// BlockList is whom an account does not want to hear. Recipients may be people and groups, together; none is Invalid. A
// group that the backend does not know is passed over. Error kinds besides the usual: UnknownAccount, Unregistered, Backend.
type BlockList interface {
	// Block stops messages of recipients; the account's other devices are told.
	Block(ctx context.Context, account domain.Account, recipients []domain.Recipient) error
	// Unblock lets them come again.
	Unblock(ctx context.Context, account domain.Account, recipients []domain.Recipient) error
}
