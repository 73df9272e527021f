package eventlogtest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"heliograph/domain"
)

var appending = []clause{
	{name: "AppendSetsIncreasingCursors", check: func(t *testing.T, h Harness) {
		batch := []*domain.Event{event(alice, 1), event(bob, 1), event(alice, 2)}
		add(t, h.Log, batch...)
		last := event(alice, 3)
		add(t, h.Log, last)
		before := domain.Cursor{}
		for i, e := range append(batch, last) {
			if e.Cursor.Epoch == 0 || i > 0 && (e.Cursor.Epoch != before.Epoch || e.Cursor.Seq <= before.Seq) {
				t.Fatalf("cursor %v after %v", e.Cursor, before)
			}
			before = e.Cursor
		}
	}},
	{name: "AppendOfNothingIsFine", check: func(t *testing.T, h Harness) {
		add(t, h.Log)
	}},
	{name: "AppendOnCancelledContextStoresNothing", check: func(t *testing.T, h Harness) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		wantKind(t, h.Log.Append(ctx, []*domain.Event{event(alice, 1)}), domain.Canceled)
		add(t, h.Log, event(alice, 2))
		events, _ := readAll(t, h.Log, domain.Filter{}, domain.Oldest, 10)
		wantPayloads(t, events, event(alice, 2))
	}},
	{name: "DoubleKeyIsStoredOnceAndHasNoCursor", check: func(t *testing.T, h Harness) {
		first, double := event(alice, 1), event(alice, 1)
		add(t, h.Log, first)
		add(t, h.Log, double, event(alice, 2))
		if first.Cursor == (domain.Cursor{}) || double.Cursor != (domain.Cursor{}) {
			t.Fatalf("cursors %v and %v", first.Cursor, double.Cursor)
		}
		events, _ := readAll(t, h.Log, domain.Filter{}, domain.Oldest, 10)
		wantPayloads(t, events, event(alice, 1), event(alice, 2))
	}},
	{name: "DoubleKeyWithinABatchIsStoredOnce", check: func(t *testing.T, h Harness) {
		batch := []*domain.Event{event(alice, 1), event(alice, 1), event(alice, 2), event(alice, 1)}
		add(t, h.Log, batch...)
		events, _ := readAll(t, h.Log, domain.Filter{}, domain.Oldest, 10)
		wantPayloads(t, events, event(alice, 1), event(alice, 2))
	}},
	{name: "BatchAfterPartOfItKeepsTheOrder", check: func(t *testing.T, h Harness) {
		add(t, h.Log, event(alice, 1), event(alice, 2))
		batch := []*domain.Event{event(alice, 1), event(alice, 2), event(alice, 3), event(alice, 4)}
		add(t, h.Log, batch...)
		if batch[1].Cursor != (domain.Cursor{}) || batch[2].Cursor == (domain.Cursor{}) || batch[3].Cursor.Seq <= batch[2].Cursor.Seq {
			t.Fatalf("cursors %v, %v, %v", batch[1].Cursor, batch[2].Cursor, batch[3].Cursor)
		}
		events, _ := readAll(t, h.Log, domain.Filter{}, domain.Oldest, 10)
		wantPayloads(t, events, event(alice, 1), event(alice, 2), event(alice, 3), event(alice, 4))
	}},
	{name: "LostAcknowledgementLosesDoublesAndReordersNothing", check: func(t *testing.T, h Harness) {
		if h.LoseAck == nil {
			return // who appends learns at once
		}
		var want []*domain.Event
		lost := 0
		for n := 1; n <= 4; n++ {
			batch := func() []*domain.Event {
				return []*domain.Event{event(alice, 10*n), event(alice, 10*n+1), event(alice, 10*n+2)}
			}
			want = append(want, batch()...)
			h.LoseAck(n)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			err := h.Log.Append(ctx, batch())
			cancel()
			if err != nil {
				wantKind(t, err, domain.OutcomeUnknown)
				lost++
				add(t, h.Log, batch()...)
			}
			h.LoseAck(0)
		}
		if lost == 0 {
			t.Fatal("no acknowledgement was lost")
		}
		events, _ := readAll(t, h.Log, domain.Filter{}, domain.Oldest, 100)
		wantPayloads(t, events, want...)
	}},
	{name: "SameBatchAgainStoresNothing", check: func(t *testing.T, h Harness) {
		batch := []*domain.Event{event(alice, 1), event(alice, 2)}
		add(t, h.Log, batch...)
		add(t, h.Log, event(alice, 1), event(alice, 2), event(alice, 3))
		events, _ := readAll(t, h.Log, domain.Filter{}, domain.Oldest, 10)
		wantPayloads(t, events, event(alice, 1), event(alice, 2), event(alice, 3))
	}},
	{name: "KeyIsForgottenAfterTheWindow", settings: Settings{DedupWindow: time.Minute}, check: func(t *testing.T, h Harness) {
		add(t, h.Log, event(alice, 1))
		h.Advance(30 * time.Second)
		add(t, h.Log, event(alice, 1))
		h.Advance(2 * time.Minute)
		add(t, h.Log, event(alice, 1))
		events, _ := readAll(t, h.Log, domain.Filter{}, domain.Oldest, 10)
		wantPayloads(t, events, event(alice, 1), event(alice, 1))
	}},
	{name: "EventsWithoutKeyAreNeverDoubles", check: func(t *testing.T, h Harness) {
		one, two := event(alice, 1), event(alice, 1)
		one.Key, two.Key = "", ""
		add(t, h.Log, one, two)
		events, _ := readAll(t, h.Log, domain.Filter{}, domain.Oldest, 10)
		wantPayloads(t, events, one, two)
	}},
	{name: "TooLargeEventStoresNothingOfItsBatch", settings: Settings{RetainBytes: 1 << 20}, check: func(t *testing.T, h Harness) {
		err := h.Log.Append(bounded(t), []*domain.Event{event(alice, 1), large(alice, 2, 4<<20), event(alice, 3)})
		wantKind(t, err, domain.TooLarge)
		add(t, h.Log, event(alice, 1), event(alice, 4))
		events, _ := readAll(t, h.Log, domain.Filter{}, domain.Oldest, 10)
		wantPayloads(t, events, event(alice, 1), event(alice, 4))
	}},
	{name: "AllFieldsComeBack", check: func(t *testing.T, h Harness) {
		group, err := domain.ParseInternalGroupID("q1Yt0bJ8mQe3ZrVn5uKXh7oWcT2dLsPyGfAi9BvN4ME=")
		if err != nil {
			t.Fatal(err)
		}
		e := event(alice, 1)
		e.Group, e.Kind = group, domain.KindReaction
		want := *e
		add(t, h.Log, e)
		await(t, h.Second, e.Cursor)
		got := *read(t, h.Second, domain.Filter{}, domain.Oldest, 1).Events[0]
		if got.Cursor != e.Cursor || got.Account != want.Account || got.Kind != want.Kind || got.Received != want.Received ||
			got.Source != want.Source || got.Group != want.Group || string(got.Payload) != string(want.Payload) || got.Gap != nil {
			t.Fatalf("%+v", got)
		}
	}},
	{name: "ConcurrentAppendsKeepTheOrderOfEachAccount", check: func(t *testing.T, h Harness) {
		const accounts, events = 8, 200
		var group sync.WaitGroup
		for a := range accounts {
			log := h.Log
			if a%2 == 1 {
				log = h.Second
			}
			group.Add(1)
			go func() {
				defer group.Done()
				for n := 0; n < events; n += 4 {
					batch := []*domain.Event{}
					for i := range 4 {
						batch = append(batch, event(accountOf(a), n+i))
					}
					if err := log.Append(bounded(t), batch); err != nil {
						t.Error(err)
						return
					}
				}
			}()
		}
		group.Wait()
		end := event(bob, -1)
		add(t, h.Second, end)
		await(t, h.Log, end.Cursor)
		all, _ := readAll(t, h.Log, domain.Filter{}, domain.Oldest, 100)
		next := map[domain.Account]int{}
		all = all[:len(all)-1]
		for _, e := range all {
			if want := string(event(e.Account, next[e.Account]).Payload); string(e.Payload) != want {
				t.Fatalf("%s, want %s", e.Payload, want)
			}
			next[e.Account]++
		}
		if len(all) != accounts*events {
			t.Fatalf("%d events, want %d", len(all), accounts*events)
		}
	}},
	{name: "BrokenLogIsUnavailable", check: func(t *testing.T, h Harness) {
		if h.Broken == nil {
			return // the adapter has nothing that can break
		}
		wantKind(t, h.Broken.Append(bounded(t), []*domain.Event{event(alice, 1)}), domain.Unavailable, domain.OutcomeUnknown)
		_, err := h.Broken.Read(bounded(t), domain.Filter{}, domain.Oldest, 1)
		wantKind(t, err, domain.Unavailable)
	}},
}

func accountOf(n int) domain.Account { return domain.Account(fmt.Sprintf("+1555010%04d", n)) }
