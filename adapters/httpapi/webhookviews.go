package httpapi

import (
	"maps"
	"slices"
	"time"

	"heliograph/adapters/httpapi/oas"
	"heliograph/domain"
	"heliograph/ports"
)

// showWebhook is a webhook without its secrets and what may hold some.
func showWebhook(w ports.WebhookEntry) oas.Webhook {
	giveUp, pause, refused := w.Retry.GiveUpAfter.Seconds(), w.Retry.MaxPause.Seconds(), w.Retry.DropRefused
	shown := oas.Webhook{
		Id: w.ID, Name: w.Name, Url: shownURL(w.URL), Accounts: texts(w.Accounts), Kinds: texts(w.Kinds), Senders: texts(w.Senders), Groups: []string{},
		Pattern: w.Pattern, HeaderNames: slices.Sorted(maps.Keys(w.Headers)), Body: string(w.Body), Concurrency: int64(w.Concurrency),
		Timeout: w.Timeout.Seconds(), Retry: oas.WebhookRetry{GiveUpAfter: &giveUp, MaxPause: &pause, DropRefused: &refused},
		Enabled: w.Enabled, Signed: len(w.Secrets) > 0, ReadOnly: w.ReadOnly,
	}
	if shown.HeaderNames == nil {
		shown.HeaderNames = []string{}
	}
	for _, group := range w.Groups {
		shown.Groups = append(shown.Groups, group.String())
	}
	return shown
}

// texts are the strings of a list, never nil.
func texts[T ~string](list []T) []string {
	shown := make([]string, len(list))
	for i, one := range list {
		shown[i] = string(one)
	}
	return shown
}

func showWebhookStatus(s ports.WebhookStatus) oas.WebhookStatus {
	shown := oas.WebhookStatus{
		State: string(s.State), LagEvents: int64(min(s.LagEvents, 1<<62)), LagSeconds: s.Lag.Seconds(), LastSuccess: optionalTime(s.LastSuccess),
		LastFailure: optionalTime(s.LastFailure), LastError: optional(s.LastError), NextTry: optionalTime(s.NextTry),
		FailingLanes: int64(s.FailingLanes), DeadLetters: int64(s.DeadLetters), LostRanges: int64(s.LostRanges),
	}
	if s.Lost != nil {
		shown.LastLost = &oas.LostRange{After: s.Lost.After.String(), Next: s.Lost.Next.String()}
	}
	return shown
}

func showWebhookAttempt(a ports.WebhookAttempt) oas.WebhookAttempt {
	shown := oas.WebhookAttempt{
		Delivery: a.Delivery, Kind: string(a.Kind), At: a.At.UTC(), Duration: a.Took.Seconds(), Outcome: string(a.Outcome), Error: optional(a.Error),
	}
	if a.Status != 0 {
		shown.Status = &a.Status
	}
	if a.Event != (domain.Cursor{}) {
		shown.Cursor = optional(a.Event.String())
	}
	return shown
}

func showDeadLetter(l ports.DeadLetter) oas.DeadLetter {
	return oas.DeadLetter{
		Delivery: l.Delivery, Cursor: l.Event.String(), Account: optional(string(l.Account)), Kind: string(l.Kind), Received: l.Received.Time().UTC(),
		At: l.At.UTC(), Attempts: int64(l.Attempts), Error: l.Error,
	}
}

func optionalTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
