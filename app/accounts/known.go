package accounts

import (
	"context"
	"slices"
	"sync"
	"time"

	"heliograph/domain"
)

// How long what is known of the list of accounts counts.
const (
	// presentFor is how long an account that was on the list is taken to be there without another look.
	presentFor = time.Minute
	// absentFor is how long one that was not is refused without another look.
	absentFor = time.Second
	// failedFor is how long a list that could not be had is not asked for again.
	failedFor = 10 * time.Second
	// rememberedFor is how long CheckRemembered believes a list.
	rememberedFor = 10 * time.Minute
	// askTimeout bounds one look.
	askTimeout = 2 * time.Second
)

// known is what is known of the backend's list of accounts.
type known struct {
	asking chan struct{} // a place for who asks: one at a time

	mu     sync.Mutex // guards what follows
	list   []domain.Account
	listed time.Time // when the list was had, zero for never or not any more
	failed time.Time // when it could not be had last
}

// put keeps a list.
func (k *known) put(list []domain.Account) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.list, k.listed, k.failed = slices.Clone(list), time.Now(), time.Time{}
}

func (k *known) fail() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.failed = time.Now()
}

// forget is for what changes the list.
func (k *known) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.listed, k.failed = time.Time{}, time.Time{}
}

// look says whether account is on the list and how old that is; sure is false where there is no list.
func (k *known) look(account domain.Account) (present, sure bool, age, sinceFailure time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := time.Now()
	return slices.Contains(k.list, account), !k.listed.IsZero(), now.Sub(k.listed), now.Sub(k.failed)
}

// Check fails with UnknownAccount where the backend's list of accounts lacks account. The list is asked for anew before anybody is refused, by one
// caller at a time, and otherwise each minute. While it cannot be had, within two seconds, everybody passes.
func (s *Service) Check(ctx context.Context, account domain.Account) error {
	if err, decided := s.decide(account); decided {
		return err
	}
	select {
	case s.known.asking <- struct{}{}:
		defer func() { <-s.known.asking }()
	case <-ctx.Done():
		return &domain.Error{Op: "receive", Kind: domain.KindOf(ctx.Err()), Err: ctx.Err()}
	}
	if err, decided := s.decide(account); decided { // by who asked before
		return err
	}
	asking, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	if _, err := s.List(asking); err != nil { // which says nothing of the account
		if ctx.Err() == nil {
			s.known.fail()
		}
		return nil
	}
	err, _ := s.decide(account)
	return err
}

// decide answers from what is known, where that is enough.
func (s *Service) decide(account domain.Account) (err error, decided bool) {
	present, sure, age, sinceFailure := s.known.look(account)
	switch {
	case sure && present && age < presentFor:
		return nil, true
	case sure && !present && age < absentFor:
		return errUnknown(), true
	}
	return nil, sinceFailure < failedFor
}

// CheckRemembered is Check for a backend whose list costs a process: it asks nothing, and refuses only who was not on a list
// that somebody asked for within the last ten minutes.
func (s *Service) CheckRemembered(_ context.Context, account domain.Account) error {
	if present, sure, age, _ := s.known.look(account); sure && !present && age < rememberedFor {
		return errUnknown()
	}
	return nil
}

func errUnknown() error {
	return domain.Errorf(domain.UnknownAccount, "receive", "signal-cli does not have this account: register or link it first")
}
