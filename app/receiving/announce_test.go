package receiving_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/adapters/memlog"
	"heliograph/app/receiving"
	"heliograph/domain"
	"heliograph/ports"
	"heliograph/test/fake"
)

func announcement(account domain.Account, key domain.EventKey) *domain.Event {
	return &domain.Event{Account: account, Kind: domain.KindAccount, Key: key, Payload: []byte(`{"accountState":{}}`)}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// What the gateway has to say of an account comes behind what was received before, once, and plain clients do not see it.
func TestAnnouncedIsStoredInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := fake.NewEventLog(memlog.New(memlog.Options{}))
		release := log.Stall()
		s, _ := start(t, log, receiving.Options{BatchEvents: 1})
		receive(t, s, payload(alice, 0))
		done, err := s.Announce(announcement(alice, "change"))
		if err != nil {
			t.Fatal(err)
		}
		receive(t, s, payload(alice, 1))
		synctest.Wait()
		if isClosed(done) {
			t.Error("said to be stored while the log stalls")
		}
		log.DropAcknowledgements(3)
		release()
		time.Sleep(time.Minute)
		if !isClosed(done) {
			t.Error("not said to be stored")
		}
		if all := stored(t, log, alice); len(all) != 3 || all[1].Kind != domain.KindAccount {
			t.Errorf("%d events, want the account's second of three", len(all))
		}
		wantPayloads(t, drain(t, s, alice, ports.DrainOptions{}), alice, 0, 1)
	})
}

// A change of state waits for nothing: with a full buffer it is refused, and whoever receives is held no longer for it.
func TestAnnounceNeverWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := fake.NewEventLog(memlog.New(memlog.Options{}))
		defer log.Stall()()
		s, _ := start(t, log, receiving.Options{BufferBytes: 1500})
		for n := range 2 {
			receive(t, s, payload(alice, n))
		}
		began := time.Now()
		if _, err := s.Announce(announcement(bob, "a")); err != nil {
			t.Fatalf("with room: %v", err)
		}
		if _, err := s.Announce(announcement(bob, "b")); domain.KindOf(err) != domain.Unavailable {
			t.Errorf("without room: %v", err)
		}
		if took := time.Since(began); took != 0 || s.Stalled() {
			t.Errorf("took %v, stalled: %v", took, s.Stalled())
		}
	})
}

func TestAnnounceAfterTheEnd(t *testing.T) {
	s, stop := start(t, memlog.New(memlog.Options{}), receiving.Options{})
	stop()
	if _, err := s.Announce(announcement(alice, "a")); domain.KindOf(err) != domain.Unavailable {
		t.Errorf("%v", err)
	}
}

// The age of the last event is that of what was received, whatever the gateway itself says.
func TestLastEventOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := memlog.New(memlog.Options{})
		earlier, stop := start(t, log, receiving.Options{})
		receive(t, earlier, payload(alice, 1))
		synctest.Wait()
		began := time.Now()
		if at := earlier.LastEventOf(t.Context(), alice); !at.Equal(began) {
			t.Errorf("received at %v, told %v", began, at)
		}
		stop()
		time.Sleep(time.Hour)
		s, _ := start(t, log, receiving.Options{})
		for _, account := range []domain.Account{alice, bob} {
			if _, err := s.Announce(announcement(account, domain.EventKey(account))); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if at := s.LastEventOf(t.Context(), alice); !at.Equal(began) {
			t.Errorf("of an earlier life: received at %v, told %v", began, at)
		}
		if at := s.LastEventOf(t.Context(), bob); !at.IsZero() || !s.LastEvent().IsZero() {
			t.Errorf("nothing was received, told %v and %v", at, s.LastEvent())
		}
		receive(t, s, payload(bob, 1))
		synctest.Wait()
		if at := s.LastEventOf(t.Context(), bob); !at.Equal(time.Now()) || !s.LastEvent().Equal(at) {
			t.Errorf("told %v and %v", at, s.LastEvent())
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		_ = s.LastEventOf(ended, alice) // does not wait
	})
}

// The events of several accounts are stored in one batch: each of them has received something then.
func TestLastEventOfEachAccountInABatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := fake.NewEventLog(memlog.New(memlog.Options{}))
		s, _ := start(t, log, receiving.Options{Writers: 1})
		receive(t, s, payload(bob, 1))
		synctest.Wait()
		time.Sleep(time.Hour)
		release := log.Stall()
		receive(t, s, payload(accountOf(7), 1)) // occupies the writer
		synctest.Wait()
		receive(t, s, payload(alice, 1))
		receive(t, s, payload(bob, 2))
		release()
		synctest.Wait()
		for _, account := range []domain.Account{alice, bob} {
			if at := s.LastEventOf(t.Context(), account); !at.Equal(time.Now()) {
				t.Errorf("%s: told %v", account.Short(), at)
			}
		}
	})
}
