package signalcli

import (
	"context"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

var _ ports.Contacts = (*Contacts)(nil)

// Contacts implements ports.Contacts.
type Contacts struct{ client *Client }

// NewContacts asks client.
func NewContacts(client *Client) *Contacts { return &Contacts{client} }

// jsonContact is an entry of listContacts.
type jsonContact struct {
	jsonAddress
	Name                  string       `json:"name"`
	GivenName             string       `json:"givenName"`
	FamilyName            string       `json:"familyName"`
	NickName              string       `json:"nickName"`
	NickGivenName         string       `json:"nickGivenName"`
	NickFamilyName        string       `json:"nickFamilyName"`
	Note                  string       `json:"note"`
	Color                 string       `json:"color"`
	IsArchived            bool         `json:"isArchived"`
	IsBlocked             bool         `json:"isBlocked"`
	IsHidden              bool         `json:"isHidden"`
	MessageExpirationTime int64        `json:"messageExpirationTime"`
	ProfileSharing        bool         `json:"profileSharing"`
	Unregistered          bool         `json:"unregistered"`
	Profile               *jsonProfile `json:"profile"`
}

type jsonProfile struct {
	LastUpdateTimestamp domain.Timestamp `json:"lastUpdateTimestamp"`
	GivenName           string           `json:"givenName"`
	FamilyName          string           `json:"familyName"`
	About               string           `json:"about"`
	AboutEmoji          string           `json:"aboutEmoji"`
	HasAvatar           bool             `json:"hasAvatar"`
}

func (c jsonContact) contact() domain.Contact {
	contact := domain.Contact{
		Address: c.address(), Name: c.Name, GivenName: c.GivenName, FamilyName: c.FamilyName,
		Nickname: c.NickName, NickGivenName: c.NickGivenName, NickFamilyName: c.NickFamilyName, Note: c.Note, Color: c.Color,
		Archived: c.IsArchived, Blocked: c.IsBlocked, Hidden: c.IsHidden, ProfileSharing: c.ProfileSharing, Unregistered: c.Unregistered,
		MessageExpiration: time.Duration(c.MessageExpirationTime) * time.Second,
	}
	if p := c.Profile; p != nil {
		contact.Profile = &domain.Profile{LastUpdate: p.LastUpdateTimestamp, GivenName: p.GivenName, FamilyName: p.FamilyName,
			About: p.About, AboutEmoji: p.AboutEmoji, HasAvatar: p.HasAvatar}
	}
	return contact
}

// List is ports.Contacts.
func (c *Contacts) List(ctx context.Context, account domain.Account, all bool) ([]domain.Contact, error) {
	return c.list(ctx, account, all, nil)
}

// Get is ports.Contacts.
func (c *Contacts) Get(ctx context.Context, account domain.Account, who domain.Recipient, all bool) (domain.Contact, error) {
	var p params
	if err := p.oneRecipient(who); err != nil {
		return domain.Contact{}, err
	}
	contacts, err := c.list(ctx, account, all, p)
	if err != nil {
		return domain.Contact{}, err
	}
	if len(contacts) == 0 {
		return domain.Contact{}, domain.Errorf(domain.NotFound, "listContacts", "no such contact found")
	}
	return contacts[0], nil
}

func (c *Contacts) list(ctx context.Context, account domain.Account, all bool, p params) ([]domain.Contact, error) {
	p.flag("allRecipients", all)
	var entries []jsonContact
	if err := c.client.ask(ctx, "listContacts", account, p, &entries); err != nil {
		return nil, err
	}
	contacts := make([]domain.Contact, len(entries))
	for i, e := range entries {
		contacts[i] = e.contact()
	}
	return contacts, nil
}

// Update is ports.Contacts.
func (c *Contacts) Update(ctx context.Context, account domain.Account, contact domain.Recipient, update domain.ContactUpdate) error {
	var p params
	if err := p.oneRecipient(contact); err != nil {
		return err
	}
	p.given("name", update.Name)
	if err := p.seconds("expiration", update.MessageExpiration); err != nil {
		return err
	}
	return c.client.ask(ctx, "updateContact", account, p, nil)
}

// Remove is ports.Contacts.
func (c *Contacts) Remove(ctx context.Context, account domain.Account, contact domain.Recipient, mode ports.RemoveMode) error {
	var p params
	if err := p.oneRecipient(contact); err != nil {
		return err
	}
	p.flag("hide", mode == ports.RemoveHide)
	p.flag("forget", mode == ports.RemoveForget)
	return c.client.ask(ctx, "removeContact", account, p, nil)
}

// Sync is ports.Contacts.
func (c *Contacts) Sync(ctx context.Context, account domain.Account) error {
	return c.client.ask(ctx, "sendContacts", account, nil, nil)
}
