package accountstate_test

import (
	"testing"
	"testing/synctest"
	"time"

	"heliograph/app/accountstate"
	"heliograph/domain"
	"heliograph/ports"
)

func (r *rig) wantLists(want int) {
	r.t.Helper()
	r.backend.mu.Lock()
	defer r.backend.mu.Unlock()
	if r.backend.lists != want {
		r.t.Fatalf("%d lists were asked for, want %d", r.backend.lists, want)
	}
}

// Where a list costs a process, the states follow from what happens anyway, and only who asks for a state costs one, once a minute.
func TestListsThatCost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t).begin(accountstate.Options{ListCosts: true})
		poller := r.facts.Poller(r.backend)
		poll := func(account domain.Account, outcome error) {
			r.backend.set(func(b *backend) { b.outcome = outcome })
			if err := poller.Poll(t.Context(), account, ports.PollOptions{}, nil); (err != nil) != (outcome != nil) {
				t.Error(err)
			}
			settle()
		}
		time.Sleep(time.Hour)
		poll(alice, nil)
		r.wantTold(alice, working)
		poll(alice, refused)
		poll(alice, nil)
		poll(alice, missing)
		r.wantTold(alice, working, unlinked, working, unlinked)
		poll(alice, nil)
		r.wantLists(0)

		for range 5 {
			if _, err := r.service.Status(t.Context(), bob); domain.KindOf(err) != domain.NotFound {
				t.Error(err)
			}
		}
		r.wantLists(1)
		r.backend.set(func(b *backend) { b.list = []domain.Account{alice, bob} })
		time.Sleep(time.Minute)
		if got := r.status(bob); got.State != working {
			t.Errorf("%+v", got)
		}
		r.wantLists(2)
		r.wantState(working)
		r.wantLists(2)

		go func() { r.backend.linking <- "+15550100003" }()
		link, err := r.accounts.StartLink(t.Context(), "desk")
		if err == nil {
			_, err = link.Wait(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
		settle()
		if got := r.status("+15550100003"); got.State != working {
			t.Errorf("linked, and %+v", got)
		}
		r.wantLists(2)
		r.stop()
	})
}

// After a restart an account of earlier is starting, until it is heard of or somebody asks.
func TestListsThatCostAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t).begin(accountstate.Options{ListCosts: true})
		r.send(domain.Message{}, nil)
		settle()
		r.stop()
		next := *r
		r = next.begin(accountstate.Options{ListCosts: true})
		settle()
		if counts := r.facts.Counts(); counts[starting] != 1 {
			t.Errorf("%v", counts)
		}
		r.wantState(working)
		r.wantLists(1)
		r.wantTold(alice, working)
		r.stop()
	})
}

// A signal-cli for one account has no list; what it sends for is there as long as it answers.
func TestNoList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.backend.err = domain.Errorf(domain.Unsupported, "listAccounts", "no such method")
		r.begin(accountstate.Options{})
		settle()
		if got := r.status(bob); got.State != starting {
			t.Errorf("of an account that may be there: %+v", got)
		}
		r.send(domain.Message{}, nil)
		settle()
		r.wantTold(alice, working)
		r.send(domain.Message{}, missing)
		settle()
		r.wantTold(alice, working, unlinked)
		r.send(domain.Message{}, nil)
		settle()
		r = r.again()
		time.Sleep(time.Minute)
		r.wantState(working)
		r.stop()
	})
}
