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

// batch is events that are appended at once: the first of some lanes, one lane behind the other.
type batch struct {
	events []*domain.Event
	parts  []part
}

// part says how many events of a batch are of an account.
type part struct {
	account domain.Account
	events  int
}

// batchLocked takes the turns of the lanes that fit into one batch, at least of one. Under load an append of many events costs little more than
// one of one.
func (b *buffer) batchLocked() (taken batch) {
	bytes := 0
	for len(b.ready) > 0 && len(taken.events) < b.batchEvents {
		account := b.ready[0]
		n := 0
		for _, e := range b.lanes[account].events {
			bytes += len(e.Payload)
			if full := len(taken.events) > 0 && bytes > b.batchBytes; full || len(taken.events) == b.batchEvents {
				break
			}
			taken.events = append(taken.events, e)
			n++
		}
		if n > 0 {
			b.ready[0] = ""
			b.ready = b.ready[1:]
			taken.parts = append(taken.parts, part{account, n})
		}
		if bytes > b.batchBytes {
			break
		}
	}
	return taken
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
