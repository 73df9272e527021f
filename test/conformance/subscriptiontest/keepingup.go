package subscriptiontest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

var keepingUp = []clause{
	{name: "StuckReaderDelaysNoOther", check: func(t *testing.T, h Harness) {
		stuck := subscribe(t, h, domain.Filter{}, domain.Latest)
		nothing(t, stuck) // it reads once, and never again
		others := []ports.Stream{
			subscribe(t, h, domain.Filter{}, domain.Latest),
			subscribe(t, h, domain.Filter{Account: alice}, domain.Latest),
		}
		for n := 1; n <= 5_000; n += 10 {
			addNumbered(t, h.Log, alice, n, n+9)
			for _, s := range others {
				wantNumbered(t, next(t, s, 10), alice, n)
			}
		}
	}},
	{name: "OverflowLosesNothingWithinRetention", check: func(t *testing.T, h Harness) {
		s := subscribe(t, h, domain.Filter{Account: alice}, domain.Latest)
		nothing(t, s)
		for n := 1; n <= 3_000; n++ {
			add(t, h.Log, event(alice, n), event(bob, n))
		}
		synctest.Wait()
		wantNumbered(t, next(t, s, 3_000), alice, 1)
		nothing(t, s)
		addNumbered(t, h.Log, alice, 3_001, 3_010)
		wantNumbered(t, next(t, s, 10), alice, 3_001)
	}},
	{name: "OverflowInTheMiddleOfReadingLosesNothing", check: func(t *testing.T, h Harness) {
		s := subscribe(t, h, domain.Filter{}, domain.Latest)
		nothing(t, s)
		got, added := 0, 0
		for round := range 25 {
			addNumbered(t, h.Log, alice, added+1, added+700)
			added += 700
			time.Sleep(10 * time.Millisecond)
			take := 30 + 40*round
			take = min(take, added-got)
			wantNumbered(t, next(t, s, take), alice, got+1)
			got += take
		}
		wantNumbered(t, next(t, s, added-got), alice, got+1)
		nothing(t, s)
	}},
	{name: "PastRetentionTheMissingRangeIsTold", settings: Settings{RetainBytes: 1 << 20}, check: func(t *testing.T, h Harness) {
		s := subscribe(t, h, domain.Filter{Account: alice}, domain.Latest)
		add(t, h.Log, large(alice, 1, 10<<10))
		last := next(t, s, 1)[0]
		for n := 2; n <= 1000; n++ {
			add(t, h.Log, large(alice, n, 10<<10))
		}
		synctest.Wait()
		gap := next(t, s, 1)[0]
		if gap.Kind != domain.KindGap || gap.Gap == nil || gap.Gap.After != last.Cursor {
			t.Fatalf("%s %+v after %v", gap.Kind, gap.Gap, last.Cursor)
		}
		first := next(t, s, 1)[0]
		if first.Cursor != gap.Gap.Next || gap.Cursor.Seq >= first.Cursor.Seq || gap.Cursor.Epoch != first.Cursor.Epoch {
			t.Fatalf("gap %v at %v, first event %v", gap.Gap, gap.Cursor, first.Cursor)
		}
		n := 2
		for e := first; ; e = next(t, s, 1)[0] {
			if string(e.Payload) == string(large(alice, 1000, 10<<10).Payload) {
				break
			}
			n++
		}
		if n < 10 {
			t.Fatalf("only %d events after the gap", n)
		}
		nothing(t, s)
		resumed := subscribe(t, h, domain.Filter{Account: alice}, gap.Cursor)
		if again := next(t, resumed, 1)[0]; again.Cursor != first.Cursor {
			t.Fatalf("resumed behind the gap, got %s %v", again.Kind, again.Cursor)
		}
	}},
	{name: "IdleReaderSeesNoGapInWhatWasNotForIt", settings: Settings{RetainBytes: 1 << 20}, check: func(t *testing.T, h Harness) {
		s := subscribe(t, h, domain.Filter{Account: alice}, domain.Oldest)
		add(t, h.Log, event(alice, 1))
		wantNumbered(t, next(t, s, 1), alice, 1)
		nothing(t, s)
		for n := range 500 {
			add(t, h.Log, large(bob, n, 10<<10))
			time.Sleep(10 * time.Millisecond)
		}
		addNumbered(t, h.Log, alice, 2, 1500) // more than a queue has room for
		synctest.Wait()
		events := next(t, s, 1)
		if events[0].Kind == domain.KindGap {
			t.Fatalf("told of a gap %+v", events[0].Gap)
		}
		wantNumbered(t, events, alice, 2)
	}},
	{name: "OtherEpochIsAReset", check: func(t *testing.T, h Harness) {
		first := event(alice, 1)
		add(t, h.Log, first)
		addNumbered(t, h.Log, alice, 2, 3)
		s := subscribe(t, h, domain.Filter{}, domain.Cursor{Epoch: first.Cursor.Epoch + 2, Seq: 1000})
		reset := next(t, s, 1)[0]
		if reset.Kind != domain.KindReset || reset.Cursor.Epoch != first.Cursor.Epoch || reset.Cursor.Seq >= first.Cursor.Seq {
			t.Fatalf("%s at %v", reset.Kind, reset.Cursor)
		}
		wantNumbered(t, next(t, s, 3), alice, 1)
		add(t, h.Log, event(alice, 4))
		wantNumbered(t, next(t, s, 1), alice, 4)
	}},
	{name: "OtherEpochOfAnEmptyLogIsAReset", check: func(t *testing.T, h Harness) {
		s := subscribe(t, h, domain.Filter{}, domain.Cursor{Epoch: 12345, Seq: 1000})
		if reset := next(t, s, 1)[0]; reset.Kind != domain.KindReset {
			t.Fatalf("%s at %v", reset.Kind, reset.Cursor)
		}
		addNumbered(t, h.Log, alice, 1, 3)
		wantNumbered(t, next(t, s, 3), alice, 1)
	}},
	{name: "HandOverLosesAndDoublesNothing", realTime: true, check: handOver},
}

// handOver has readers go from catch-up to live and back again while an
// appender never pauses.
func handOver(t *testing.T, h Harness) {
	const (
		events  = 10_000
		readers = 24
	)
	ctx, cancel := context.WithTimeout(context.Background(), 2*hang)
	defer cancel()
	var group sync.WaitGroup
	defer group.Wait()
	failures := make(chan error, readers)
	for i := range readers {
		group.Add(1)
		go func() {
			defer group.Done()
			failures <- follow(ctx, h.Subscription, i, events)
		}()
	}
	for n := 1; n <= events; n += 5 {
		batch := []*domain.Event{}
		for i := range 5 {
			batch = append(batch, event(alice, n+i))
		}
		if err := h.Log.Append(ctx, batch); err != nil {
			t.Error(err)
			cancel()
			break
		}
	}
	for range readers {
		if err := <-failures; err != nil {
			t.Error(err)
		}
	}
}

// follow reads the messages 1 to last and demands each once and in order. It is
// slow at times, and begins anew from its last cursor at times.
func follow(ctx context.Context, subscription ports.Subscription, seed, last int) error {
	random := rand.New(rand.NewPCG(uint64(seed), 1))
	filter := domain.Filter{}
	if seed%2 == 0 {
		filter.Account = alice
	}
	into := make([]*domain.Event, 1+random.IntN(200))
	from, n := domain.Oldest, 0
	for n < last {
		s, err := subscription.Subscribe(ctx, reader(filter, from))
		if err != nil {
			return err
		}
		for rounds := 1 + random.IntN(300); rounds > 0 && n < last; rounds-- {
			got, err := s.Next(ctx, into)
			if err != nil {
				s.Stop()
				return fmt.Errorf("reader %d after %d: %w", seed, n, err)
			}
			for _, e := range into[:got] {
				n++
				if e.Received != numbered(n) || e.Account != alice {
					s.Stop()
					return fmt.Errorf("reader %d got %s %s, want number %d", seed, e.Kind, e.Payload, n)
				}
				from = e.Cursor
			}
			if random.IntN(100) == 0 {
				time.Sleep(time.Duration(random.IntN(3)) * time.Millisecond)
			}
		}
		s.Stop()
	}
	return nil
}
