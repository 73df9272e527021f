package receiving

import "heliograph/domain"

// lane is the events of one account that wait to be stored. It exists while there are some.
type lane struct {
	events []*domain.Event
	// put and done count events; the difference is in the lane.
	put, done uint64
	waiters   []waiter
}

// waiter waits until as many events of a lane are done.
type waiter struct {
	until uint64
	done  chan struct{}
}

// batchLocked is the first events of l that fit.
func (b *buffer) batchLocked(l *lane) []*domain.Event {
	n, bytes := 0, 0
	for n < len(l.events) && n < b.batchEvents {
		bytes += len(l.events[n].Payload)
		if n > 0 && bytes > b.batchBytes {
			break
		}
		n++
	}
	return l.events[:n:n]
}

func wakeDone(waiters []waiter, done uint64) (rest []waiter) {
	for _, w := range waiters {
		if w.until <= done {
			close(w.done)
		} else {
			rest = append(rest, w)
		}
	}
	return rest
}

// settled is closed when all that is in the account's lane now is stored.
func (b *buffer) settled(account domain.Account) <-chan struct{} {
	done := make(chan struct{})
	b.mu.Lock()
	defer b.mu.Unlock()
	if l := b.lanes[account]; l != nil {
		l.waiters = append(l.waiters, waiter{until: l.put, done: done})
	} else {
		close(done)
	}
	return done
}
