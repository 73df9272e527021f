package httpapi

import (
	"context"

	"heliograph/domain"
	"heliograph/ports"
)

// posting sends what is no message, for the handlers of several tags.
type posting struct{ messaging ports.Messaging }

// post sends what describe makes, from the account in the path. A rate limit names the account.
func (p posting) post(ctx context.Context, number string, describe func() (domain.Outgoing, error)) (domain.SendResult, error) {
	account, err := domain.ParseAccount(number)
	if err != nil {
		return domain.SendResult{}, err
	}
	out, err := describe()
	if err != nil {
		return domain.SendResult{}, err
	}
	result, err := p.messaging.Post(ctx, account, out)
	return result, nameAccount(err, account)
}
