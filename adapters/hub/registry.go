package hub

import (
	"slices"
	"sync"

	"heliograph/domain"
)

// registry is the set of open readers, and for which accounts they are.
type registry struct {
	mu       sync.Mutex // guards all below
	closed   bool
	streams  map[*stream]struct{}
	accounts map[domain.Account]int // "" for readers of all accounts
	changed  chan struct{}          // closed when the keys of accounts change; nil while nobody asked
}

func newRegistry() *registry {
	return &registry{streams: make(map[*stream]struct{}), accounts: make(map[domain.Account]int)}
}

// add is false when the registry is closed.
func (r *registry) add(s *stream) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return false
	}
	r.streams[s] = struct{}{}
	for _, account := range wantedAccounts(s.filter) {
		r.accounts[account]++
		if r.accounts[account] == 1 {
			r.signalLocked()
		}
	}
	return true
}

func (r *registry) remove(s *stream) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.streams[s]; !ok {
		return
	}
	delete(r.streams, s)
	for _, account := range wantedAccounts(s.filter) {
		r.accounts[account]--
		if r.accounts[account] == 0 {
			delete(r.accounts, account)
			r.signalLocked()
		}
	}
}

// wantedAccounts are those that filter names; the one account "" stands for all.
func wantedAccounts(filter domain.Filter) []domain.Account {
	if filter.Account == "" && len(filter.Accounts) > 0 {
		return filter.Accounts
	}
	return []domain.Account{filter.Account}
}

func (r *registry) signalLocked() {
	if r.changed != nil {
		close(r.changed)
		r.changed = nil
	}
}

func (r *registry) readership() (all bool, accounts []domain.Account, changed <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.changed == nil {
		r.changed = make(chan struct{})
	}
	accounts = make([]domain.Account, 0, len(r.accounts))
	for a := range r.accounts {
		if a == "" {
			all = true
		} else {
			accounts = append(accounts, a)
		}
	}
	slices.Sort(accounts)
	return all, accounts, r.changed
}

// close ends all readers and lets none in.
func (r *registry) close() {
	r.mu.Lock()
	r.closed = true
	streams := make([]*stream, 0, len(r.streams))
	for s := range r.streams {
		streams = append(streams, s)
	}
	r.mu.Unlock()
	for _, s := range streams {
		s.Stop()
	}
}
