package httpapi

import (
	"context"
	"time"

	"heliograph/adapters/httpapi/oas"
	"heliograph/domain"
	"heliograph/ports"
)

const (
	// defaultKeep is how long a secret signs besides the one that followed it.
	defaultKeep = 24 * time.Hour
	maxKeep     = 30 * 24 * time.Hour
)

// webhookDeliveries are what webhooks got and what they did not get.
type webhookDeliveries struct {
	deliveries ports.WebhookDeliveries
	dead       ports.DeadLetters
}

func (h webhookDeliveries) ListWebhookDeliveries(ctx context.Context, r oas.ListWebhookDeliveriesRequestObject) (oas.ListWebhookDeliveriesResponseObject, error) {
	list, err := h.deliveries.Attempts(ctx, r.Webhook)
	if err != nil {
		return nil, err
	}
	answer := make(oas.ListWebhookDeliveries200JSONResponse, len(list))
	for i, one := range list {
		answer[i] = showWebhookAttempt(one)
	}
	return answer, nil
}

func (h webhookDeliveries) ReplayWebhook(ctx context.Context, r oas.ReplayWebhookRequestObject) (oas.ReplayWebhookResponseObject, error) {
	from := domain.Oldest
	if r.Params.From != "oldest" {
		var err error
		if from, err = domain.ParseCursor(r.Params.From); err != nil {
			return nil, err
		}
	}
	return oas.ReplayWebhook204Response{}, h.deliveries.Replay(ctx, r.Webhook, from)
}

func (h webhookDeliveries) TestWebhook(ctx context.Context, r oas.TestWebhookRequestObject) (oas.TestWebhookResponseObject, error) {
	a, err := h.deliveries.Test(ctx, r.Webhook)
	return oas.TestWebhook200JSONResponse(showWebhookAttempt(a)), err
}

func (h webhookDeliveries) RotateWebhookSecret(ctx context.Context, r oas.RotateWebhookSecretRequestObject) (oas.RotateWebhookSecretResponseObject, error) {
	keep := defaultKeep
	if r.Body != nil && r.Body.Keep != nil && *r.Body.Keep == 0 {
		keep = 0
	} else if r.Body != nil {
		if err := setSeconds(&keep, "keep", r.Body.Keep, maxKeep); err != nil {
			return nil, err
		}
	}
	secret, err := h.deliveries.RotateSecret(ctx, r.Webhook, keep)
	return oas.RotateWebhookSecret200JSONResponse{Secret: secret}, err
}

func (h webhookDeliveries) ListDeadLetters(ctx context.Context, r oas.ListDeadLettersRequestObject) (oas.ListDeadLettersResponseObject, error) {
	list, err := h.dead.DeadLetters(ctx, r.Webhook)
	if err != nil {
		return nil, err
	}
	answer := make(oas.ListDeadLetters200JSONResponse, len(list))
	for i, one := range list {
		answer[i] = showDeadLetter(one)
	}
	return answer, nil
}

func (h webhookDeliveries) DeleteDeadLetters(ctx context.Context, r oas.DeleteDeadLettersRequestObject) (oas.DeleteDeadLettersResponseObject, error) {
	return oas.DeleteDeadLetters204Response{}, h.dead.DropDeadLetters(ctx, r.Webhook, "")
}

func (h webhookDeliveries) DeleteDeadLetter(ctx context.Context, r oas.DeleteDeadLetterRequestObject) (oas.DeleteDeadLetterResponseObject, error) {
	return oas.DeleteDeadLetter204Response{}, h.dead.DropDeadLetters(ctx, r.Webhook, r.Delivery)
}

func (h webhookDeliveries) RedeliverDeadLetter(ctx context.Context, r oas.RedeliverDeadLetterRequestObject) (oas.RedeliverDeadLetterResponseObject, error) {
	a, err := h.dead.Redeliver(ctx, r.Webhook, r.Delivery)
	return oas.RedeliverDeadLetter200JSONResponse(showWebhookAttempt(a)), err
}

func (h webhookDeliveries) RedeliverDeadLetters(ctx context.Context, r oas.RedeliverDeadLettersRequestObject) (oas.RedeliverDeadLettersResponseObject, error) {
	delivered, left, err := h.dead.RedeliverAll(ctx, r.Webhook)
	return oas.RedeliverDeadLetters200JSONResponse{Delivered: int64(delivered), Left: int64(left)}, err
}
