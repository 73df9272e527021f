package eventlogtest

import (
	"context"
	"testing"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

var reading = []clause{
	{name: "EmptyLogHasNothingAndEqualBounds", check: func(t *testing.T, h Harness) {
		last, more, err := h.Log.Tail(bounded(t))
		if err != nil {
			t.Fatal(err)
		}
		before, end, err := h.Log.Bounds(bounded(t))
		if err != nil || before != end || end != last || last.Epoch == 0 {
			t.Fatalf("bounds %v to %v, tail %v, %v", before, end, last, err)
		}
		select {
		case <-more:
			t.Fatal("more in an empty log")
		default:
		}
		if page := read(t, h.Log, domain.Filter{}, domain.Oldest, 10); len(page.Events) != 0 || page.Gap != nil || page.Reset {
			t.Fatalf("%+v", page)
		}
		add(t, h.Log, event(alice, 1))
		events, _ := readAll(t, h.Log, domain.Filter{}, last, 10)
		wantPayloads(t, events, event(alice, 1))
	}},
	{name: "PagesJoinWithoutLossOrDouble", check: func(t *testing.T, h Harness) {
		var want []*domain.Event
		for n := range 25 {
			want = append(want, event(alice, n))
		}
		add(t, h.Log, want...)
		await(t, h.Second, want[24].Cursor)
		for _, limit := range []int{1, 3, 25, 1000} {
			events, next := readAll(t, h.Second, domain.Filter{}, domain.Oldest, limit)
			wantPayloads(t, events, want...)
			if next != want[24].Cursor {
				t.Fatalf("next %v, want %v", next, want[24].Cursor)
			}
		}
	}},
	{name: "FiltersChooseAndNextPassesWhatTheyReject", check: func(t *testing.T, h Harness) {
		receipt := event(alice, 2)
		receipt.Kind = domain.KindReceipt
		own, last := event(alice, 4), event(bob, 3)
		own.Kind = domain.KindAccount
		add(t, h.Log, event(alice, 1), receipt, event(bob, 1), event(alice, 3), own, last)
		for _, c := range []struct {
			name   string
			filter domain.Filter
			want   []*domain.Event
		}{
			{"account", domain.Filter{Account: alice}, []*domain.Event{event(alice, 1), event(alice, 2), event(alice, 3), event(alice, 4)}},
			{"the backend's of an account", domain.Filter{Account: alice, Backend: true}, []*domain.Event{event(alice, 1), event(alice, 2), event(alice, 3)}},
			{"the backend's", domain.Filter{Backend: true}, []*domain.Event{event(alice, 1), event(alice, 2), event(bob, 1), event(alice, 3), event(bob, 3)}},
			{"kind", domain.Filter{Kinds: []domain.EventKind{domain.KindReceipt}}, []*domain.Event{event(alice, 2)}},
			{"both", domain.Filter{Account: alice, Kinds: []domain.EventKind{domain.KindMessage}},
				[]*domain.Event{event(alice, 1), event(alice, 3)}},
			{"nothing", domain.Filter{Account: "+15550109999"}, nil},
		} {
			for _, limit := range []int{1, 100} {
				events, next := readAll(t, h.Log, c.filter, domain.Oldest, limit)
				wantPayloads(t, events, c.want...)
				if next != last.Cursor {
					t.Fatalf("%s: next %v, want %v", c.name, next, last.Cursor)
				}
			}
		}
	}},
	{name: "ReadFromLatestGivesOnlyWhatComes", check: func(t *testing.T, h Harness) {
		add(t, h.Log, event(alice, 1))
		page := read(t, h.Log, domain.Filter{}, domain.Latest, 10)
		if len(page.Events) != 0 {
			t.Fatalf("%d events", len(page.Events))
		}
		add(t, h.Log, event(alice, 2))
		events, _ := readAll(t, h.Log, domain.Filter{}, page.Next, 10)
		wantPayloads(t, events, event(alice, 2))
	}},
	{name: "ReadFromAheadWaitsForItsPosition", check: func(t *testing.T, h Harness) {
		first := event(alice, 1)
		add(t, h.Log, first)
		ahead := domain.Cursor{Epoch: first.Cursor.Epoch, Seq: first.Cursor.Seq + 1000}
		if page := read(t, h.Log, domain.Filter{}, ahead, 10); len(page.Events) != 0 || page.Next != ahead || page.Gap != nil || page.Reset {
			t.Fatalf("%+v", page)
		}
	}},
	{name: "PageIsBoundedInBytesButHasOneEvent", check: func(t *testing.T, h Harness) {
		add(t, h.Log, large(alice, 1, 3<<20), large(alice, 2, 600<<10), large(alice, 3, 600<<10))
		if page := read(t, h.Log, domain.Filter{}, domain.Oldest, 10); len(page.Events) != 1 {
			t.Fatalf("%d events in the first page", len(page.Events))
		}
		events, _ := readAll(t, h.Log, domain.Filter{}, domain.Oldest, 10)
		if len(events) != 3 {
			t.Fatalf("%d events", len(events))
		}
	}},
	{name: "LargeEventComesBackWholeAndInItsPlace", check: func(t *testing.T, h Harness) {
		want := []*domain.Event{event(alice, 1), large(alice, 2, 4<<20), event(alice, 3)}
		add(t, h.Log, event(alice, 1), large(alice, 2, 4<<20), event(alice, 3))
		add(t, h.Log, large(alice, 2, 4<<20)) // as when an acknowledgement was lost
		last, _, err := h.Log.Tail(bounded(t))
		if err != nil {
			t.Fatal(err)
		}
		await(t, h.Second, last)
		for _, log := range []ports.EventLog{h.Log, h.Second} {
			events, _ := readAll(t, log, domain.Filter{Account: alice}, domain.Oldest, 10)
			wantPayloads(t, events, want...)
		}
		wantPayloads(t, readAllBack(t, h, domain.Filter{}, domain.Latest, 10), want...)
	}},
	{name: "TailTellsOfMore", check: func(t *testing.T, h Harness) {
		first := event(alice, 1)
		add(t, h.Log, first)
		last, more, err := h.Log.Tail(bounded(t))
		if err != nil || last != first.Cursor {
			t.Fatal(last, err)
		}
		select {
		case <-more:
			t.Fatal("more before there was")
		default:
		}
		add(t, h.Second, event(alice, 2))
		select {
		case <-more:
		case <-time.After(hang):
			t.Fatal("an append through the second handle was not told")
		}
	}},
	{name: "CancelledContextIsCanceled", check: func(t *testing.T, h Harness) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, err := h.Log.Read(ctx, domain.Filter{}, domain.Oldest, 1)
		wantKind(t, err, domain.Canceled)
		_, _, err = h.Log.Tail(ctx)
		wantKind(t, err, domain.Canceled)
		_, _, err = h.Log.Bounds(ctx)
		wantKind(t, err, domain.Canceled)
	}},
	{name: "ReadersBesideAnAppenderMissNothing", check: func(t *testing.T, h Harness) {
		const events = 2000
		ctx := bounded(t)
		done := make(chan error, 2)
		for _, log := range []struct {
			filter domain.Filter
		}{{domain.Filter{}}, {domain.Filter{Account: alice}}} {
			go func() {
				from, n := domain.Oldest, 0
				for n < events {
					last, more, err := h.Second.Tail(ctx)
					if err != nil {
						done <- err
						return
					}
					page, err := h.Second.Read(ctx, log.filter, from, 7)
					if err != nil {
						done <- err
						return
					}
					for _, e := range page.Events {
						if string(e.Payload) != string(event(alice, n).Payload) {
							done <- domain.Errorf(domain.Internal, "read", "got %s as number %d", e.Payload, n)
							return
						}
						n++
					}
					from = page.Next
					if len(page.Events) == 0 && from == last {
						select {
						case <-more:
						case <-ctx.Done():
							done <- ctx.Err()
							return
						}
					}
				}
				done <- nil
			}()
		}
		for n := range events {
			add(t, h.Log, event(alice, n))
		}
		for range 2 {
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
	}},
}
