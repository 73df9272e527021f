package httpapi

import (
	"context"
	"strconv"

	"heliograph/adapters/httpapi/oas"
	"heliograph/domain"
)

// remoteDelete takes messages back.
type remoteDelete struct{ posting }

func (h remoteDelete) RemoteDelete(ctx context.Context, r oas.RemoteDeleteRequestObject) (oas.RemoteDeleteResponseObject, error) {
	result, err := h.post(ctx, r.Number, func() (domain.Outgoing, error) {
		target, err := parseTarget(r.Body.Recipient)
		return domain.RemoteDelete{Target: target, TargetTimestamp: domain.Timestamp(r.Body.Timestamp)}, err
	})
	return oas.RemoteDelete201JSONResponse{Timestamp: timestampText(result.Timestamp)}, err
}

func timestampText(t domain.Timestamp) string { return strconv.FormatInt(int64(t), 10) }
