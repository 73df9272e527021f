package ports

import (
	"context"

	"heliograph/domain"
)

// AccountSettings are what an account says of itself at Signal. Error kinds besides the usual: UnknownAccount, Conflict (a
// linked device cannot do it), RateLimited, Backend.
type AccountSettings interface {
	// Update changes who finds the account.
	Update(ctx context.Context, account domain.Account, update domain.AccountUpdate) error
	// SetUsername takes a nickname, whose discriminator Signal chooses, or a whole username; an empty one is Invalid.
	SetUsername(ctx context.Context, account domain.Account, username string) (domain.AssignedUsername, error)
	RemoveUsername(ctx context.Context, account domain.Account) error
	// SetPIN sets the registration lock; an empty PIN is Invalid.
	SetPIN(ctx context.Context, account domain.Account, pin string) error
	RemovePIN(ctx context.Context, account domain.Account) error
	// SubmitChallenge lifts a rate limit with a captcha; CaptchaRejected, and Invalid for empty values.
	SubmitChallenge(ctx context.Context, account domain.Account, token, captcha string) error
	// UpdateProfile changes the account's profile. update.Avatar's file must stay until it returns.
	UpdateProfile(ctx context.Context, account domain.Account, update domain.ProfileUpdate) error
}
