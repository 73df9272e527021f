package accountstate

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

// space is where what was told last is kept, by account.
const space = "accountstates"

// kept is what the store holds of an account.
type kept struct {
	Status domain.AccountStatus `json:"status"`
	// Refused is as in accountFacts.
	Refused bool `json:"refused,omitempty"`
}

// told is what was told of an account last.
type told struct {
	state    domain.AccountState // empty for nothing
	revision uint64              // of the store's value; 0 for none
	// telling is a change on its way into the log: what to keep once stored is closed. nil while there is none.
	telling *kept
	stored  <-chan struct{}
}

// teller tells of changes. All fields but facts belong to the goroutine in run.
type teller struct {
	facts     *Facts
	store     ports.KeyValue
	receiving Receiving
	log       *slog.Logger
	told      map[domain.Account]*told
}

// run tells until ctx ends.
func (t *teller) run(ctx context.Context) error {
	for !t.remember(ctx) {
		if err := t.wait(ctx, againAfter, nil); err != nil {
			return err
		}
	}
	for {
		pause := t.round(ctx)
		if err := t.wait(ctx, pause, t.facts.changed); err != nil {
			return err
		}
	}
}

// wait ends after pause, where that is not 0, or with wake; it fails when ctx ends.
func (t *teller) wait(ctx context.Context, pause time.Duration, wake <-chan struct{}) error {
	var after <-chan time.Time
	if pause > 0 {
		timer := time.NewTimer(pause)
		defer timer.Stop()
		after = timer.C
	}
	select {
	case <-after:
	case <-wake:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// remember reads what was told before the start. Nothing is told before that is known.
func (t *teller) remember(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	entries, err := t.store.List(ctx, space)
	if err != nil {
		t.log.Warn("states of accounts cannot be read", "kind", domain.KindOf(err).String())
		return false
	}
	for _, e := range entries {
		account := domain.Account(e.Key)
		value := t.adopt(t.of(account), e)
		t.facts.restore(account, value)
	}
	return true
}

func (t *teller) of(account domain.Account) *told {
	of := t.told[account]
	if of == nil {
		of = &told{}
		t.told[account] = of
	}
	return of
}

// adopt takes over what the store holds. A value that cannot be read is as good as none, but keeps its revision.
func (t *teller) adopt(of *told, e ports.Entry) (value kept) {
	if err := json.Unmarshal(e.Value, &value); err != nil {
		t.log.Warn("the kept state of an account cannot be read", "account", domain.Account(e.Key).Short())
	}
	of.state, of.revision = value.Status.State, e.Revision
	return value
}

// round tells what there is to tell, and says when to look again at the latest; 0 for not before something changes.
func (t *teller) round(ctx context.Context) (pause time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	for _, a := range t.facts.all() {
		again := t.tell(ctx, a)
		if again > 0 && (pause == 0 || again < pause) {
			pause = again
		}
	}
	return pause
}

// tell brings log and store nearer to a, one step at a time: a change goes into the log, is kept once it is there, and
// only then the next one may go.
func (t *teller) tell(ctx context.Context, a current) (again time.Duration) {
	of := t.of(a.account)
	if of.telling != nil {
		select {
		case <-of.stored:
		default:
			return soon
		}
		if !t.keep(ctx, a.account, of) {
			return againAfter
		}
	}
	if a.removed && (of.state == "" || of.state == domain.StateUnlinked) {
		return t.drop(ctx, a.account)
	}
	if a.status.State == domain.StateStarting || a.status.State == of.state {
		return 0
	}
	if !t.refresh(ctx, a.account, of) {
		return againAfter
	}
	if a.status.State == of.state {
		return 0 // another gateway has told it
	}
	event, err := a.status.Event(a.account, of.revision)
	if err == nil {
		of.stored, err = t.receiving.Announce(event)
	}
	if err != nil {
		return againAfter
	}
	of.telling = &kept{a.status, a.refused}
	level := slog.LevelInfo
	if of.state == "" && a.status.State == domain.StateWorking {
		level = slog.LevelDebug // as it should be, of each account at a first start
	}
	t.log.Log(ctx, level, "state of an account", "account", a.account.Short(), "was", string(of.state), "is", string(a.status.State))
	return soon
}

// keep notes that a change was told; false when that must be tried again.
func (t *teller) keep(ctx context.Context, account domain.Account, of *told) bool {
	value, err := json.Marshal(of.telling)
	if err == nil {
		var revision uint64
		revision, err = t.store.Put(ctx, space, string(account), value, of.revision)
		if err == nil {
			of.state, of.revision, of.telling = of.telling.Status.State, revision, nil
			return true
		}
	}
	if domain.KindOf(err) == domain.Conflict { // another gateway has told something meanwhile
		of.telling = nil
		return t.refresh(ctx, account, of)
	}
	t.log.Warn("the state of an account cannot be kept", "account", account.Short(), "kind", domain.KindOf(err).String())
	return false
}

// refresh looks at what was told last, by this gateway or another one; false when that cannot be read.
func (t *teller) refresh(ctx context.Context, account domain.Account, of *told) bool {
	e, err := t.store.Get(ctx, space, string(account))
	switch {
	case domain.KindOf(err) == domain.NotFound:
		of.state, of.revision = "", 0
	case err != nil:
		return false
	case e.Revision != of.revision:
		t.adopt(of, e)
	}
	return true
}

// drop forgets an account that was removed.
func (t *teller) drop(ctx context.Context, account domain.Account) (again time.Duration) {
	if err := t.store.Delete(ctx, space, string(account)); err != nil {
		return againAfter
	}
	delete(t.told, account)
	t.facts.forget(account)
	return 0
}
