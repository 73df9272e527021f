package subscriptiontest

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

var delivering = []clause{
	{name: "WhoWantsTheBackendsOwnGetsNothingOfTheGateway", check: func(t *testing.T, h Harness) {
		own := func() *domain.Event { return &domain.Event{Account: alice, Kind: domain.KindAccount} }
		add(t, h.Log, own(), event(alice, 1))
		all, one, everything := subscribe(t, h, domain.Filter{Backend: true}, domain.Oldest),
			subscribe(t, h, domain.Filter{Account: alice, Backend: true}, domain.Oldest), subscribe(t, h, domain.Filter{Account: alice}, domain.Oldest)
		add(t, h.Log, event(alice, 2), own(), event(alice, 3))
		for name, stream := range map[string]ports.Stream{"all accounts": all, "one account": one} {
			for _, e := range next(t, stream, 3) { // once from the log, once live
				if e.Kind == domain.KindAccount {
					t.Errorf("%s: got what the gateway said", name)
				}
			}
			nothing(t, stream)
		}
		next(t, everything, 5)
		add(t, h.Log, own(), event(alice, 4))
		for _, stream := range []ports.Stream{all, one} {
			if got := next(t, stream, 1)[0]; got.Kind == domain.KindAccount {
				t.Error("got what the gateway said, live")
			}
			nothing(t, stream)
		}
		next(t, everything, 2)
	}},
	{name: "OrderIsTheLogs", check: func(t *testing.T, h Harness) {
		all := subscribe(t, h, domain.Filter{}, domain.Oldest)
		var want []domain.Cursor
		for n := range 200 {
			e := event([]domain.Account{alice, bob}[n*7%3%2], n)
			add(t, h.Log, e)
			want = append(want, e.Cursor)
		}
		for i, e := range next(t, all, 200) {
			if e.Cursor != want[i] {
				t.Fatalf("event %d is %v, want %v", i, e.Cursor, want[i])
			}
		}
		nothing(t, all)
	}},
	{name: "ReadersSeeWhatComesAfterTheirCursorOnce", check: func(t *testing.T, h Harness) {
		middle := event(alice, 5)
		addNumbered(t, h.Log, alice, 1, 4)
		add(t, h.Log, middle, event(bob, 1))
		addNumbered(t, h.Log, alice, 6, 10)
		ofAlice := domain.Filter{Account: alice}
		oldest := subscribe(t, h, ofAlice, domain.Oldest)
		fromMiddle := subscribe(t, h, ofAlice, middle.Cursor)
		latest := subscribe(t, h, ofAlice, domain.Latest)
		wantNumbered(t, next(t, oldest, 5), alice, 1)
		addNumbered(t, h.Log, alice, 11, 20)
		wantNumbered(t, next(t, oldest, 15), alice, 6)
		wantNumbered(t, next(t, fromMiddle, 15), alice, 6)
		wantNumbered(t, next(t, latest, 10), alice, 11)
		addNumbered(t, h.Log, alice, 21, 30)
		for _, s := range []ports.Stream{oldest, fromMiddle, latest} {
			wantNumbered(t, next(t, s, 10), alice, 21)
			nothing(t, s)
		}
	}},
	{name: "FiltersChoose", check: func(t *testing.T, h Harness) {
		receipts := subscribe(t, h, domain.Filter{Kinds: []domain.EventKind{domain.KindReceipt}}, domain.Oldest)
		ofBob := subscribe(t, h, domain.Filter{Account: bob}, domain.Oldest)
		receiptsOfBob := subscribe(t, h, domain.Filter{Account: bob, Kinds: []domain.EventKind{domain.KindReceipt}}, domain.Oldest)
		severalAccounts := subscribe(t, h, domain.Filter{Accounts: []domain.Account{bob, "+15550109999"}}, domain.Oldest)
		sender := subscribe(t, h, domain.Filter{Senders: []string{"nobody"}}, domain.Oldest)
		for round := range 3 {
			n := round * 10
			receipt := event(alice, n+1)
			receipt.Kind = domain.KindReceipt
			add(t, h.Log, receipt, event(bob, n+1), event(alice, n+2), event(bob, n+2))
			wantNumbered(t, next(t, receipts, 1), alice, n+1)
			wantNumbered(t, next(t, ofBob, 2), bob, n+1)
			wantNumbered(t, next(t, severalAccounts, 2), bob, n+1)
			nothing(t, severalAccounts)
			nothing(t, sender)
			nothing(t, receipts)
			nothing(t, ofBob)
			nothing(t, receiptsOfBob)
		}
	}},
	{name: "NextGivesAllThatIsReady", check: func(t *testing.T, h Harness) {
		s := subscribe(t, h, domain.Filter{}, domain.Latest)
		nothing(t, s)
		addNumbered(t, h.Log, alice, 1, 30)
		time.Sleep(time.Second)
		into := make([]*domain.Event, 100)
		n, err := s.Next(t.Context(), into)
		if err != nil || n != 30 {
			t.Fatalf("%d events, %v; want all 30", n, err)
		}
		wantNumbered(t, into[:n], alice, 1)
	}},
	{name: "SmallIntoLosesNothing", check: func(t *testing.T, h Harness) {
		s := subscribe(t, h, domain.Filter{}, domain.Oldest)
		addNumbered(t, h.Log, alice, 1, 50)
		into := make([]*domain.Event, 1)
		for n := 1; n <= 100; n++ {
			if got, err := s.Next(t.Context(), into); err != nil || got != 1 {
				t.Fatal(got, err)
			}
			wantNumbered(t, into, alice, n)
			if n <= 50 {
				add(t, h.Log, event(alice, 50+n))
			}
		}
	}},
	{name: "SecondHandleOfTheLogArrives", check: func(t *testing.T, h Harness) {
		s := subscribe(t, h, domain.Filter{Account: alice}, domain.Latest)
		for n := 1; n <= 20; n += 2 {
			add(t, h.Second, event(alice, n))
			wantNumbered(t, next(t, s, 1), alice, n)
			add(t, h.Log, event(alice, n+1))
			wantNumbered(t, next(t, s, 1), alice, n+1)
		}
	}},
	{name: "EventArrivesAtOnceAfterAPause", check: func(t *testing.T, h Harness) {
		s := subscribe(t, h, domain.Filter{}, domain.Latest)
		for n := 1; n <= 10; n++ {
			nothing(t, s)
			began := time.Now()
			add(t, h.Log, event(alice, n))
			wantNumbered(t, next(t, s, 1), alice, n)
			if took := time.Since(began); took > 0 {
				t.Fatalf("it took %v", took)
			}
		}
	}},
	{name: "AckDoesNoHarm", check: func(t *testing.T, h Harness) {
		s := subscribe(t, h, domain.Filter{}, domain.Oldest)
		addNumbered(t, h.Log, alice, 1, 3)
		first := next(t, s, 1)
		if err := s.Ack(t.Context(), first[0].Cursor); err != nil {
			t.Fatal(err)
		}
		wantNumbered(t, next(t, s, 2), alice, 2)
	}},
	{name: "ReadershipFollowsTheReaders", check: func(t *testing.T, h Harness) {
		want := func(all bool, accounts ...domain.Account) <-chan struct{} {
			t.Helper()
			gotAll, got, changed := h.Readership.Readers()
			if gotAll != all || !slices.Equal(got, accounts) {
				t.Fatalf("all %v, %v; want %v, %v", gotAll, got, all, accounts)
			}
			return changed
		}
		closed := func(changed <-chan struct{}, want bool) {
			t.Helper()
			synctest.Wait()
			select {
			case <-changed:
				if !want {
					t.Fatal("told of a change that was none")
				}
			default:
				if want {
					t.Fatal("not told of a change")
				}
			}
		}
		changed := want(false)
		a := subscribe(t, h, domain.Filter{Account: alice}, domain.Latest)
		closed(changed, true)
		changed = want(false, alice)
		again := subscribe(t, h, domain.Filter{Account: alice}, domain.Latest)
		a.Stop()
		a.Stop()
		closed(changed, false)
		all := subscribe(t, h, domain.Filter{}, domain.Latest)
		closed(changed, true)
		changed = want(true, alice)
		again.Stop()
		closed(changed, true)
		want(true)
		all.Stop()
		want(false)
	}},
}
