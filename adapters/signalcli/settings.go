package signalcli

import (
	"context"

	"heliograph/domain"
	"heliograph/ports"
)

var _ ports.AccountSettings = (*AccountSettings)(nil)

// AccountSettings implements ports.AccountSettings.
type AccountSettings struct{ client *Client }

// NewAccountSettings asks client.
func NewAccountSettings(client *Client) *AccountSettings { return &AccountSettings{client} }

// Update is ports.AccountSettings.
func (s *AccountSettings) Update(ctx context.Context, account domain.Account, update domain.AccountUpdate) error {
	var p params
	if update.DiscoverableByNumber != nil {
		p.add("discoverableByNumber", *update.DiscoverableByNumber, BoolValue)
	}
	if update.ShareNumber != nil {
		p.add("numberSharing", *update.ShareNumber, BoolValue)
	}
	return s.client.ask(ctx, "updateAccount", account, p, nil)
}

// SetUsername is ports.AccountSettings.
func (s *AccountSettings) SetUsername(ctx context.Context, account domain.Account, username string) (domain.AssignedUsername, error) {
	if username == "" {
		return domain.AssignedUsername{}, domain.Errorf(domain.Invalid, "updateAccount", "please provide a username")
	}
	var p params
	p.text("username", username)
	var answer struct {
		Username     domain.Username `json:"username"`
		UsernameLink string          `json:"usernameLink"`
	}
	if err := s.client.ask(ctx, "updateAccount", account, p, &answer); err != nil {
		return domain.AssignedUsername{}, err
	}
	if answer.Username == "" {
		return domain.AssignedUsername{}, domain.Errorf(domain.Backend, "updateAccount", "signal-cli gave no username")
	}
	return domain.AssignedUsername{Username: answer.Username, Link: answer.UsernameLink}, nil
}

// RemoveUsername is ports.AccountSettings.
func (s *AccountSettings) RemoveUsername(ctx context.Context, account domain.Account) error {
	var p params
	p.flag("deleteUsername", true)
	return s.client.ask(ctx, "updateAccount", account, p, nil)
}

// SetPIN is ports.AccountSettings.
func (s *AccountSettings) SetPIN(ctx context.Context, account domain.Account, pin string) error {
	if pin == "" {
		return domain.Errorf(domain.Invalid, "setPin", "please provide a PIN")
	}
	return s.client.ask(ctx, "setPin", account, params{{Name: "pin", Value: pin, Form: Positional}}, nil)
}

// RemovePIN is ports.AccountSettings.
func (s *AccountSettings) RemovePIN(ctx context.Context, account domain.Account) error {
	return s.client.ask(ctx, "removePin", account, nil, nil)
}

// SubmitChallenge is ports.AccountSettings.
func (s *AccountSettings) SubmitChallenge(ctx context.Context, account domain.Account, token, captcha string) error {
	switch {
	case token == "":
		return domain.Errorf(domain.Invalid, "submitRateLimitChallenge", "challenge token missing")
	case captcha == "":
		return domain.Errorf(domain.Invalid, "submitRateLimitChallenge", "captcha missing")
	}
	var p params
	p.text("challenge", token)
	p.text("captcha", captcha)
	return s.client.ask(ctx, "submitRateLimitChallenge", account, p, nil)
}

// UpdateProfile is ports.AccountSettings.
func (s *AccountSettings) UpdateProfile(ctx context.Context, account domain.Account, update domain.ProfileUpdate) error {
	var p params
	p.given("givenName", update.GivenName)
	p.given("familyName", update.FamilyName)
	p.given("about", update.About)
	p.given("aboutEmoji", update.AboutEmoji)
	p.flag("removeAvatar", update.RemoveAvatar)
	if !update.RemoveAvatar {
		if err := s.client.picture(&p, "avatar", update.Avatar); err != nil {
			return err
		}
	}
	return s.client.ask(ctx, "updateProfile", account, p, nil)
}
