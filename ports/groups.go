package ports

import (
	"context"

	"heliograph/domain"
)

// Groups are the groups of an account, at the backend. Error kinds besides the usual: UnknownAccount, NotFound (no such
// group), Conflict, Unsupported (the backend is too old for a field; Detail names the release it needs), RateLimited, Untrusted, Backend.
type Groups interface {
	// List gives all groups the account knows, also those it left.
	List(ctx context.Context, account domain.Account) ([]domain.Group, error)
	// Create makes a group with the account as its admin and gives its ID. Backend, when the answer does not name the group.
	// group.Avatar's file must stay until Create returns.
	Create(ctx context.Context, account domain.Account, group domain.GroupUpdate) (domain.GroupID, error)
	// Update changes a group; an update of nothing makes the backend fetch the group's state anew. A zero ID is Invalid.
	// update.Avatar's file must stay until Update returns. What the account may not do in the group is a Conflict.
	Update(ctx context.Context, account domain.Account, group domain.GroupID, update domain.GroupUpdate) error
	// Quit leaves a group. That the account was no member any more is a success where the backend says so by its answer.
	Quit(ctx context.Context, account domain.Account, group domain.GroupID, options QuitOptions) error
	// Join follows an invitation link, `https://signal.group/#…` or `sgnl://signal.group/#…`; another link is Invalid. Who is banned gets a Conflict.
	Join(ctx context.Context, account domain.Account, link string) (domain.GroupJoin, error)
}

// QuitOptions shape Groups.Quit.
type QuitOptions struct {
	// Delete removes the group from the backend as well.
	Delete bool
	// NewAdmins are needed when the account is the only admin, else it is a Conflict.
	NewAdmins []domain.Recipient
}
