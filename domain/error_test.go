package domain_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"heliograph/domain"
)

func TestKindOf(t *testing.T) {
	limited := &domain.RateLimit{Account: "+15550100001", ChallengeTokens: []string{"t"}, RetryAfter: time.Minute}
	for _, c := range []struct {
		name   string
		err    error
		kind   domain.Kind
		detail string
	}{
		{"none of ours", io.EOF, domain.Internal, "internal"},
		{"canceled", fmt.Errorf("x: %w", context.Canceled), domain.Canceled, "canceled"},
		{"deadline", fmt.Errorf("x: %w", context.DeadlineExceeded), domain.Timeout, "timeout"},
		{"ours", domain.Errorf(domain.Invalid, "send", "no %s", "text"), domain.Invalid, "no text"},
		{"wrapped", fmt.Errorf("x: %w", domain.Errorf(domain.NotFound, "", "")), domain.NotFound, "not_found"},
		{"ours around a context's", &domain.Error{Kind: domain.OutcomeUnknown, Err: context.Canceled}, domain.OutcomeUnknown, "outcome_unknown"},
		{"the outer of two", &domain.Error{Kind: domain.Unavailable, Err: domain.Errorf(domain.Internal, "", "x")}, domain.Unavailable, "unavailable"},
		{"rate limit", &domain.Error{Kind: domain.RateLimited, Err: limited}, domain.RateLimited, "rate_limited"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if domain.KindOf(c.err) != c.kind || domain.DetailOf(c.err) != c.detail {
				t.Errorf("%v, %q", domain.KindOf(c.err), domain.DetailOf(c.err))
			}
		})
	}
	var limit *domain.RateLimit
	if err := fmt.Errorf("x: %w", &domain.Error{Kind: domain.RateLimited, Err: limited}); !errors.As(err, &limit) || limit != limited {
		t.Error("the cause is not found")
	}
}

func TestKindNamesAreStableAndSingle(t *testing.T) {
	seen := make(map[string]bool)
	for _, kind := range domain.Kinds() {
		name := kind.String()
		if name == "" || seen[name] {
			t.Errorf("kind %d is called %q", kind, name)
		}
		seen[name] = true
	}
	if got := domain.Kind(200).String(); got != domain.Internal.String() {
		t.Errorf("a kind that does not exist is called %q", got)
	}
}

func TestErrorText(t *testing.T) {
	for want, err := range map[string]*domain.Error{
		"send: no text: EOF": {Op: "send", Kind: domain.Invalid, Detail: "no text", Err: io.EOF},
		"invalid":            {Kind: domain.Invalid},
		"send: timeout":      {Op: "send", Kind: domain.Timeout},
	} {
		if err.Error() != want {
			t.Errorf("%q, want %q", err, want)
		}
	}
}
