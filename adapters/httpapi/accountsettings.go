package httpapi

import (
	"context"

	"heliograph/adapters/httpapi/oas"
	"heliograph/domain"
	"heliograph/ports"
)

// accountSettings is what an account has set at Signal.
type accountSettings struct{ settings ports.AccountSettings }

func (h accountSettings) UpdateAccountSettings(ctx context.Context, r oas.UpdateAccountSettingsRequestObject) (oas.UpdateAccountSettingsResponseObject, error) {
	account, err := domain.ParseAccount(r.Number)
	if err != nil {
		return nil, err
	}
	return oas.UpdateAccountSettings201Response{}, h.settings.Update(ctx, account, domain.AccountUpdate{
		DiscoverableByNumber: r.Body.DiscoverableByNumber, ShareNumber: r.Body.ShareNumber,
	})
}

func (h accountSettings) SetUsername(ctx context.Context, r oas.SetUsernameRequestObject) (oas.SetUsernameResponseObject, error) {
	account, err := domain.ParseAccount(r.Number)
	if err != nil {
		return nil, err
	}
	assigned, err := h.settings.SetUsername(ctx, account, r.Body.Username)
	return oas.SetUsername201JSONResponse{Username: string(assigned.Username), UsernameLink: assigned.Link}, err
}

func (h accountSettings) RemoveUsername(ctx context.Context, r oas.RemoveUsernameRequestObject) (oas.RemoveUsernameResponseObject, error) {
	account, err := domain.ParseAccount(r.Number)
	if err != nil {
		return nil, err
	}
	return oas.RemoveUsername204Response{}, h.settings.RemoveUsername(ctx, account)
}

func (h accountSettings) SetPin(ctx context.Context, r oas.SetPinRequestObject) (oas.SetPinResponseObject, error) {
	account, err := domain.ParseAccount(r.Number)
	if err != nil {
		return nil, err
	}
	return oas.SetPin201Response{}, h.settings.SetPIN(ctx, account, r.Body.Pin)
}

func (h accountSettings) RemovePin(ctx context.Context, r oas.RemovePinRequestObject) (oas.RemovePinResponseObject, error) {
	account, err := domain.ParseAccount(r.Number)
	if err != nil {
		return nil, err
	}
	return oas.RemovePin204Response{}, h.settings.RemovePIN(ctx, account)
}

func (h accountSettings) SubmitRateLimitChallenge(ctx context.Context, r oas.SubmitRateLimitChallengeRequestObject) (oas.SubmitRateLimitChallengeResponseObject, error) {
	account, err := domain.ParseAccount(r.Number)
	if err != nil {
		return nil, err
	}
	return oas.SubmitRateLimitChallenge204Response{}, h.settings.SubmitChallenge(ctx, account, r.Body.ChallengeToken, r.Body.Captcha)
}
