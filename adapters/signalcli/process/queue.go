package process

import (
	"context"
	"sync"
	"time"

	"heliograph/domain"
)

// busyRetry is when to come back to a full queue.
const busyRetry = 5 * time.Second

// queue hands out turns: one at a time an account, in order of arrival, calls before polls, and only so many at once.
// Calls without an account share a turn, too.
type queue struct {
	limit   int // turns at once
	waiting int // bound on those that wait, an account

	mu     sync.Mutex // guards what follows
	closed bool
	turns  int
	busy   map[domain.Account]bool
	lines  [2][]*waiter // by rank, in order of arrival
}

// rank says who goes first.
type rank int

const (
	calls rank = iota
	polls
)

// waiter waits for its turn.
type waiter struct {
	account domain.Account
	turn    chan struct{} // closed when it has it
	refused bool          // set before turn is closed: there is none any more
}

func newQueue(limit, waiting int) *queue {
	return &queue{limit: limit, waiting: waiting, busy: map[domain.Account]bool{}}
}

// enter waits for a turn. leave gives it back and must be called once. Errors: Unavailable (the queue is full, or closed),
// Canceled and Timeout (ctx ended).
func (q *queue) enter(ctx context.Context, account domain.Account, r rank) (leave func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, ended(err)
	}
	w, err := q.line(account, r)
	if err != nil {
		return nil, err
	}
	select {
	case <-w.turn:
	case <-ctx.Done():
		if !q.forget(w, r) {
			q.leave(account) // the turn came at the same instant
		}
		return nil, ended(ctx.Err())
	}
	if w.refused {
		return nil, errClosed
	}
	return func() { q.leave(account) }, nil
}

// line puts a waiter into its line.
func (q *queue) line(account domain.Account, r rank) (*waiter, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return nil, errClosed
	}
	n := 0
	for _, line := range q.lines {
		for _, w := range line {
			if w.account == account {
				n++
			}
		}
	}
	if n >= q.waiting {
		return nil, &domain.Error{Kind: domain.Unavailable, Detail: "too many calls of this account are waiting for signal-cli",
			Err: &domain.Backoff{RetryAfter: busyRetry}}
	}
	w := &waiter{account: account, turn: make(chan struct{})}
	q.lines[r] = append(q.lines[r], w)
	q.nextLocked()
	return w, nil
}

// forget takes a waiter out of its line; false when it has its turn, or was refused one, already.
func (q *queue) forget(w *waiter, r rank) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, other := range q.lines[r] {
		if other == w {
			q.lines[r] = append(q.lines[r][:i], q.lines[r][i+1:]...)
			return true
		}
	}
	return w.refused
}

func (q *queue) leave(account domain.Account) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.busy, account)
	q.turns--
	q.nextLocked()
}

// nextLocked gives turns to whom it can. The last one is never a poll's, so that polls, which sit and wait, cannot
// keep calls of other accounts from being made.
func (q *queue) nextLocked() {
	for r, line := range q.lines {
		limit := q.limit
		if rank(r) == polls && limit > 1 {
			limit--
		}
		rest := line[:0]
		for _, w := range line {
			if q.turns >= limit || q.busy[w.account] {
				rest = append(rest, w)
				continue
			}
			q.turns++
			q.busy[w.account] = true
			close(w.turn)
		}
		clear(line[len(rest):])
		q.lines[r] = rest
	}
}

// close refuses those that wait and those that come.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	for r, line := range q.lines {
		for _, w := range line {
			w.refused = true
			close(w.turn)
		}
		q.lines[r] = nil
	}
}

var errClosed = domain.Errorf(domain.Unavailable, "", "the gateway is shutting down")

// ended is the error of a caller whose context ended before anything was started.
func ended(cause error) error {
	return &domain.Error{Kind: domain.KindOf(cause), Detail: "the request ended before signal-cli was started", Err: cause}
}
