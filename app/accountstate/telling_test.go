package accountstate_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/app/accountstate"
	"heliograph/domain"
)

// again is the next life of r's gateway, an hour later.
func (r *rig) again() *rig {
	r.t.Helper()
	r.stop()
	time.Sleep(time.Hour)
	next := *r
	return next.begin(accountstate.Options{})
}

// A restart tells nothing twice, remembers since when, and tells of what happened meanwhile.
func TestRestart(t *testing.T) {
	for name, c := range map[string]struct {
		before    func(r *rig)
		meanwhile func(b *backend)
		state     domain.AccountState
		told      []domain.AccountState // in both lives
	}{
		"nothing happened":     {func(*rig) {}, func(*backend) {}, working, []domain.AccountState{working}},
		"unlinked meanwhile":   {func(*rig) {}, func(b *backend) { b.list = nil }, unlinked, []domain.AccountState{working, unlinked}},
		"a captcha is wanted":  {func(r *rig) { r.send(domain.Message{}, limited) }, func(*backend) {}, challenge, []domain.AccountState{working, challenge}},
		"refused by Signal":    {func(r *rig) { r.send(domain.Message{}, refused) }, func(*backend) {}, unlinked, []domain.AccountState{working, unlinked}},
		"was down, is back":    {func(r *rig) { r.backend.set(down(domain.Unavailable)); time.Sleep(time.Minute) }, up("0.14.6"), working, []domain.AccountState{working, isDown, working}},
		"was up, is down":      {func(*rig) {}, down(domain.Unavailable), isDown, []domain.AccountState{working, isDown}},
		"linked again outside": {func(r *rig) { r.backend.set(func(b *backend) { b.list = nil }); time.Sleep(time.Minute) }, func(b *backend) { b.list = []domain.Account{alice} }, working, []domain.AccountState{working, unlinked, working}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t).begin(accountstate.Options{})
				settle()
				c.before(r)
				settle()
				earlier := r.status(alice)
				r.backend.set(c.meanwhile)
				r = r.again()
				time.Sleep(2 * time.Minute)
				got := r.wantState(c.state)
				r.wantTold(alice, c.told...)
				if same := got.Since == earlier.Since; same != (earlier.State == c.state) {
					t.Errorf("%s since %v, before the restart %s since %v", got.State, got.Since, earlier.State, earlier.Since)
				}
				if c.state == challenge && len(got.ChallengeTokens) != 1 {
					t.Error("the token is lost")
				}
				r.stop()
			})
		})
	}
}

// A gateway that dies between the log and the store tells the same again; the log keeps it once.
func TestACrashBetweenLogAndStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t).begin(accountstate.Options{})
		settle()
		r.send(domain.Message{}, limited)
		synctest.Wait()
		r.stop() // it was announced, and is not kept yet
		r.wantTold(alice, working, challenge)
		entry, err := r.store.KeyValue.Get(t.Context(), "accountstates", string(alice))
		if err != nil || domainState(t, entry.Value) != working {
			t.Fatalf("the store holds %s, %v: this is not the moment meant", entry.Value, err)
		}
		r = newLife(r)
		settle()
		r.send(domain.Message{}, limited)
		settle()
		r.wantTold(alice, working, challenge)
		r.stop()
	})
}

// newLife is the next life of r's gateway, at once.
func newLife(r *rig) *rig {
	next := *r
	return next.begin(accountstate.Options{})
}

// Two gateways that share log, store and backend tell of a change once.
func TestTwoGateways(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one := newRig(t).begin(accountstate.Options{})
		settle()
		two := newLife(one)
		settle()
		one.backend.set(func(b *backend) { b.list = nil })
		time.Sleep(time.Minute)
		one.backend.set(func(b *backend) { b.list = []domain.Account{alice} })
		time.Sleep(time.Minute)
		one.wantTold(alice, working, unlinked, working)
		for _, r := range []*rig{one, two} {
			r.wantState(working)
			r.stop()
		}
	})
}

// While the log stalls nothing waits: sends go out, the status is told; of several changes the last is told afterwards.
func TestStalledLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t).begin(accountstate.Options{})
		settle()
		release := r.log.Stall()
		r.send(domain.Message{}, limited)
		settle()
		began := time.Now()
		for range 100 {
			r.send(domain.Message{}, nil)
			r.send(domain.Message{}, refused)
			r.wantState(unlinked)
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("sends were held up for %v", took)
		}
		time.Sleep(time.Hour)
		r.wantTold(alice, working)
		release()
		settle()
		r.wantTold(alice, working, challenge, unlinked)
		r.stop()
	})
}

// A full buffer of received messages is no place for changes; they are told when there is room.
func TestFullBuffer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t).begin(accountstate.Options{})
		settle()
		release := r.log.Stall()
		received := 0
		full, cancel := context.WithTimeout(t.Context(), time.Second)
		for ; r.receiving.Receive(full, message(received)) == nil; received++ {
		}
		cancel()
		r.send(domain.Message{}, refused)
		time.Sleep(time.Minute)
		release()
		settle()
		r.wantTold(alice, working, unlinked)
		r.stop()
		if received == 0 {
			t.Error("the buffer was full from the beginning")
		}
	})
}

// Changes stand in order with what was received for the account.
func TestOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t).begin(accountstate.Options{})
		settle()
		release := r.log.Stall()
		receive := func(n int) {
			if err := r.receiving.Receive(t.Context(), message(n)); err != nil {
				t.Fatal(err)
			}
		}
		receive(1)
		r.send(domain.Message{}, limited)
		settle()
		receive(2)
		release()
		settle()
		page, err := r.log.Read(t.Context(), domain.Filter{Account: alice}, domain.Oldest, 10)
		if err != nil {
			t.Fatal(err)
		}
		var kinds []domain.EventKind
		for _, e := range page.Events {
			kinds = append(kinds, e.Kind)
		}
		if got := fmt.Sprint(kinds); got != "[account message account message]" {
			t.Error(got)
		}
		if report, err := r.service.Status(t.Context(), alice); err != nil || time.Since(report.LastEvent) > time.Minute {
			t.Errorf("%+v, %v", report, err)
		}
		r.stop()
	})
}

// While the store is away nothing is told, since it may have been told before; afterwards it is told once.
func TestStoreAway(t *testing.T) {
	for name, c := range map[string]struct {
		kind domain.Kind
		put  bool // it was done all the same
	}{"unavailable": {domain.Unavailable, false}, "put in spite of its failure": {domain.OutcomeUnknown, true}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t)
				r.store.fail(domain.Errorf(c.kind, "", "told to fail"), c.put)
				r.begin(accountstate.Options{})
				time.Sleep(time.Minute)
				r.wantState(working)
				if told := r.told(alice); len(told) > 1 || len(told) == 1 && !c.put {
					t.Errorf("told %v", told)
				}
				r.store.fail(nil, false)
				time.Sleep(time.Minute)
				r.wantTold(alice, working)
				r.store.fail(domain.Errorf(c.kind, "", "told to fail"), c.put)
				r.send(domain.Message{}, refused)
				time.Sleep(time.Minute)
				r.store.fail(nil, false)
				settle()
				r.wantTold(alice, working, unlinked)
				r.send(domain.Message{}, nil)
				settle()
				r.wantTold(alice, working, unlinked, working)
				r.stop()
			})
		})
	}
}

// What cannot be read in the store is as good as nothing, and is replaced.
func TestStrangeValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		if _, err := r.store.Put(t.Context(), "accountstates", string(alice), []byte("{"), 0); err != nil {
			t.Fatal(err)
		}
		r.begin(accountstate.Options{})
		settle()
		r.wantTold(alice, working)
		r = r.again()
		settle()
		r.wantTold(alice, working)
		r.stop()
	})
}

// domainState reads the state out of a value in the store.
func domainState(t *testing.T, value []byte) domain.AccountState {
	t.Helper()
	var kept struct{ Status domain.AccountStatus }
	if err := json.Unmarshal(value, &kept); err != nil {
		t.Fatal(err)
	}
	return kept.Status.State
}

func message(n int) []byte {
	return fmt.Appendf(nil, `{"envelope":{"sourceUuid":"b8d1c7f2-93a4-4e55-8f0b-1c6a2d9e4f37","sourceDevice":1,"timestamp":%d,"dataMessage":{"message":"x"}},"account":%q}`,
		1767225600000+n, alice)
}
