package httpapi

import (
	"context"

	"heliograph/adapters/httpapi/oas"
	"heliograph/domain"
)

// receipts tells senders that their messages were read.
type receipts struct{ posting }

func (h receipts) SendReceipt(ctx context.Context, r oas.SendReceiptRequestObject) (oas.SendReceiptResponseObject, error) {
	_, err := h.post(ctx, r.Number, func() (domain.Outgoing, error) {
		who, err := parsePerson("recipient", r.Body.Recipient)
		return domain.Receipt{
			Recipient: who, Type: domain.ReceiptType(r.Body.ReceiptType), TargetTimestamps: []domain.Timestamp{domain.Timestamp(r.Body.Timestamp)},
		}, err
	})
	return oas.SendReceipt204Response{}, err
}
