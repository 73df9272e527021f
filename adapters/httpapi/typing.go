package httpapi

import (
	"context"

	"heliograph/adapters/httpapi/oas"
	"heliograph/domain"
)

// typing shows that an account writes.
type typing struct{ posting }

func (h typing) StartTyping(ctx context.Context, r oas.StartTypingRequestObject) (oas.StartTypingResponseObject, error) {
	return oas.StartTyping204Response{}, h.tell(ctx, r.Number, r.Body.Recipient, false)
}

func (h typing) StopTyping(ctx context.Context, r oas.StopTypingRequestObject) (oas.StopTypingResponseObject, error) {
	return oas.StopTyping204Response{}, h.tell(ctx, r.Number, r.Body.Recipient, true)
}

func (h typing) tell(ctx context.Context, number, recipient string, stop bool) error {
	_, err := h.post(ctx, number, func() (domain.Outgoing, error) {
		target, err := parseTarget(recipient)
		return domain.TypingIndicator{Target: target, Stop: stop}, err
	})
	return err
}
