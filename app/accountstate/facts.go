package accountstate

import (
	"slices"
	"sync"
	"time"

	"heliograph/domain"
)

// maxTokens bounds the challenge tokens that are kept of one account.
const maxTokens = 16

// linkingFor is how long a registration may take from the code to its verification.
const linkingFor = time.Hour

// Why an account is unlinked, for people.
const (
	reasonMissing      = "signal-cli does not have the account any more: link or register it again"
	reasonRefused      = "Signal does not accept the account any more: link or register it again"
	reasonUnregistered = "unregistered on request"
	reasonDeleted      = "its local data was deleted on request"
	reasonUnfinished   = "the registration was not completed"
)

// Facts are what was seen of the accounts and their backend. All methods may be called concurrently and wait for nothing.
type Facts struct {
	changed chan struct{} // a token: there may be something to tell
	wanted  chan struct{} // a token: the list of accounts should be looked at

	mu       sync.Mutex // guards all below
	backend  backendFacts
	listed   bool // a list of accounts was had
	accounts map[domain.Account]*accountFacts
}

// backendFacts are about the one backend.
type backendFacts struct {
	failing  time.Time // since when it does not answer; zero while it does
	heard    bool      // it has answered since the start
	down     bool
	outdated bool
	version  string
}

// accountFacts are about one account.
type accountFacts struct {
	heard   bool   // since the start
	proved  bool   // it did something with success since the start
	passed  bool   // nothing stood in the way of a message since the start
	gone    string // why it cannot be used any more; empty while it can
	refused bool   // Signal says so, which no list of the backend takes back
	removed bool   // gone on purpose: forgotten once that was told
	fresh   bool   // linked, and not on a list yet
	doubted bool   // a call did not find it; a list is to tell
	linking time.Time
	tokens  []string
	seen    time.Time // when the last of these came to be; an older list says nothing

	status domain.AccountStatus // as concluded last
	before domain.AccountStatus // as an earlier life of the gateway left it; zero once there is something newer
}

// NewFacts makes Facts that know nothing.
func NewFacts() *Facts {
	return &Facts{changed: make(chan struct{}, 1), wanted: make(chan struct{}, 1), accounts: make(map[domain.Account]*accountFacts)}
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // there is one already
	}
}

// ofLocked makes the facts of an account that has none.
func (f *Facts) ofLocked(account domain.Account) *accountFacts {
	a := f.accounts[account]
	if a == nil {
		a = &accountFacts{}
		f.accounts[account] = a
	}
	return a
}

// worked notes that account sent, received or was verified. Nearly always that is no news.
func (f *Facts) worked(account domain.Account) {
	f.mu.Lock()
	defer f.mu.Unlock()
	a := f.accounts[account]
	if a != nil && a.proved && a.gone == "" && a.linking.IsZero() && !f.backend.outdated {
		return
	}
	f.backend.outdated = false
	a = f.ofLocked(account)
	a.there()
	a.proved = true
	signal(f.changed)
}

// there is what holds of an account that the backend has.
func (a *accountFacts) there() {
	a.heard, a.gone, a.refused, a.removed, a.fresh, a.doubted, a.linking = true, "", false, false, false, false, time.Time{}
	a.seen = time.Now()
}

// miss is what holds of one that the backend does not have.
func (a *accountFacts) miss() {
	a.gone, a.fresh, a.doubted, a.linking, a.seen = reasonMissing, false, false, time.Time{}, time.Now()
}

// failed notes what err says of account and backend, if anything.
func (f *Facts) failed(account domain.Account, err error) {
	found := causesOf(err)
	if found == (causes{}) {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if found.outdated {
		f.backend.outdated = true
	}
	if a := f.accounts[account]; a != nil { // of others anybody may say anything
		switch {
		case found.refused:
			a.gone, a.refused, a.fresh, a.seen = reasonRefused, true, false, time.Now()
		case found.missing && !a.fresh && a.gone == "":
			a.doubted = true
			signal(f.wanted)
		}
	}
	signal(f.changed)
}

// challenged notes tokens for which Signal wants a captcha; unblocked that it wants none any more.
func (f *Facts) challenged(account domain.Account, tokens []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	a := f.ofLocked(account)
	a.tokens = slices.Clone(tokens[:min(len(tokens), maxTokens)])
	signal(f.changed)
}

func (f *Facts) unblocked(account domain.Account) {
	f.mu.Lock()
	defer f.mu.Unlock()
	a := f.accounts[account]
	if a == nil {
		return
	}
	if a.passed = true; a.tokens != nil {
		a.tokens = nil
		signal(f.changed)
	}
}

// registering notes that a code was asked for; of an account that works it says nothing.
func (f *Facts) registering(account domain.Account) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if a := f.ofLocked(account); !a.heard || a.gone != "" {
		a.linking, a.removed = time.Now(), false
		signal(f.changed)
	}
}

// linked notes that a phone has confirmed; the list of accounts tells when the backend has the account.
func (f *Facts) linked(account domain.Account) {
	f.mu.Lock()
	defer f.mu.Unlock()
	a := f.ofLocked(account)
	a.there()
	a.proved, a.passed, a.fresh, a.linking, a.tokens = true, true, true, time.Now(), nil
	signal(f.changed)
	signal(f.wanted)
}

// leftOnPurpose notes that account was unregistered, or removed for good.
func (f *Facts) leftOnPurpose(account domain.Account, removed bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	a := f.accounts[account]
	if a == nil {
		return
	}
	*a = accountFacts{heard: a.heard, gone: reasonUnregistered, seen: time.Now(), status: a.status, before: a.before}
	if removed {
		a.gone, a.removed = reasonDeleted, true
	}
	signal(f.changed)
}

// list notes which accounts the backend had after asked.
func (f *Facts) list(accounts []domain.Account, asked time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.listed = true
	there := make(map[domain.Account]bool, len(accounts))
	for _, account := range accounts {
		there[account] = true
		switch a := f.ofLocked(account); {
		case a.seen.After(asked):
		case a.refused: // only a success says otherwise
			a.heard = true
		case !a.removed:
			a.there()
		}
	}
	for account, a := range f.accounts {
		if !there[account] && a.gone == "" && (a.linking.IsZero() || a.fresh) && !a.seen.After(asked) {
			a.miss()
		}
	}
	signal(f.changed)
}
