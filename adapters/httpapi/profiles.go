package httpapi

import (
	"context"

	"heliograph/adapters/httpapi/oas"
	"heliograph/domain"
	"heliograph/ports"
)

// profiles is what an account says of itself.
type profiles struct {
	settings ports.AccountSettings
	spool    ports.Spool
}

func (h profiles) UpdateProfile(ctx context.Context, r oas.UpdateProfileRequestObject) (oas.UpdateProfileResponseObject, error) {
	account, err := domain.ParseAccount(r.Number)
	if err != nil {
		return nil, err
	}
	if r.Body.Name == "" {
		return nil, missing("profile name")
	}
	avatar, done, err := storeAvatar(h.spool, r.Body.Base64Avatar)
	if err != nil {
		return nil, err
	}
	defer done()
	return oas.UpdateProfile204Response{}, h.settings.UpdateProfile(ctx, account, domain.ProfileUpdate{
		GivenName: &r.Body.Name, About: r.Body.About, Avatar: avatar, RemoveAvatar: avatar == nil,
	})
}
