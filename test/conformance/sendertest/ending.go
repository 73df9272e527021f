package sendertest

import (
	"context"
	"testing"
	"time"

	"heliograph/domain"
)

// hang is how long something may take on real sockets that must happen at once.
const hang = 30 * time.Second

func canStall(h Harness) bool { return h.Stall != nil }

var ending = []clause{
	{name: "CancelReturnsAtOnceAndFreesTheSlot", applies: canStall, check: func(t *testing.T, h Harness) {
		endsWith(t, h, context.WithCancel, true, domain.Canceled)
	}},
	{name: "DeadlineReturnsAtOnceAndFreesTheSlot", applies: canStall, check: func(t *testing.T, h Harness) {
		endsWith(t, h, func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 300*time.Millisecond)
		}, false, domain.Timeout)
	}},
	{name: "EndedContextSendsNothing", check: func(t *testing.T, h Harness) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := h.Sender.Send(ctx, h.From, text(h, "never"))
		want(t, err, domain.Canceled)
		result := send(t, h, text(h, "after"))
		if got := h.Delivered(t, 1); len(got) != 1 || got[result.Timestamp] != "after" {
			t.Errorf("delivered %v", got)
		}
	}},
	{name: "SendOnClosedReturnsUnavailable", applies: func(h Harness) bool { return h.Close != nil }, check: func(t *testing.T, h Harness) {
		h.Close()
		_, err := h.Sender.Send(t.Context(), h.From, text(h, "x"))
		want(t, err, domain.Unavailable)
	}},
	{name: "BackendLostBeforeTheCallLeftIsUnavailable", applies: func(h Harness) bool { return h.LoseBefore != nil }, check: func(t *testing.T, h Harness) {
		h.LoseBefore()
		_, err := h.Sender.Send(t.Context(), h.From, text(h, "x"))
		want(t, err, domain.Unavailable)
	}},
	{name: "BackendLostAfterTheCallLeftIsOutcomeUnknown", applies: func(h Harness) bool { return h.LoseAfter != nil }, check: func(t *testing.T, h Harness) {
		h.LoseAfter()
		_, err := h.Sender.Send(t.Context(), h.From, text(h, "x"))
		want(t, err, domain.OutcomeUnknown)
	}},
}

// endsWith stalls the backend, sends, and wants the end of the context to end the call: as kind, or as
// OutcomeUnknown because it may have been carried out.
func endsWith(t *testing.T, h Harness, with func(context.Context) (context.Context, context.CancelFunc), cancelIt bool, kind domain.Kind) {
	t.Helper()
	resume := h.Stall()
	ctx, cancel := with(t.Context())
	defer cancel()
	const calls = 8
	errs := make(chan error, calls)
	for range calls {
		go func() {
			_, err := h.Sender.Send(ctx, h.From, text(h, "stalled"))
			errs <- err
		}()
	}
	if cancelIt {
		cancel()
	}
	limit := time.NewTimer(hang)
	defer limit.Stop()
	for range calls {
		select {
		case err := <-errs:
			if got := domain.KindOf(err); err == nil || got != kind && got != domain.OutcomeUnknown {
				t.Errorf("got %v, want %v or OutcomeUnknown", err, kind)
			}
		case <-limit.C:
			t.Fatal("a call went on after its context had ended")
		}
	}
	resume()
	send(t, h, text(h, "after"))
}

func want(t *testing.T, err error, kind domain.Kind) {
	t.Helper()
	if err == nil || domain.KindOf(err) != kind {
		t.Fatalf("got %v, want %v", err, kind)
	}
	if domain.DetailOf(err) == kind.String() {
		t.Errorf("the error says nothing but its kind: %v", err)
	}
}
