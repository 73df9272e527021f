package receiving

import (
	"context"
	"sync"

	"heliograph/domain"
)

// turns has the Drains of one account take turns.
type turns struct {
	mu       sync.Mutex // guards all below
	accounts map[domain.Account]*turn
}

type turn struct {
	token chan struct{} // there while a Drain of the account runs
	users int           // Drains that hold or want the token; guarded by turns.mu
}

func newTurns() *turns { return &turns{accounts: make(map[domain.Account]*turn)} }

// enter waits for the account's turn; leave must follow.
func (t *turns) enter(ctx context.Context, account domain.Account) (*turn, error) {
	t.mu.Lock()
	own := t.accounts[account]
	if own == nil {
		own = &turn{token: make(chan struct{}, 1)}
		t.accounts[account] = own
	}
	own.users++
	t.mu.Unlock()
	select {
	case own.token <- struct{}{}:
		return own, nil
	case <-ctx.Done():
		t.forget(account, own)
		return nil, contextError("receive", ctx.Err())
	}
}

func (t *turns) leave(account domain.Account, own *turn) {
	<-own.token
	t.forget(account, own)
}

// forget drops what nobody uses.
func (t *turns) forget(account domain.Account, own *turn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	own.users--
	if own.users == 0 {
		delete(t.accounts, account)
	}
}
