package jetstream

import (
	"context"
	"errors"
	"net/http"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"heliograph/domain"
)

// Codes of the server that nats.go has no errors for.
const (
	codeStoreFailed     jetstream.ErrorCode = 10077 // JSStreamStoreFailedF: over a bound of the stream, or it cannot be written
	codeMessageTooLarge jetstream.ErrorCode = 10054 // JSStreamMessageExceedsMaximumErr
)

// failure is err as it crosses a port. ctx is the caller's: where it has ended that is what is said. undone says that nothing can have
// changed, as after a question; where it is false and no answer came, the outcome is unknown.
func failure(ctx context.Context, op string, undone bool, err error) error {
	if err == nil {
		return nil
	}
	kind := kindOf(err)
	if kind == domain.OutcomeUnknown && undone {
		kind = domain.Unavailable
		if ended := ctx.Err(); ended != nil {
			kind = domain.KindOf(ended)
		}
	}
	return &domain.Error{Op: op, Kind: kind, Detail: details[kind], Err: err}
}

// details are for users of the API.
var details = map[domain.Kind]string{
	domain.Unavailable:    "the store is not available",
	domain.OutcomeUnknown: "the store did not answer",
	domain.Conflict:       "it was changed meanwhile",
	domain.NotFound:       "nothing is kept under this name",
	domain.TooLarge:       "it is larger than the store takes",
}

// kindOf sorts what nats.go and the server report of an exchange: OutcomeUnknown is no answer.
func kindOf(err error) domain.Kind {
	var known *domain.Error
	var answer *jetstream.APIError
	switch {
	case errors.As(err, &known):
		return known.Kind
	case errors.As(err, &answer):
		return kindOfAnswer(answer)
	case errors.Is(err, jetstream.ErrMsgNotFound), errors.Is(err, jetstream.ErrNoMessages):
		return domain.NotFound
	case errors.Is(err, nats.ErrMaxPayload):
		return domain.TooLarge
	case errors.Is(err, nats.ErrNoResponders), errors.Is(err, jetstream.ErrNoStreamResponse), // nobody took it
		errors.Is(err, nats.ErrReconnectBufExceeded), errors.Is(err, nats.ErrConnectionReconnecting), errors.Is(err, nats.ErrDisconnected): // it was not sent
		return domain.Unavailable
	}
	return domain.OutcomeUnknown // as after the end of a context, or of the connection
}

// kindOfAnswer sorts what the server answered, so that nothing was done.
func kindOfAnswer(answer *jetstream.APIError) domain.Kind {
	switch answer.ErrorCode {
	case jetstream.JSErrCodeMessageNotFound:
		return domain.NotFound
	case jetstream.JSErrCodeStreamWrongLastSequence, jetstream.JSErrCodeStreamWrongLastSequenceConstant:
		return domain.Conflict
	case codeMessageTooLarge:
		return domain.TooLarge
	case codeStoreFailed:
		return domain.Unavailable
	}
	if answer.Code == http.StatusBadRequest {
		return domain.Internal // a request that we should not make
	}
	return domain.Unavailable
}
