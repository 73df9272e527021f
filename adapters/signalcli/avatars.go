package signalcli

import (
	"context"

	"heliograph/domain"
	"heliograph/ports"
)

var _ ports.Avatars = (*Avatars)(nil)

// Avatars implements ports.Avatars.
type Avatars struct{ client *Client }

// NewAvatars asks client.
func NewAvatars(client *Client) *Avatars { return &Avatars{client} }

// Contact is ports.Avatars.
func (a *Avatars) Contact(ctx context.Context, account domain.Account, who domain.Recipient) ([]byte, error) {
	return a.get(ctx, account, "contact", person(who))
}

// Profile is ports.Avatars.
func (a *Avatars) Profile(ctx context.Context, account domain.Account, who domain.Recipient) ([]byte, error) {
	return a.get(ctx, account, "profile", person(who))
}

// Group is ports.Avatars.
func (a *Avatars) Group(ctx context.Context, account domain.Account, group domain.GroupID) ([]byte, error) {
	return a.get(ctx, account, "groupId", group.Internal())
}

// get asks for the avatar of what a parameter names.
func (a *Avatars) get(ctx context.Context, account domain.Account, param, value string) ([]byte, error) {
	if value == "" {
		return nil, domain.Errorf(domain.Invalid, "getAvatar", "please say whose avatar it is")
	}
	var p params
	p.text(param, value)
	var answer struct {
		Data []byte `json:"data"`
	}
	if err := a.client.ask(ctx, "getAvatar", account, p, &answer); err != nil {
		return nil, err
	}
	if len(answer.Data) == 0 {
		return nil, domain.Errorf(domain.Backend, "getAvatar", "signal-cli gave an empty avatar")
	}
	return answer.Data, nil
}
