package httpapi

import (
	"context"
	"math"

	"heliograph/adapters/httpapi/oas"
	"heliograph/domain"
)

// pins are the messages on top of a group.
type pins struct{ posting }

// pinForever is the duration of a pin that does not end.
const pinForever = -1

func (h pins) PinMessage(ctx context.Context, r oas.PinMessageRequestObject) (oas.PinMessageResponseObject, error) {
	_, err := h.post(ctx, r.Number, func() (domain.Outgoing, error) {
		target, author, err := pinned(r.Groupid, r.Body.TargetAuthor)
		if err != nil {
			return nil, err
		}
		duration := int64(pinForever)
		if r.Body.Duration != nil {
			duration = *r.Body.Duration
		}
		if duration < pinForever || duration > math.MaxInt32 {
			return nil, domain.Errorf(domain.Invalid, "", "duration must be in seconds, -1 for ever")
		}
		return domain.Pin{
			Target: target, TargetAuthor: author, TargetTimestamp: domain.Timestamp(r.Body.Timestamp), DurationSeconds: int(duration),
		}, nil
	})
	return oas.PinMessage201Response{}, err
}

func (h pins) UnpinMessage(ctx context.Context, r oas.UnpinMessageRequestObject) (oas.UnpinMessageResponseObject, error) {
	_, err := h.post(ctx, r.Number, func() (domain.Outgoing, error) {
		target, author, err := pinned(r.Groupid, r.Body.TargetAuthor)
		return domain.Unpin{Target: target, TargetAuthor: author, TargetTimestamp: domain.Timestamp(r.Body.Timestamp)}, err
	})
	return oas.UnpinMessage201Response{}, err
}

// pinned reads where a message is and who wrote it. Errors are Invalid.
func pinned(groupid, author string) (domain.Target, domain.Recipient, error) {
	group, err := domain.ParseGroupReference(groupid)
	if err != nil {
		return domain.Target{}, domain.Recipient{}, err
	}
	who, err := parsePerson("target_author", author)
	return domain.Target{Recipients: []domain.Recipient{{Group: group}}}, who, err
}
