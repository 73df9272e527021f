package eventlogtest

import (
	"testing"

	"heliograph/domain"
)

// small is a log that retains few of the events that fill appends.
var small = Settings{RetainBytes: 1 << 20}

// fill appends events of 16 KiB, many times what the log retains, and gives their cursors.
func fill(t testing.TB, h Harness) (cursors []domain.Cursor) {
	t.Helper()
	for n := range 300 {
		e := large(alice, n, 16<<10)
		add(t, h.Log, e)
		cursors = append(cursors, e.Cursor)
	}
	return cursors
}

var retaining = []clause{
	{name: "OldestIsForgottenAndBoundsSaySo", settings: small, check: func(t *testing.T, h Harness) {
		cursors := fill(t, h)
		events, _ := readAll(t, h.Log, domain.Filter{}, domain.Oldest, 100)
		if len(events) < 10 || len(events) > 250 {
			t.Fatalf("%d of 300 events retained", len(events))
		}
		for i, e := range events {
			if e.Cursor != cursors[len(cursors)-len(events)+i] {
				t.Fatalf("event %d is %v", i, e.Cursor)
			}
		}
		before, last, err := h.Log.Bounds(bounded(t))
		if err != nil || last != cursors[len(cursors)-1] || before.Seq >= events[0].Cursor.Seq || before.Seq < cursors[len(cursors)-len(events)-1].Seq {
			t.Fatalf("bounds %v to %v, %v", before, last, err)
		}
	}},
	{name: "PositionBeforeTheFirstRetainedIsAGap", settings: small, check: func(t *testing.T, h Harness) {
		cursors := fill(t, h)
		for _, filter := range []domain.Filter{{}, {Account: alice}, {Account: bob}} {
			page := read(t, h.Log, filter, cursors[3], 1000)
			if page.Gap == nil || page.Reset || page.Gap.After != cursors[3] {
				t.Fatalf("%+v", page)
			}
			if filter.Account != bob && page.Gap.Next != page.Events[0].Cursor {
				t.Fatalf("gap to %v, first event %v", page.Gap.Next, page.Events[0].Cursor)
			}
		}
	}},
	{name: "PositionRightBeforeTheFirstRetainedIsNoGap", settings: small, check: func(t *testing.T, h Harness) {
		fill(t, h)
		before, _, err := h.Log.Bounds(bounded(t))
		if err != nil {
			t.Fatal(err)
		}
		if page := read(t, h.Log, domain.Filter{}, before, 10); page.Gap != nil || len(page.Events) != 10 {
			t.Fatalf("%+v", page)
		}
	}},
	{name: "OldestIsNoGap", settings: small, check: func(t *testing.T, h Harness) {
		fill(t, h)
		if page := read(t, h.Log, domain.Filter{}, domain.Oldest, 10); page.Gap != nil || page.Reset || len(page.Events) != 10 {
			t.Fatalf("%+v", page)
		}
	}},
	{name: "HolesAreNoGaps", check: func(t *testing.T, h Harness) {
		first := event(alice, 1)
		add(t, h.Log, first)
		add(t, h.Log, event(alice, 1), event(alice, 1), event(bob, 1))
		if page := read(t, h.Log, domain.Filter{}, first.Cursor, 10); page.Gap != nil || len(page.Events) != 1 {
			t.Fatalf("%+v", page)
		}
	}},
	{name: "OtherEpochIsAReset", check: func(t *testing.T, h Harness) {
		first := event(alice, 1)
		add(t, h.Log, first, event(alice, 2))
		other := domain.Cursor{Epoch: first.Cursor.Epoch + 2, Seq: first.Cursor.Seq}
		page := read(t, h.Log, domain.Filter{}, other, 10)
		if !page.Reset || page.Gap != nil {
			t.Fatalf("%+v", page)
		}
		wantPayloads(t, page.Events, event(alice, 1), event(alice, 2))
	}},
	{name: "NewLifeIsANewEpoch", check: func(t *testing.T, h Harness) {
		e := event(alice, 1)
		add(t, h.Log, e)
		reborn := h.Reborn()
		page := read(t, reborn, domain.Filter{}, e.Cursor, 10)
		if !page.Reset || len(page.Events) != 0 || page.Next.Epoch == e.Cursor.Epoch {
			t.Fatalf("%+v", page)
		}
	}},
}
