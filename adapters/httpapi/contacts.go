package httpapi

import (
	"context"
	"strconv"
	"time"

	"heliograph/adapters/httpapi/oas"
	"heliograph/domain"
	"heliograph/ports"
)

// contacts are the people an account knows.
type contacts struct {
	contacts ports.Contacts
	blocked  ports.BlockList
	avatars  ports.Avatars
}

func (h contacts) ListContacts(ctx context.Context, r oas.ListContactsRequestObject) (oas.ListContactsResponseObject, error) {
	account, err := domain.ParseAccount(r.Number)
	if err != nil {
		return nil, err
	}
	all, err := parseFlag("all_recipients", r.Params.AllRecipients)
	if err != nil {
		return nil, err
	}
	list, err := h.contacts.List(ctx, account, all)
	if err != nil {
		return nil, err
	}
	answer := make(oas.ListContacts200JSONResponse, len(list))
	for i := range list {
		answer[i] = contact(&list[i])
	}
	return answer, nil
}

func (h contacts) GetContact(ctx context.Context, r oas.GetContactRequestObject) (oas.GetContactResponseObject, error) {
	account, who, err := parseContact(r.Number, r.Recipient)
	if err != nil {
		return nil, err
	}
	all, err := parseFlag("all_recipients", r.Params.AllRecipients)
	if err != nil {
		return nil, err
	}
	found, err := h.contacts.Get(ctx, account, who, all)
	return oas.GetContact200JSONResponse(contact(&found)), err
}

func (h contacts) UpdateContact(ctx context.Context, r oas.UpdateContactRequestObject) (oas.UpdateContactResponseObject, error) {
	if r.Body.Recipient == "" {
		return nil, missing("recipient")
	}
	account, who, err := parseContact(r.Number, r.Body.Recipient)
	if err != nil {
		return nil, err
	}
	expiration, err := parseExpiration(r.Body.ExpirationInSeconds)
	if err != nil {
		return nil, err
	}
	return oas.UpdateContact204Response{}, h.contacts.Update(ctx, account, who, domain.ContactUpdate{Name: r.Body.Name, MessageExpiration: expiration})
}

func (h contacts) SyncContacts(ctx context.Context, r oas.SyncContactsRequestObject) (oas.SyncContactsResponseObject, error) {
	account, err := domain.ParseAccount(r.Number)
	if err != nil {
		return nil, err
	}
	return oas.SyncContacts204Response{}, h.contacts.Sync(ctx, account)
}

func (h contacts) RemoveContact(ctx context.Context, r oas.RemoveContactRequestObject) (oas.RemoveContactResponseObject, error) {
	account, who, err := parseContact(r.Number, r.Recipient)
	if err != nil {
		return nil, err
	}
	mode := ports.RemoveContact
	switch value(r.Params.Mode) {
	case "", oas.RemoveContactParamsModeContact:
	case oas.RemoveContactParamsModeHide:
		mode = ports.RemoveHide
	case oas.RemoveContactParamsModeForget:
		mode = ports.RemoveForget
	default:
		return nil, domain.Errorf(domain.Invalid, "", "mode must be contact, hide or forget")
	}
	return oas.RemoveContact204Response{}, h.contacts.Remove(ctx, account, who, mode)
}

func (h contacts) BlockContact(ctx context.Context, r oas.BlockContactRequestObject) (oas.BlockContactResponseObject, error) {
	account, who, err := parseContact(r.Number, r.Recipient)
	if err != nil {
		return nil, err
	}
	return oas.BlockContact204Response{}, h.blocked.Block(ctx, account, []domain.Recipient{who})
}

func (h contacts) UnblockContact(ctx context.Context, r oas.UnblockContactRequestObject) (oas.UnblockContactResponseObject, error) {
	account, who, err := parseContact(r.Number, r.Recipient)
	if err != nil {
		return nil, err
	}
	return oas.UnblockContact204Response{}, h.blocked.Unblock(ctx, account, []domain.Recipient{who})
}

func (h contacts) GetContactAvatar(ctx context.Context, r oas.GetContactAvatarRequestObject) (oas.GetContactAvatarResponseObject, error) {
	account, who, err := parseContact(r.Number, r.Recipient)
	if err != nil {
		return nil, err
	}
	content, err := h.avatars.Profile(ctx, account, who)
	return picture(content), err
}

// parseContact reads the account and the person of a path. Errors are Invalid.
func parseContact(number, recipient string) (domain.Account, domain.Recipient, error) {
	account, err := domain.ParseAccount(number)
	if err != nil {
		return "", domain.Recipient{}, err
	}
	who, err := domain.ParseAuthor(recipient)
	return account, who, err
}

func contact(c *domain.Contact) oas.Contact {
	answer := oas.Contact{
		Number: string(c.Number), Uuid: string(c.UUID), Username: string(c.Username), Name: c.Name, GivenName: c.GivenName,
		Color: c.Color, Note: c.Note, Blocked: c.Blocked,
	}
	answer.Nickname.Name, answer.Nickname.GivenName, answer.Nickname.FamilyName = c.Nickname, c.NickGivenName, c.NickFamilyName
	if c.MessageExpiration > 0 {
		answer.MessageExpiration = strconv.FormatInt(int64(c.MessageExpiration/time.Second), 10)
	}
	if p := c.Profile; p != nil {
		answer.Profile.GivenName, answer.Profile.Lastname, answer.Profile.About = p.GivenName, p.FamilyName, p.About
		answer.Profile.HasAvatar, answer.Profile.LastUpdatedTimestamp = p.HasAvatar, int64(p.LastUpdate)
	}
	return answer
}
