package httpapi

import (
	"context"
	"slices"
	"time"

	"heliograph/adapters/httpapi/oas"
	"heliograph/domain"
	"heliograph/ports"
)

// webhooks are the programs that are called with what is received.
type webhooks struct {
	webhooks   ports.Webhooks
	deliveries ports.WebhookDeliveries
}

func (h webhooks) ListWebhooks(ctx context.Context, _ oas.ListWebhooksRequestObject) (oas.ListWebhooksResponseObject, error) {
	list, err := h.webhooks.List(ctx)
	if err != nil {
		return nil, err
	}
	answer := make(oas.ListWebhooks200JSONResponse, len(list))
	for i, one := range list {
		answer[i] = showWebhook(one)
	}
	return answer, nil
}

func (h webhooks) CreateWebhook(ctx context.Context, r oas.CreateWebhookRequestObject) (oas.CreateWebhookResponseObject, error) {
	if value(r.Body.Url) == "" {
		return nil, missing("url")
	}
	w := domain.Webhook{Enabled: true}
	if err := applyWebhook(&w, *r.Body); err != nil {
		return nil, err
	}
	given := len(w.Secrets) > 0
	w, err := h.webhooks.Create(ctx, w)
	if err != nil {
		return nil, err
	}
	answer := showWebhook(ports.WebhookEntry{Webhook: w})
	if !given {
		answer.Secret = &w.Secrets[0].Value
	}
	return oas.CreateWebhook201JSONResponse(answer), nil
}

func (h webhooks) GetWebhook(ctx context.Context, r oas.GetWebhookRequestObject) (oas.GetWebhookResponseObject, error) {
	entry, err := h.webhooks.Get(ctx, r.Webhook)
	if err != nil {
		return nil, err
	}
	status, err := h.deliveries.Status(ctx, r.Webhook)
	if err != nil {
		return nil, err
	}
	answer, stands := showWebhook(entry), showWebhookStatus(status)
	answer.Status = &stands
	return oas.GetWebhook200JSONResponse(answer), nil
}

func (h webhooks) UpdateWebhook(ctx context.Context, r oas.UpdateWebhookRequestObject) (oas.UpdateWebhookResponseObject, error) {
	w, err := h.webhooks.Update(ctx, r.Webhook, func(w *domain.Webhook) error { return applyWebhook(w, *r.Body) })
	if err != nil {
		return nil, err
	}
	entry, err := h.webhooks.Get(ctx, r.Webhook)
	return oas.UpdateWebhook200JSONResponse(showWebhook(ports.WebhookEntry{Webhook: w, ReadOnly: entry.ReadOnly})), err
}

func (h webhooks) DeleteWebhook(ctx context.Context, r oas.DeleteWebhookRequestObject) (oas.DeleteWebhookResponseObject, error) {
	return oas.DeleteWebhook204Response{}, h.webhooks.Delete(ctx, r.Webhook)
}

// applyWebhook changes what a request gives. Errors are Invalid.
func applyWebhook(w *domain.Webhook, given oas.WebhookSettings) error {
	if given.Url != nil && *given.Url != shownURL(w.URL) { // who sends back what was shown changes nothing
		w.URL = *given.Url
	}
	set(&w.Name, given.Name)
	set(&w.Pattern, given.Pattern)
	set(&w.Headers, given.Headers)
	set(&w.Enabled, given.Enabled)
	if given.Body != nil {
		w.Body = domain.WebhookBody(*given.Body)
	}
	if given.Secret != nil {
		w.Secrets = []domain.WebhookSecret{{Value: *given.Secret}}
	}
	if given.Concurrency != nil {
		w.Concurrency = int(min(max(*given.Concurrency, -1), domain.MaxWebhookConcurrency+1))
		if w.Concurrency == 0 {
			w.Concurrency = -1 // not the default
		}
	}
	if err := setSeconds(&w.Timeout, "timeout", given.Timeout, domain.MaxWebhookTimeout); err != nil {
		return err
	}
	if retry := given.Retry; retry != nil {
		set(&w.Retry.DropRefused, retry.DropRefused)
		if err := setSeconds(&w.Retry.GiveUpAfter, "give_up_after", retry.GiveUpAfter, domain.MaxWebhookGiveUpAfter); err != nil {
			return err
		}
		if err := setSeconds(&w.Retry.MaxPause, "max_pause", retry.MaxPause, domain.MaxWebhookMaxPause); err != nil {
			return err
		}
	}
	return applyChoice(w, given)
}

// applyChoice changes which events it gets.
func applyChoice(w *domain.Webhook, given oas.WebhookSettings) error {
	set(&w.Senders, given.Senders)
	if given.Kinds != nil {
		w.Kinds = nil
		for _, kind := range *given.Kinds {
			w.Kinds = append(w.Kinds, domain.EventKind(kind))
		}
	}
	if given.Accounts != nil {
		w.Accounts = nil
		for _, number := range *given.Accounts {
			account, err := domain.ParseAccount(number)
			if err != nil {
				return err
			}
			if !slices.Contains(w.Accounts, account) {
				w.Accounts = append(w.Accounts, account)
			}
		}
	}
	if given.Groups != nil {
		w.Groups = nil
		for _, text := range *given.Groups {
			group, err := domain.ParseGroupID(text)
			if err != nil {
				return err
			}
			w.Groups = append(w.Groups, group)
		}
	}
	return nil
}

func set[T any](field *T, given *T) {
	if given != nil {
		*field = *given
	}
}

// setSeconds reads a time in seconds, more than 0 and at most most; absent it stays what it was. Errors are Invalid.
func setSeconds(field *time.Duration, name string, given *float64, most time.Duration) error {
	if given == nil {
		return nil
	}
	if !(*given >= 0.001 && *given <= most.Seconds()) {
		return domain.Errorf(domain.Invalid, "", "%s must be from 0.001 to %d seconds", name, most/time.Second)
	}
	*field = time.Duration(*given*1000) * time.Millisecond
	return nil
}

// shownURL is an address without what may be secret in it.
func shownURL(address string) string {
	parsed, err := domain.ParseWebhookURL(address)
	if err != nil {
		return ""
	}
	return domain.RedactWebhookURL(parsed)
}
