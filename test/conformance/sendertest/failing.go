package sendertest

import (
	"errors"
	"slices"
	"testing"

	"heliograph/domain"
)

var failing = []clause{
	{name: "EachKindArrivesAsThatKind", applies: func(h Harness) bool { return h.Fail != nil }, check: func(t *testing.T, h Harness) {
		produced := 0
		for _, kind := range domain.Kinds() {
			if !h.Fail(kind) {
				continue
			}
			produced++
			_, err := h.Sender.Send(t.Context(), h.From, text(h, "x"))
			if err == nil || domain.KindOf(err) != kind {
				t.Errorf("got %v, want %v", err, kind)
			}
			var limit *domain.RateLimit
			if kind == domain.RateLimited && (!errors.As(err, &limit) || limit.Account != h.From || !slices.Equal(limit.ChallengeTokens, Tokens)) {
				t.Errorf("rate limit %+v, want the account and tokens %v", limit, Tokens)
			}
			var untrusted *domain.UntrustedIdentity
			if kind == domain.Untrusted && (!errors.As(err, &untrusted) || len(untrusted.Recipients) == 0) {
				t.Errorf("untrusted identity %+v names nobody", untrusted)
			}
		}
		if produced < 5 {
			t.Errorf("the harness can make %d kinds only", produced)
		}
		send(t, h, text(h, "after"))
	}},
	{name: "UnknownAccountIsToldApart", check: func(t *testing.T, h Harness) {
		_, err := h.Sender.Send(t.Context(), h.UnknownAccount, text(h, "x"))
		want(t, err, domain.UnknownAccount)
	}},
	{name: "NobodyReachableIsUnregistered", check: func(t *testing.T, h Harness) {
		_, err := h.Sender.Send(t.Context(), h.From,
			domain.Message{Target: domain.Target{Recipients: []domain.Recipient{h.Stranger}}, Text: "x"})
		want(t, err, domain.Unregistered)
	}},
}
