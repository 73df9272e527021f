package accountstate

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"heliograph/domain"
)

// Reasons that come from the backend, for people.
const (
	reasonDown      = "signal-cli does not answer"
	reasonOutdated  = "Signal refuses this version of signal-cli: install a newer one"
	reasonChallenge = "Signal wants a captcha before this account may send to some recipients"
)

// conclude says what account is able to do. What hinders it most comes first: an account that is gone stays so whether its backend
// answers or not, and of one whose backend is away nothing else can be told than why.
func conclude(b *backendFacts, a *accountFacts) (state domain.AccountState, reason string) {
	switch {
	case a.gone != "" && a.linking.IsZero():
		return domain.StateUnlinked, a.gone
	case b.outdated: // such a backend may not even start
		return domain.StateOutdated, reasonOutdated
	case b.down:
		return domain.StateBackendDown, reasonDown
	case !a.linking.IsZero():
		return domain.StateLinking, ""
	case a.tokens != nil:
		return domain.StateChallengeRequired, reasonChallenge
	case !a.heard:
		return domain.StateStarting, ""
	}
	return domain.StateWorking, ""
}

// concludeLocked brings the status of a up to date.
func (f *Facts) concludeLocked(a *accountFacts, now time.Time) {
	if !a.linking.IsZero() && !a.fresh && now.Sub(a.linking) >= linkingFor {
		a.linking = time.Time{}
		if a.gone == "" {
			a.gone, a.removed = reasonUnfinished, true // it never was an account of ours
		}
	}
	state, reason := conclude(&f.backend, a)
	if state != a.status.State {
		a.status.State, a.status.Since = state, domain.Timestamp(now.UnixMilli())
		if state == a.before.State {
			a.status.Since = a.before.Since
		}
		if state != domain.StateStarting {
			a.before = domain.AccountStatus{}
		}
	}
	a.status.Reason, a.status.ChallengeTokens = reason, nil
	if state == domain.StateChallengeRequired {
		a.status.ChallengeTokens = a.tokens
	}
}

// current is an account as it is now.
type current struct {
	account domain.Account
	status  domain.AccountStatus
	// refused and removed are as in accountFacts.
	refused, removed bool
}

// all gives all accounts, by number.
func (f *Facts) all() []current {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	accounts := make([]current, 0, len(f.accounts))
	for account, a := range f.accounts {
		f.concludeLocked(a, now)
		accounts = append(accounts, current{account, a.status, a.refused, a.removed})
	}
	slices.SortFunc(accounts, func(a, b current) int { return strings.Compare(string(a.account), string(b.account)) })
	return accounts
}

// of gives one account; known is false for one of which nothing was seen.
func (f *Facts) of(account domain.Account) (status domain.AccountStatus, known bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	a := f.accounts[account]
	if a == nil {
		return domain.AccountStatus{}, false
	}
	f.concludeLocked(a, time.Now())
	return a.status, true
}

// Counts is how many accounts are in each state; states without any are left out.
func (f *Facts) Counts() map[domain.AccountState]int {
	counts := make(map[domain.AccountState]int)
	for _, a := range f.all() {
		counts[a.status.State]++
	}
	return counts
}

// restore makes known what an earlier life of the gateway told of account last. What no look at the backend tells is taken over,
// unless something newer says otherwise: that Signal refuses the account, that it is gone, that a captcha is wanted.
func (f *Facts) restore(account domain.Account, told kept) {
	f.mu.Lock()
	defer f.mu.Unlock()
	a := f.ofLocked(account)
	switch told.Status.State {
	case domain.StateUnlinked:
		if refused := told.Refused && !a.proved; a.gone == "" && (refused || !a.heard) {
			a.gone, a.refused = cmp.Or(told.Status.Reason, reasonMissing), refused
		}
	case domain.StateChallengeRequired:
		if !a.passed && a.tokens == nil {
			a.tokens = told.Status.ChallengeTokens
		}
	case domain.StateLinking:
		if !a.heard && a.gone == "" && a.linking.IsZero() {
			a.linking = told.Status.Since.Time()
		}
	}
	a.before = told.Status
	a.status.State = "" // so that it is concluded anew, with the time of the one before
	signal(f.changed)
}

// forget drops an account that was removed, unless it came back meanwhile.
func (f *Facts) forget(account domain.Account) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if a := f.accounts[account]; a != nil && a.removed {
		delete(f.accounts, account)
	}
}
