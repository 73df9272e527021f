package webhooks

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

// attempt calls a webhook with event. The Outcome is empty where ctx, and the time after it, ended before there was one.
func (s *Service) attempt(ctx context.Context, w domain.Webhook, trusted bool, event *domain.Event, delivery string) (ports.WebhookAttempt, ports.WebhookAnswer) {
	a := ports.WebhookAttempt{Delivery: delivery, Event: event.Cursor, Kind: event.Kind, At: time.Now()}
	contentType, content := body(w.Body, a.Delivery, event)
	call := ports.WebhookCall{
		URL: w.URL, Header: w.Headers, Secrets: secretsAt(w, a.At), ID: a.Delivery, ContentType: contentType, Body: content,
		Timeout: w.Timeout, AllowPrivate: trusted,
	}
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(s.options.EndGrace, cancel) })()
	answer, err := s.caller.Call(longer, call)
	a.Took = time.Since(a.At)
	a.Status = answer.Status
	switch {
	case err == nil:
		a.Outcome = outcomeOf(answer.Status)
		if a.Outcome != ports.OutcomeDelivered {
			a.Error = fmt.Sprintf("it answered %d", answer.Status)
		}
	case longer.Err() != nil:
	default:
		a.Outcome, a.Error = outcomeOfError(err)
	}
	return a, answer
}

// secretsAt are those in force.
func secretsAt(w domain.Webhook, at time.Time) (secrets []string) {
	for _, s := range w.Secrets {
		if s.Until == 0 || at.Before(s.Until.Time()) {
			secrets = append(secrets, s.Value)
		}
	}
	return secrets
}

func outcomeOf(status int) ports.WebhookOutcome {
	switch {
	case status >= 200 && status < 300:
		return ports.OutcomeDelivered
	case status >= 500:
		return ports.OutcomeFailed
	}
	switch status {
	case http.StatusGone:
		return ports.OutcomeGone
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly, http.StatusTooManyRequests:
		return ports.OutcomeLater
	}
	return ports.OutcomeRefused
}

func outcomeOfError(err error) (ports.WebhookOutcome, string) {
	switch domain.KindOf(err) {
	case domain.Timeout:
		return ports.OutcomeTimeout, "no answer in time"
	case domain.Invalid:
		return ports.OutcomeForbidden, "the address is refused"
	}
	return ports.OutcomeUnreachable, "not reached"
}
