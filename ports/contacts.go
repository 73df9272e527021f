package ports

import (
	"context"

	"heliograph/domain"
)

// Contacts are the people an account knows, at the backend. Recipients are people: a group, or nobody, is Invalid.
// Error kinds besides the usual: UnknownAccount, NotFound, Unregistered, Conflict, Backend.
type Contacts interface {
	// List gives the contacts, or, with all, everybody the account ever met.
	List(ctx context.Context, account domain.Account, all bool) ([]domain.Contact, error)
	// Get gives one contact; with all also somebody who is none. NotFound when the backend does not know them.
	Get(ctx context.Context, account domain.Account, who domain.Recipient, all bool) (domain.Contact, error)
	// Update changes a contact, or makes one.
	Update(ctx context.Context, account domain.Account, contact domain.Recipient, update domain.ContactUpdate) error
	// Remove takes somebody off the contacts; see RemoveMode.
	Remove(ctx context.Context, account domain.Account, contact domain.Recipient, mode RemoveMode) error
	// Sync sends the contacts to the account's linked devices.
	Sync(ctx context.Context, account domain.Account) error
}

// RemoveMode says how thoroughly a contact is removed.
type RemoveMode uint8

// The ways to remove a contact.
const (
	// RemoveContact deletes name and settings of the contact.
	RemoveContact RemoveMode = iota
	// RemoveHide keeps them and hides the contact from lists.
	RemoveHide
	// RemoveForget deletes all that is known of them, the identity key and sessions too.
	RemoveForget
)
