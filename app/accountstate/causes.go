package accountstate

import (
	"errors"

	"heliograph/domain"
)

// causes are what an error says of more than the one call that ended with it.
type causes struct {
	// refused: Signal does not accept the account.
	refused bool
	// missing: the backend does not have it.
	missing bool
	// outdated: Signal does not accept the backend.
	outdated bool
}

func causesOf(err error) (c causes) {
	var lost *domain.AccountLost
	var old *domain.BackendOutdated
	c.refused, c.outdated = errors.As(err, &lost), errors.As(err, &old)
	c.missing = domain.KindOf(err) == domain.UnknownAccount
	return c
}

// tokensOf are the challenge tokens of a send, whether it failed or reached some of its recipients.
func tokensOf(result domain.SendResult, err error) []string {
	var limit *domain.RateLimit
	if errors.As(err, &limit) {
		return limit.ChallengeTokens
	}
	var tokens []string
	for _, one := range result.Results {
		if one.ChallengeToken != "" {
			tokens = append(tokens, one.ChallengeToken)
		}
	}
	return tokens
}
