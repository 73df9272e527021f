package accountstate_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"heliograph/app/accountstate"
	"heliograph/domain"
	"heliograph/ports"
)

const (
	starting  = domain.StateStarting
	linking   = domain.StateLinking
	working   = domain.StateWorking
	challenge = domain.StateChallengeRequired
	unlinked  = domain.StateUnlinked
	isDown    = domain.StateBackendDown
	outdated  = domain.StateOutdated
)

// The outcomes of calls that mean something.
var (
	refused     = &domain.Error{Kind: domain.Unregistered, Err: &domain.AccountLost{}}
	tooOld      = &domain.Error{Kind: domain.Backend, Err: &domain.BackendOutdated{}}
	limited     = &domain.Error{Kind: domain.RateLimited, Err: &domain.RateLimit{Account: alice, ChallengeTokens: []string{"token"}}}
	patience    = &domain.Error{Kind: domain.RateLimited, Err: &domain.RateLimit{Account: alice, RetryAfter: time.Minute}}
	missing     = &domain.Error{Kind: domain.UnknownAccount}
	noRecipient = &domain.Error{Kind: domain.Unregistered}
)

// Each transition: from a gateway whose one account works, what happens, and what is told of it then.
func TestTransitions(t *testing.T) {
	message := domain.Message{Text: "x"}
	for name, c := range map[string]struct {
		happens func(r *rig)
		told    []domain.AccountState // after working
	}{
		"nothing":                {func(*rig) {}, nil},
		"a message goes out":     {func(r *rig) { r.send(message, nil) }, nil},
		"a recipient is unknown": {func(r *rig) { r.send(message, noRecipient) }, nil},
		"off the list": {func(r *rig) {
			r.backend.set(func(b *backend) { b.list = nil })
			time.Sleep(accountstate.DefaultCheckInterval)
		}, []domain.AccountState{unlinked}},
		"off the list and on it again": {func(r *rig) {
			r.backend.set(func(b *backend) { b.list = []domain.Account{bob} })
			time.Sleep(accountstate.DefaultCheckInterval)
			settle()
			r.backend.set(func(b *backend) { b.list = []domain.Account{bob, alice} })
			time.Sleep(accountstate.DefaultCheckInterval)
		}, []domain.AccountState{unlinked, working}},
		"a list that cannot be had": {func(r *rig) {
			r.backend.set(func(b *backend) { b.err = domain.Errorf(domain.Backend, "", "no"); b.list = nil })
			time.Sleep(time.Minute)
		}, nil},
		"refused by Signal, though on the list": {func(r *rig) {
			r.send(message, refused)
			time.Sleep(time.Minute)
		}, []domain.AccountState{unlinked}},
		"refused, then accepted": {func(r *rig) {
			r.send(message, refused)
			settle()
			r.send(message, nil)
		}, []domain.AccountState{unlinked, working}},
		"unknown to a call, though on the list": {func(r *rig) { r.send(message, missing) }, nil},
		"unknown to a call and off the list": {func(r *rig) {
			r.backend.set(func(b *backend) { b.list = nil })
			r.send(message, missing)
		}, []domain.AccountState{unlinked}},
		"a captcha is wanted": {func(r *rig) { r.send(message, limited) }, []domain.AccountState{challenge}},
		"a captcha is wanted for one of several recipients": {func(r *rig) {
			r.backend.set(func(b *backend) {
				b.result.Results = []domain.RecipientResult{{Status: domain.SendSuccess}, {Status: domain.SendRateLimited, ChallengeToken: "token"}}
			})
			r.send(message, nil)
		}, []domain.AccountState{challenge}},
		"wanted again and again": {func(r *rig) {
			for range 3 {
				r.send(message, limited)
				settle()
			}
		}, []domain.AccountState{challenge}},
		"signs of life pass a challenge": {func(r *rig) {
			r.send(message, limited)
			r.send(domain.TypingIndicator{}, nil)
			r.send(domain.Receipt{}, nil)
		}, []domain.AccountState{challenge}},
		"a message passes": {func(r *rig) {
			r.send(message, limited)
			settle()
			r.send(domain.Reaction{}, nil)
		}, []domain.AccountState{challenge, working}},
		"a captcha is handed in": {func(r *rig) {
			r.send(message, limited)
			settle()
			if err := r.facts.AccountSettings(settings{}).SubmitChallenge(r.t.Context(), alice, "token", "captcha"); err != nil {
				r.t.Error(err)
			}
		}, []domain.AccountState{challenge, working}},
		"a captcha is not accepted": {func(r *rig) {
			r.send(message, limited)
			settle()
			err := r.facts.AccountSettings(settings{err: limited}).SubmitChallenge(r.t.Context(), alice, "token", "captcha")
			if err == nil {
				r.t.Error("accepted")
			}
		}, []domain.AccountState{challenge}},
		"Signal asks for patience alone": {func(r *rig) { r.send(message, patience) }, nil},
		"the backend is away for a moment": {func(r *rig) {
			r.backend.set(down(domain.Unavailable))
			time.Sleep(accountstate.DefaultDownAfter - time.Second)
			r.backend.set(up("0.14.6"))
		}, nil},
		"the backend is away": {func(r *rig) {
			r.backend.set(down(domain.Timeout))
			time.Sleep(30 * time.Second)
		}, []domain.AccountState{isDown}},
		"the backend is away and back": {func(r *rig) {
			r.backend.set(down(domain.Unavailable))
			time.Sleep(30 * time.Second)
			r.backend.set(up("0.14.6"))
		}, []domain.AccountState{isDown, working}},
		"what a backend reports to have failed is an answer": {func(r *rig) {
			r.backend.set(down(domain.Backend))
			time.Sleep(time.Minute)
		}, nil},
		"unlinked before the backend went away": {func(r *rig) {
			r.send(message, refused)
			settle()
			r.backend.set(down(domain.Unavailable))
			time.Sleep(time.Minute)
		}, []domain.AccountState{unlinked}},
		"too old": {func(r *rig) { r.send(message, tooOld); time.Sleep(time.Minute) }, []domain.AccountState{outdated}},
		"too old, says the round trip": {func(r *rig) {
			r.backend.set(func(b *backend) { b.health.Err = tooOld })
			time.Sleep(time.Minute)
		}, []domain.AccountState{outdated}},
		"too old to start": {func(r *rig) {
			r.backend.set(func(b *backend) {
				b.err = &domain.Error{Kind: domain.Unavailable, Err: &domain.BackendOutdated{}}
				b.health = ports.BackendHealth{Err: b.err}
			})
			time.Sleep(time.Minute)
		}, []domain.AccountState{outdated}},
		"too old to start, then a newer one": {func(r *rig) {
			r.backend.set(func(b *backend) {
				b.err = &domain.Error{Kind: domain.Unavailable, Err: &domain.BackendOutdated{}}
				b.health = ports.BackendHealth{Err: b.err}
			})
			time.Sleep(time.Minute)
			r.backend.set(up("0.15.0"))
		}, []domain.AccountState{outdated, working}},
		"too old, then a newer one": {func(r *rig) {
			r.send(message, tooOld)
			settle()
			r.backend.set(up("0.15.0"))
			time.Sleep(accountstate.DefaultCheckInterval)
		}, []domain.AccountState{outdated, working}},
		"too old, then accepted": {func(r *rig) {
			r.send(message, tooOld)
			settle()
			r.send(message, nil)
		}, []domain.AccountState{outdated, working}},
		"a code for one that works": {func(r *rig) {
			if err := r.accounts.Register(r.t.Context(), alice, ports.RegisterOptions{}); err != nil {
				r.t.Error(err)
			}
		}, nil},
		"refused, then registered again": {func(r *rig) {
			r.send(message, refused)
			settle()
			_ = r.accounts.Register(r.t.Context(), alice, ports.RegisterOptions{})
			settle()
			_ = r.accounts.Verify(r.t.Context(), alice, "123-456", "")
		}, []domain.AccountState{unlinked, linking, working}},
		"refused, and registering ends half way": {func(r *rig) {
			r.send(message, refused)
			settle()
			_ = r.accounts.Register(r.t.Context(), alice, ports.RegisterOptions{})
			time.Sleep(2 * time.Hour)
		}, []domain.AccountState{unlinked, linking, unlinked}},
		"unregistered on request": {func(r *rig) {
			_ = r.accounts.Unregister(r.t.Context(), alice, false)
			r.backend.set(func(b *backend) { b.list = nil })
			time.Sleep(time.Minute)
		}, []domain.AccountState{unlinked}},
		"unregistering fails": {func(r *rig) {
			r.backend.set(func(b *backend) { b.err = missing })
			_ = r.accounts.Unregister(r.t.Context(), alice, false)
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t).begin(accountstate.Options{})
				settle()
				r.wantTold(alice, working)
				c.happens(r)
				settle()
				r.wantTold(alice, append([]domain.AccountState{working}, c.told...)...)
				last := append([]domain.AccountState{working}, c.told...)[len(c.told)]
				r.wantState(last)
				if diff := cmp.Diff(map[domain.AccountState]int{last: 1}, without(r.facts.Counts(), bob, r)); diff != "" {
					t.Error(diff)
				}
				r.stop()
			})
		})
	}
}

// without takes one account out of counts, if it is known.
func without(counts map[domain.AccountState]int, account domain.Account, r *rig) map[domain.AccountState]int {
	if report, err := r.service.Status(r.t.Context(), account); err == nil {
		if counts[report.State]--; counts[report.State] == 0 {
			delete(counts, report.State)
		}
	}
	return counts
}

// Until the first round trip nothing is known of any account; a backend that needs longer than a minute for it is down.
func TestStarting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.backend.set(down(domain.Unavailable))
		began := time.Now()
		r.begin(accountstate.Options{})
		settle()
		if got := r.wantState(starting); !got.Since.Time().Equal(began) {
			t.Errorf("since %v", got.Since.Time())
		}
		r.wantTold(alice)
		time.Sleep(50 * time.Second)
		r.backend.set(up("0.14.6"))
		settle()
		r.wantState(working)
		r.wantTold(alice, working)
		report, err := r.service.Status(t.Context(), alice)
		if err != nil || report.BackendVersion != "0.14.6" || !report.LastEvent.IsZero() {
			t.Errorf("%+v, %v", report, err)
		}
		if _, err := r.service.Status(t.Context(), bob); domain.KindOf(err) != domain.NotFound {
			t.Errorf("of an account that is not there: %v", err)
		}
		r.stop()
	})
}

// What clients say in the name of accounts that nobody has makes none.
func TestStrangersLeaveNoTrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t).begin(accountstate.Options{})
		settle()
		for _, outcome := range []error{missing, refused, noRecipient, patience} {
			r.backend.set(func(b *backend) { b.outcome = outcome })
			_, _ = r.sender.Send(t.Context(), bob, domain.Message{})
		}
		_ = r.accounts.DeleteLocalData(t.Context(), bob, true)
		settle()
		if counts := r.facts.Counts(); counts[working] != 1 || len(counts) != 1 {
			t.Errorf("%v", counts)
		}
		r.stop()
	})
}

// A challenge comes with its tokens, in the status and in the event.
func TestChallengeTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t).begin(accountstate.Options{})
		settle()
		at := time.Now()
		r.send(domain.Message{}, limited)
		settle()
		want := domain.AccountStatus{State: challenge, Since: domain.Timestamp(at.UnixMilli()), ChallengeTokens: []string{"token"}}
		got := r.wantState(challenge)
		if got.Reason == "" {
			t.Error("no reason")
		}
		got.Reason = ""
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		r.stop()
	})
}

func TestNewAccounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t).begin(accountstate.Options{})
		settle()
		link, err := r.accounts.StartLink(t.Context(), "desk")
		if err != nil {
			t.Fatal(err)
		}
		go func() { r.backend.linking <- bob }()
		r.backend.set(func(b *backend) { b.err = domain.Errorf(domain.Unavailable, "", "busy") }) // so that linking is to be seen
		if account, err := link.Wait(t.Context()); err != nil || account != bob {
			t.Fatalf("%s, %v", account, err)
		}
		synctest.Wait()
		if got := r.status(bob); got.State != linking {
			t.Errorf("%+v", got)
		}
		r.backend.set(func(b *backend) { b.err, b.list = nil, []domain.Account{alice, bob} })
		settle()
		settle()
		r.wantTold(bob, linking, working)

		// A number that nobody verifies is forgotten, as is one whose data is deleted; each may come again.
		const carol domain.Account = "+15550100003"
		_ = r.accounts.Register(t.Context(), carol, ports.RegisterOptions{})
		_ = r.accounts.DeleteLocalData(t.Context(), bob, false)
		r.backend.set(func(b *backend) { b.list = []domain.Account{alice} })
		time.Sleep(2 * time.Hour)
		r.wantTold(carol, linking, unlinked)
		r.wantTold(bob, linking, working, unlinked)
		for _, account := range []domain.Account{bob, carol} {
			if _, err := r.service.Status(t.Context(), account); domain.KindOf(err) != domain.NotFound {
				t.Errorf("%s is not forgotten: %v", account.Short(), err)
			}
		}
		r.backend.set(func(b *backend) { b.list = []domain.Account{alice, bob} })
		time.Sleep(accountstate.DefaultCheckInterval)
		settle()
		r.wantTold(bob, linking, working, unlinked, working)
		r.stop()
	})
}
