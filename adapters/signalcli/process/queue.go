package process

import (
	"context"
	"slices"
	"sync"
	"time"

	"heliograph/domain"
)

// busyRetry is when to come back to a full queue.
const busyRetry = 5 * time.Second

// queue hands out turns: few at a time an account, in order of arrival, calls before polls, and only so many at once. A poll has
// its account for itself. A turn without an account is one with all of them: signal-cli then loads every account, and would wait
// for the files of each.
type queue struct {
	limit   int // turns at once
	same    int // turns at once of one account
	waiting int // bound on those that wait, an account
	total   int // bound on those that wait in all

	mu     sync.Mutex // guards what follows
	closed bool
	held   []*turn
	lines  [2][]*turn // by rank, in order of arrival
}

// rank says who goes first.
type rank int

const (
	calls rank = iota
	polls
)

// turn is the right to run a process, or the wait for it.
type turn struct {
	queue   *queue
	account domain.Account
	rank    rank
	given   chan struct{} // closed when it is had
	refused bool          // set before given is closed: there is none any more
	// wanted, of a poll, is closed when a call waits for the end of it.
	wanted chan struct{}
	asked  bool // wanted is closed; guarded by queue.mu
}

func newQueue(limit, same, waiting, total int) *queue {
	return &queue{limit: limit, same: same, waiting: waiting, total: total}
}

// enter waits for a turn, whose leave must be called once. Errors: Unavailable (the queue is full, or closed), Canceled and
// Timeout (ctx ended).
func (q *queue) enter(ctx context.Context, account domain.Account, r rank) (*turn, error) {
	if err := ctx.Err(); err != nil {
		return nil, ended(err)
	}
	t := &turn{queue: q, account: account, rank: r, given: make(chan struct{}), wanted: make(chan struct{})}
	if err := q.line(t); err != nil {
		return nil, err
	}
	select {
	case <-t.given:
	case <-ctx.Done():
		if !q.forget(t) {
			t.leave() // the turn came at the same instant
		}
		return nil, ended(ctx.Err())
	}
	if t.refused {
		return nil, errClosed
	}
	return t, nil
}

// line puts t into its line.
func (q *queue) line(t *turn) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return errClosed
	}
	all, same := 0, 0
	for _, line := range q.lines {
		all += len(line)
		for _, other := range line {
			if other.account == t.account {
				same++
			}
		}
	}
	switch {
	case same >= q.waiting:
		return errFull("too many calls of this account are waiting for signal-cli")
	case all >= q.total:
		return errFull("too many calls are waiting for signal-cli")
	}
	q.lines[t.rank] = append(q.lines[t.rank], t)
	q.nextLocked()
	return nil
}

func errFull(detail string) error {
	return &domain.Error{Kind: domain.Unavailable, Detail: detail, Err: &domain.Backoff{RetryAfter: busyRetry}}
}

// forget takes t out of its line; false when it was given already. What was refused counts as forgotten.
func (q *queue) forget(t *turn) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if i := slices.Index(q.lines[t.rank], t); i >= 0 {
		q.lines[t.rank] = slices.Delete(q.lines[t.rank], i, i+1)
		q.nextLocked() // others may have waited behind it
		return true
	}
	return t.refused
}

// leave gives the turn back.
func (t *turn) leave() {
	q := t.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	if i := slices.Index(q.held, t); i >= 0 {
		q.held = slices.Delete(q.held, i, i+1)
	}
	q.nextLocked()
}

// nextLocked gives turns to whom it can. The last one is never a poll's, so that polls, which sit and wait, cannot
// keep calls of other accounts from being made. An account gets a second turn when no call of another waits for its first.
func (q *queue) nextLocked() {
	limit := q.limit
	q.giveLocked(calls, limit, 1, false)
	barred := q.giveLocked(calls, limit, q.same, false)
	if limit > 1 {
		limit--
	}
	q.giveLocked(polls, limit, 1, barred)
	for _, t := range q.lines[calls] {
		q.askLocked(t)
	}
}

// giveLocked gives turns to those of a line, up to limit in all and same an account. Behind one who waits for all accounts
// everyone waits: they would come between for ever. barred says that one stands before the line, the result that one stands in or before it.
func (q *queue) giveLocked(r rank, limit, same int, barred bool) bool {
	line := q.lines[r]
	rest := line[:0]
	for _, t := range line {
		if barred || len(q.held) >= limit || !q.freeLocked(t, same) {
			rest = append(rest, t)
			barred = barred || t.account == ""
			continue
		}
		q.held = append(q.held, t)
		close(t.given)
	}
	clear(line[len(rest):])
	q.lines[r] = rest
	return barred
}

// freeLocked reports whether t may run beside those who do, no more than same of them of its account.
func (q *queue) freeLocked(t *turn, same int) bool {
	if t.account == "" {
		return len(q.held) == 0
	}
	n := 0
	for _, holder := range q.held {
		switch holder.account {
		case "":
			return false
		case t.account:
			if n++; n >= same || holder.rank == polls || t.rank == polls {
				return false
			}
		}
	}
	return true
}

// askLocked tells the polls for whose end t waits.
func (q *queue) askLocked(t *turn) {
	for _, holder := range q.held {
		blocks := holder.account == t.account || holder.account == "" || t.account == "" || q.limit == 1
		if blocks && holder.rank == polls && !holder.asked {
			holder.asked = true
			close(holder.wanted)
		}
	}
}

// close refuses those that wait and those that come.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	for r, line := range q.lines {
		for _, t := range line {
			t.refused = true
			close(t.given)
		}
		q.lines[r] = nil
	}
}

var errClosed = domain.Errorf(domain.Unavailable, "", "the gateway is shutting down")

// ended is the error of a caller whose context ended before anything was started.
func ended(cause error) error {
	return &domain.Error{Kind: domain.KindOf(cause), Detail: "the request ended before signal-cli was started", Err: cause}
}
