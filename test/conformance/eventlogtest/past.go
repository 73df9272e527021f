package eventlogtest

import (
	"context"
	"slices"
	"testing"

	"heliograph/domain"
)

// readAllBack reads back until the oldest is reached, and gives the events oldest first.
func readAllBack(t testing.TB, h Harness, filter domain.Filter, until domain.Cursor, limit int) (events []*domain.Event) {
	t.Helper()
	for {
		past, err := h.Log.ReadBack(bounded(t), filter, until, limit)
		if err != nil {
			t.Fatalf("ReadBack: %v", err)
		}
		if len(past.Events) > limit {
			t.Fatalf("ReadBack gave %d events where %d were asked for", len(past.Events), limit)
		}
		events = append(events, past.Events...)
		if past.Done {
			slices.Reverse(events)
			return events
		}
		if until != domain.Latest && past.Next.Seq >= until.Seq {
			t.Fatalf("ReadBack went from %v to %v", until, past.Next)
		}
		until = past.Next
	}
}

var readingBack = []clause{
	{name: "ReadBackGivesTheSameFromTheOtherEnd", check: func(t *testing.T, h Harness) {
		var want []*domain.Event
		for n := range 25 {
			want = append(want, event(alice, n))
			add(t, h.Log, event(alice, n), event(bob, n))
		}
		for _, limit := range []int{1, 3, 25, 1000} {
			wantPayloads(t, readAllBack(t, h, domain.Filter{Account: alice}, domain.Latest, limit), want...)
		}
		all, _ := readAll(t, h.Log, domain.Filter{}, domain.Oldest, 100)
		wantPayloads(t, readAllBack(t, h, domain.Filter{}, domain.Latest, 7), all...)
		wantPayloads(t, readAllBack(t, h, domain.Filter{}, all[10].Cursor, 4), all[:11]...)
	}},
	{name: "ReadBackFilters", check: func(t *testing.T, h Harness) {
		group, err := domain.ParseInternalGroupID("q1Yt0bJ8mQe3ZrVn5uKXh7oWcT2dLsPyGfAi9BvN4ME=")
		if err != nil {
			t.Fatal(err)
		}
		inGroup, receipt := event(alice, 3), event(alice, 4)
		inGroup.Group, receipt.Kind = group, domain.KindReceipt
		add(t, h.Log, event(alice, 1), event(bob, 2), inGroup, receipt, event(alice, 5))
		wantPayloads(t, readAllBack(t, h, domain.Filter{Groups: []domain.GroupID{group}}, domain.Latest, 10), inGroup)
		wantPayloads(t, readAllBack(t, h, domain.Filter{Account: alice, Kinds: []domain.EventKind{domain.KindReceipt}}, domain.Latest, 10), receipt)
		wantPayloads(t, readAllBack(t, h, domain.Filter{Accounts: []domain.Account{bob, "+15550100009"}}, domain.Latest, 10), event(bob, 2))
		wantPayloads(t, readAllBack(t, h, domain.Filter{Senders: []string{"nobody"}}, domain.Latest, 10))
		own := event(bob, 6)
		own.Kind = domain.KindAccount
		add(t, h.Log, own)
		wantPayloads(t, readAllBack(t, h, domain.Filter{Account: bob, Backend: true}, domain.Latest, 10), event(bob, 2))
	}},
	{name: "ReadBackOfAnEmptyLogOrAnotherEpochIsDone", check: func(t *testing.T, h Harness) {
		wantPayloads(t, readAllBack(t, h, domain.Filter{}, domain.Latest, 10))
		first := event(alice, 1)
		add(t, h.Log, first)
		past, err := h.Log.ReadBack(bounded(t), domain.Filter{}, domain.Cursor{Epoch: first.Cursor.Epoch + 2, Seq: 1}, 10)
		if err != nil || !past.Done || len(past.Events) != 0 {
			t.Fatalf("%+v, %v", past, err)
		}
	}},
	{name: "ReadBackEndsAtRetention", settings: small, check: func(t *testing.T, h Harness) {
		fill(t, h)
		events, _ := readAll(t, h.Log, domain.Filter{}, domain.Oldest, 100)
		wantPayloads(t, readAllBack(t, h, domain.Filter{}, domain.Latest, 100), events...)
	}},
	{name: "ReadBackOnCancelledContextIsCanceled", check: func(t *testing.T, h Harness) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, err := h.Log.ReadBack(ctx, domain.Filter{}, domain.Latest, 1)
		wantKind(t, err, domain.Canceled)
		wantKind(t, h.Log.Forget(ctx, alice), domain.Canceled)
	}},
}

var forgetting = []clause{
	{name: "ForgetDeletesTheEventsOfOneAccount", check: func(t *testing.T, h Harness) {
		for n := range 20 {
			add(t, h.Log, event(alice, n), event(bob, n))
		}
		before, _ := readAll(t, h.Log, domain.Filter{Account: bob}, domain.Oldest, 100)
		if err := h.Log.Forget(bounded(t), alice); err != nil {
			t.Fatal(err)
		}
		events, _ := readAll(t, h.Log, domain.Filter{Account: alice}, domain.Oldest, 100)
		wantPayloads(t, events)
		events, next := readAll(t, h.Log, domain.Filter{}, domain.Oldest, 100)
		wantPayloads(t, events, before...)
		add(t, h.Log, event(alice, 20))
		events, _ = readAll(t, h.Log, domain.Filter{}, next, 100)
		wantPayloads(t, events, event(alice, 20))
	}},
	{name: "ForgetOfAnUnknownAccountDoesNothing", check: func(t *testing.T, h Harness) {
		add(t, h.Log, event(alice, 1))
		if err := h.Log.Forget(bounded(t), bob); err != nil {
			t.Fatal(err)
		}
		events, _ := readAll(t, h.Log, domain.Filter{}, domain.Oldest, 10)
		wantPayloads(t, events, event(alice, 1))
	}},
	{name: "ForgetLeavesReadersWhereTheyAre", check: func(t *testing.T, h Harness) {
		first, last := event(bob, 1), event(bob, 3)
		add(t, h.Log, first, event(alice, 1), event(alice, 2), last)
		if err := h.Log.Forget(bounded(t), alice); err != nil {
			t.Fatal(err)
		}
		page := read(t, h.Log, domain.Filter{}, first.Cursor, 10)
		if page.Gap != nil || page.Reset || page.Next != last.Cursor {
			t.Fatalf("%+v", page)
		}
	}},
}
