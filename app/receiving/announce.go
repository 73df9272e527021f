package receiving

import (
	"context"
	"sync"
	"time"

	"heliograph/domain"
)

// Announce puts an event of the gateway's own behind what was received for its account before, and never waits: without room it
// fails with Unavailable. The channel is closed when the log has the event, or will never take it; it stays open where neither came to
// be before the end of Run. The event belongs to the receiving side from then on.
func (s *Service) Announce(e *domain.Event) (stored <-chan struct{}, err error) {
	if err := s.buffer.offer(e); err != nil {
		return nil, err
	}
	return s.buffer.settled(e.Account), nil
}

// offer is put that fails where put would wait.
func (b *buffer) offer(e *domain.Event) error {
	room, err := b.tryPut(e, sizeOf(e))
	if room != nil {
		b.leave()
		return domain.Errorf(domain.Unavailable, "announce", "the buffer of received messages is full")
	}
	return err
}

// arrivals is when something from the backend was stored last, by account.
type arrivals struct {
	mu       sync.Mutex // guards the following
	accounts map[domain.Account]time.Time
}

func (a *arrivals) note(account domain.Account, at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.accounts[account] = at
}

func (a *arrivals) of(account domain.Account) time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.accounts[account]
}

// LastEventOf is when something was received for account last, from before the gateway's start too where the log still has it near its end; zero
// where nothing is known.
func (s *Service) LastEventOf(ctx context.Context, account domain.Account) time.Time {
	if at := s.arrivals.of(account); !at.IsZero() {
		return at
	}
	past, err := s.log.ReadBack(ctx, domain.Filter{Account: account, Backend: true}, domain.Latest, 1)
	if err != nil || len(past.Events) == 0 { // who asks wants no more than what can be told now
		return time.Time{}
	}
	return past.Events[0].Received.Time()
}
