package subscriptiontest

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"

	"heliograph/domain"
	"heliograph/ports"
)

// Named is a fresh subscription that knows named readers.
type Named struct {
	Harness
	// Again is another instance on the same log that knows the same names, as after a restart or in a second gateway.
	Again func() ports.Subscription
	// Reborn is one that knows the same names, on an empty log of another epoch.
	Reborn func() (ports.Subscription, ports.EventLog)
}

// RunNamed checks each clause of named readers on a subscription of its own.
func RunNamed(t *testing.T, newHarness func(t testing.TB, s Settings) Named) {
	for _, c := range named {
		if c.settings.RetainBytes == 0 {
			c.settings.RetainBytes = 64 << 20
		}
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { c.check(t, newHarness(t, c.settings)) })
		})
	}
}

func subscribeNamed(t testing.TB, s ports.Subscription, name string, from domain.Cursor) ports.Stream {
	t.Helper()
	return subscribeAs(t, s, ports.Reader{Transport: "poll", Name: "conformance", From: from, Remember: name})
}

// subscribeAt is a named reader that knows its place itself.
func subscribeAt(t testing.TB, s ports.Subscription, name string, at domain.Cursor) ports.Stream {
	t.Helper()
	return subscribeAs(t, s, ports.Reader{Transport: "poll", Name: "conformance", From: at, Remember: name, Resume: true})
}

func subscribeAs(t testing.TB, s ports.Subscription, reader ports.Reader) ports.Stream {
	t.Helper()
	stream, err := s.Subscribe(context.Background(), reader)
	if err != nil {
		t.Fatalf("Subscribe: %v", err)
	}
	t.Cleanup(stream.Stop)
	return stream
}

func ack(t testing.TB, s ports.Stream, c domain.Cursor) {
	t.Helper()
	if err := s.Ack(context.Background(), c); err != nil {
		t.Fatalf("Ack: %v", err)
	}
}

var named = []struct {
	name     string
	settings Settings
	check    func(t *testing.T, h Named)
}{
	{name: "TheNameStandsWhereItWasAcknowledged", check: func(t *testing.T, h Named) {
		addNumbered(t, h.Log, alice, 1, 10)
		s := subscribeNamed(t, h.Subscription, "a", domain.Oldest)
		events := next(t, s, 5)
		ack(t, s, events[2].Cursor)
		for _, from := range []domain.Cursor{domain.Oldest, domain.Latest, events[0].Cursor} {
			for _, subscription := range []ports.Subscription{h.Subscription, h.Again()} {
				wantNumbered(t, next(t, subscribeNamed(t, subscription, "a", from), 7), alice, 4)
			}
		}
		wantNumbered(t, next(t, s, 5), alice, 6)
		s.Stop()
	}},
	{name: "TheStartIsRemembered", check: func(t *testing.T, h Named) {
		addNumbered(t, h.Log, alice, 1, 3)
		latest := subscribeNamed(t, h.Subscription, "latest", domain.Latest)
		subscribeNamed(t, h.Subscription, "oldest", domain.Oldest).Stop()
		latest.Stop()
		addNumbered(t, h.Log, alice, 4, 5)
		wantNumbered(t, next(t, subscribeNamed(t, h.Again(), "latest", domain.Latest), 2), alice, 4)
		wantNumbered(t, next(t, subscribeNamed(t, h.Again(), "oldest", domain.Latest), 5), alice, 1)
	}},
	{name: "NamesAreApart", check: func(t *testing.T, h Named) {
		addNumbered(t, h.Log, alice, 1, 4)
		for i, name := range []string{"a", "b", "+15550100001/a"} {
			s := subscribeNamed(t, h.Subscription, name, domain.Oldest)
			ack(t, s, next(t, s, 4)[i].Cursor)
		}
		for i, name := range []string{"a", "b", "+15550100001/a"} {
			wantNumbered(t, next(t, subscribeNamed(t, h.Again(), name, domain.Latest), 3-i), alice, i+2)
		}
	}},
	{name: "TwoReadersOfOneNameGetEverythingEach", check: func(t *testing.T, h Named) {
		first := subscribeNamed(t, h.Subscription, "a", domain.Oldest)
		second := subscribeNamed(t, h.Subscription, "a", domain.Oldest)
		addNumbered(t, h.Log, alice, 1, 20)
		events := next(t, first, 20)
		wantNumbered(t, events, alice, 1)
		ack(t, first, events[19].Cursor)
		behind := next(t, second, 20)
		wantNumbered(t, behind, alice, 1)
		ack(t, second, behind[4].Cursor)
		nothing(t, subscribeNamed(t, h.Again(), "a", domain.Oldest))
	}},
	{name: "AckNeverMovesBackwards", check: func(t *testing.T, h Named) {
		addNumbered(t, h.Log, alice, 1, 10)
		s := subscribeNamed(t, h.Subscription, "a", domain.Oldest)
		other := subscribeNamed(t, h.Again(), "a", domain.Oldest)
		events := next(t, s, 10)
		next(t, other, 10)
		ack(t, s, events[7].Cursor)
		ack(t, s, events[2].Cursor)
		ack(t, other, events[4].Cursor)
		wantNumbered(t, next(t, subscribeNamed(t, h.Again(), "a", domain.Oldest), 2), alice, 9)
	}},
	{name: "AckOfWhatWasNotGivenIsInvalid", check: func(t *testing.T, h Named) {
		addNumbered(t, h.Log, alice, 1, 10)
		s := subscribeNamed(t, h.Subscription, "a", domain.Oldest)
		events := next(t, s, 3)
		last, _, err := h.Log.Tail(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []domain.Cursor{last, {Epoch: last.Epoch, Seq: events[2].Cursor.Seq + 1}, {Epoch: last.Epoch + 2, Seq: 1}, domain.Oldest, domain.Latest} {
			wantKind(t, s.Ack(t.Context(), c), domain.Invalid)
		}
		wantNumbered(t, next(t, subscribeNamed(t, h.Again(), "a", domain.Latest), 10), alice, 1)
	}},
	{name: "ManyAcksAtOnceLeaveTheFurthest", check: func(t *testing.T, h Named) {
		addNumbered(t, h.Log, alice, 1, 200)
		type reader struct {
			ports.Stream
			events []*domain.Event
		}
		var readers []reader
		for i := range 4 {
			subscription := h.Subscription
			if i%2 == 1 {
				subscription = h.Again()
			}
			s := subscribeNamed(t, subscription, "a", domain.Oldest)
			readers = append(readers, reader{s, next(t, s, 200)})
		}
		var all sync.WaitGroup
		for _, s := range readers {
			for j := range 199 {
				all.Go(func() {
					if err := s.Ack(t.Context(), s.events[j*7%199].Cursor); err != nil {
						t.Errorf("Ack: %v", err)
					}
				})
			}
		}
		all.Wait()
		wantNumbered(t, next(t, subscribeNamed(t, h.Again(), "a", domain.Latest), 1), alice, 200)
	}},
	{name: "AckWorksAfterStop", check: func(t *testing.T, h Named) {
		addNumbered(t, h.Log, alice, 1, 4)
		s := subscribeNamed(t, h.Subscription, "a", domain.Oldest)
		events := next(t, s, 3)
		s.Stop()
		ack(t, s, events[2].Cursor)
		wantNumbered(t, next(t, subscribeNamed(t, h.Again(), "a", domain.Latest), 1), alice, 4)
	}},
	{name: "ResumeAcknowledgesAndStartsThere", check: func(t *testing.T, h Named) {
		addNumbered(t, h.Log, alice, 1, 10)
		events := next(t, subscribe(t, h.Harness, domain.Filter{}, domain.Oldest), 10)
		wantNumbered(t, next(t, subscribeAt(t, h.Subscription, "a", events[4].Cursor), 5), alice, 6)
		wantNumbered(t, next(t, subscribeNamed(t, h.Again(), "a", domain.Latest), 5), alice, 6)
		wantNumbered(t, next(t, subscribeAt(t, h.Again(), "a", events[1].Cursor), 8), alice, 3)
		wantNumbered(t, next(t, subscribeNamed(t, h.Again(), "a", domain.Latest), 5), alice, 6)
	}},
	{name: "ResumeAheadOfTheLogIsNotRemembered", check: func(t *testing.T, h Named) {
		addNumbered(t, h.Log, alice, 1, 3)
		last, _, err := h.Log.Tail(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ahead := domain.Cursor{Epoch: last.Epoch, Seq: last.Seq + 1000}
		subscribeAt(t, h.Subscription, "new", ahead).Stop()
		subscribeNamed(t, h.Subscription, "known", domain.Oldest).Stop()
		subscribeAt(t, h.Subscription, "known", ahead).Stop()
		addNumbered(t, h.Log, alice, 4, 5)
		wantNumbered(t, next(t, subscribeNamed(t, h.Again(), "new", domain.Latest), 2), alice, 4)
		wantNumbered(t, next(t, subscribeNamed(t, h.Again(), "known", domain.Latest), 5), alice, 1)
	}},
	{name: "OtherEpochIsToldToANameAndReplaced", check: func(t *testing.T, h Named) {
		addNumbered(t, h.Log, alice, 1, 10)
		s := subscribeNamed(t, h.Subscription, "a", domain.Oldest)
		old := next(t, s, 10)
		ack(t, s, old[9].Cursor)
		reborn, log := h.Reborn()
		addNumbered(t, log, bob, 1, 3)
		again := subscribeNamed(t, reborn, "a", domain.Latest)
		events := next(t, again, 4)
		if events[0].Kind != domain.KindReset {
			t.Fatalf("%s, want a reset", events[0].Kind)
		}
		wantNumbered(t, events[1:], bob, 1)
		wantKind(t, again.Ack(t.Context(), old[9].Cursor), domain.Invalid)
		ack(t, again, events[2].Cursor)
		wantNumbered(t, next(t, subscribeNamed(t, reborn, "a", domain.Latest), 1), bob, 3)
	}},
	{name: "GapIsToldToANameThatRetentionOvertook", settings: Settings{RetainBytes: 1 << 20}, check: func(t *testing.T, h Named) {
		add(t, h.Log, large(alice, 1, 10<<10))
		s := subscribeNamed(t, h.Subscription, "a", domain.Oldest)
		first := next(t, s, 1)[0]
		ack(t, s, first.Cursor)
		s.Stop()
		for n := 2; n <= 1000; n++ {
			add(t, h.Log, large(alice, n, 10<<10))
		}
		again := subscribeNamed(t, h.Again(), "a", domain.Latest)
		gap := next(t, again, 1)[0]
		if gap.Kind != domain.KindGap || gap.Gap == nil || gap.Gap.After != first.Cursor {
			t.Fatalf("%s %+v after %v", gap.Kind, gap.Gap, first.Cursor)
		}
		ack(t, again, gap.Cursor)
		if e := next(t, subscribeNamed(t, h.Again(), "a", domain.Latest), 1)[0]; e.Cursor != gap.Gap.Next {
			t.Fatalf("%s at %v, want %v", e.Kind, e.Cursor, gap.Gap.Next)
		}
	}},
	{name: "UnnamedReadersRememberNothing", check: func(t *testing.T, h Named) {
		addNumbered(t, h.Log, alice, 1, 3)
		s := subscribe(t, h.Harness, domain.Filter{}, domain.Oldest)
		ack(t, s, next(t, s, 3)[2].Cursor)
		wantNumbered(t, next(t, subscribe(t, h.Harness, domain.Filter{}, domain.Oldest), 3), alice, 1)
	}},
	{name: "CanceledSubscribeOfANameSaysSo", check: func(t *testing.T, h Named) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := h.Subscription.Subscribe(ctx, ports.Reader{Transport: "poll", Remember: "a"})
		wantKind(t, err, domain.Canceled)
	}},
}
