package jetstream

import (
	"context"
	"errors"

	"heliograph/domain"
)

// failure is err in the words of the ports: what ended with a context says so, what the ports know stays, and all else means that
// the server could not be reached or could not answer.
func failure(ctx context.Context, op string, err error) error {
	var known *domain.Error
	switch {
	case errors.As(err, &known):
		return err
	case ctx.Err() != nil:
		return &domain.Error{Op: op, Kind: domain.KindOf(ctx.Err()), Err: err}
	}
	return &domain.Error{Op: op, Kind: domain.Unavailable, Detail: "the store of received events cannot be reached", Err: err}
}
