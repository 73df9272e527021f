package httpapi

import (
	"context"

	"heliograph/adapters/httpapi/oas"
	"heliograph/domain"
)

// messageRequests answers people who are no contacts and want to write.
type messageRequests struct{ posting }

func (h messageRequests) RespondToMessageRequest(ctx context.Context, r oas.RespondToMessageRequestRequestObject) (oas.RespondToMessageRequestResponseObject, error) {
	_, err := h.post(ctx, r.Number, func() (domain.Outgoing, error) {
		if r.Body.Type != "accept" && r.Body.Type != "delete" {
			return nil, domain.Errorf(domain.Invalid, "", "type must be accept or delete")
		}
		target, err := parseTarget(r.Body.Recipient)
		return domain.MessageRequestResponse{Target: target, Accept: r.Body.Type == "accept"}, err
	})
	return oas.RespondToMessageRequest204Response{}, err
}
