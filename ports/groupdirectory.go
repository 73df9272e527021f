package ports

import (
	"context"

	"heliograph/domain"
)

// GroupDirectory is the driving port for groups that are named by clients. A reference is the ID as a client writes it, with or
// without `group.`; one that cannot be an ID is NotFound as any other that the account does not know. Other errors are those of Groups.
type GroupDirectory interface {
	// Get gives one group.
	Get(ctx context.Context, account domain.Account, reference string) (domain.Group, error)
	// UpdateKnown updates a group after it has looked that the account knows it: the backend makes no difference between a
	// group that is gone and other faults.
	UpdateKnown(ctx context.Context, account domain.Account, reference string, update domain.GroupUpdate) error
}
