package jsonrpc

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"heliograph/adapters/signalcli"
	"heliograph/ports"
)

// conn is one connection from its first byte to its loss.
type conn struct {
	rw       io.ReadWriteCloser
	receiver ports.Receiver
	waiters  *waiters
	options  Options
	log      *slog.Logger

	// wake tells the writer that the queue is not empty.
	wake chan struct{}
	// lost is closed when the connection is given up.
	lost chan struct{}
	// versionKnown is closed once version is set; it stays empty when signal-cli did not tell.
	versionKnown chan struct{}
	version      string
	// heard is set by each line and cleared by the watch.
	heard atomic.Bool
	// subscribed is set while an own subscription is known to be there, bare wakes its keeper when a bare notification comes then.
	subscribed atomic.Bool
	bare       chan struct{}
	// accounts wakes the keeper of the subscription when there may be an account that it does not cover.
	accounts chan struct{}

	// tableMu guards what follows.
	tableMu sync.Mutex
	pending map[uint64]*waiter
	// queue are the waiters whose requests are to be written; taken back ones have left pending.
	queue       []*waiter
	queuedBytes int
	// lastID is random at first, so that an answer that is meant for somebody else finds nobody.
	lastID uint64
	err    error
}

// firstID makes the IDs of a connection: 16 digits, exact also where numbers are floating point.
func firstID() uint64 { return 1<<50 + rand.Uint64N(1<<49) }

func newConn(rw io.ReadWriteCloser, receiver ports.Receiver, waiters *waiters, options Options) *conn {
	return &conn{rw: rw, receiver: receiver, waiters: waiters, options: options, log: options.Logger,
		wake: make(chan struct{}, 1), lost: make(chan struct{}), versionKnown: make(chan struct{}),
		bare: make(chan struct{}, 1), accounts: make(chan struct{}, 1), pending: map[uint64]*waiter{}, lastID: firstID()}
}

// roundTrip queues w and waits for its answer. errNotQueued says that the connection was lost before; w may be used again then.
func (cn *conn) roundTrip(ctx context.Context, call signalcli.Call, w *waiter, timeout time.Duration) (json.RawMessage, error) {
	if err := cn.enqueue(call, w); err != nil {
		return nil, err
	}
	var expired <-chan time.Time
	if _, ok := ctx.Deadline(); !ok {
		w.timer.Reset(timeout)
		expired = w.timer.C
	}
	var cause error
	select {
	case a := <-w.done:
		return cn.finish(call, w, a)
	case <-ctx.Done():
		cause = ctx.Err()
	case <-expired:
		cause = errTimeout
	}
	taken, written := cn.takeBack(w)
	if !taken {
		return cn.finish(call, w, <-w.done)
	}
	w.timer.Stop()
	return nil, ended(call, cause, written)
}

// finish reads an answer and gives the waiter back.
func (cn *conn) finish(call signalcli.Call, w *waiter, a answer) (json.RawMessage, error) {
	w.timer.Stop()
	if a.lost == nil {
		cn.waiters.put(w) // nobody else knows it: its request was written, its place in the table is gone
	}
	switch {
	case a.lost != nil:
		return nil, lostError(call.Method, a.written && call.Effect, a.lost)
	case a.failure != nil:
		return nil, errorOf(call, a.failure)
	}
	return a.result, nil
}

func (cn *conn) enqueue(call signalcli.Call, w *waiter) error {
	cn.tableMu.Lock()
	defer cn.tableMu.Unlock()
	if cn.err != nil {
		return errNotQueued
	}
	if cn.queuedBytes > 0 && cn.queuedBytes+len(*w.frame) > cn.options.MaxQueuedBytes {
		return queueFull(call.Method)
	}
	cn.lastID++
	w.id = cn.lastID
	*w.frame = appendID(*w.frame, w.id)
	w.size = len(*w.frame)
	cn.queuedBytes += w.size
	cn.pending[w.id] = w
	cn.queue = append(cn.queue, w)
	select {
	case cn.wake <- struct{}{}:
	default:
	}
	return nil
}

// takeBack frees the place of w. taken is false when its answer is on the way already; written says
// whether the request may reach signal-cli.
func (cn *conn) takeBack(w *waiter) (taken, written bool) {
	cn.tableMu.Lock()
	defer cn.tableMu.Unlock()
	if cn.pending[w.id] != w {
		return false, true
	}
	cn.removeLocked(w)
	return true, w.written
}

// removeLocked takes w out of the table; the writer skips it.
func (cn *conn) removeLocked(w *waiter) {
	delete(cn.pending, w.id)
	if !w.written {
		cn.queuedBytes -= w.size
		w.frame = nil
	}
}

// answered hands an answer to its waiter; unknown, late and doubled ones find none. The slices are copied where they
// point into a buffer that is used again.
func (cn *conn) answered(f frame, shared bool) bool {
	id := f.waiterID()
	cn.tableMu.Lock()
	w := cn.pending[id]
	if w == nil || !w.written {
		cn.tableMu.Unlock()
		return false
	}
	delete(cn.pending, id)
	cn.tableMu.Unlock()
	w.done <- answer{result: own(f.result, shared), failure: own(f.failure, shared)}
	return true
}

// lose gives the connection up: no call is taken any more, those in the table end at once. The first cause counts.
func (cn *conn) lose(cause error) {
	cn.tableMu.Lock()
	if cn.err == nil {
		cn.err = cause
		close(cn.lost)
	}
	cn.tableMu.Unlock()
	cn.abandon(cause)
}

// abandon ends all calls in the table.
func (cn *conn) abandon(cause error) {
	cn.tableMu.Lock()
	gone := make([]*waiter, 0, len(cn.pending))
	for _, w := range cn.pending {
		gone = append(gone, w)
	}
	for _, w := range gone {
		cn.removeLocked(w)
	}
	cn.tableMu.Unlock()
	for _, w := range gone {
		w.done <- answer{lost: cause, written: w.written}
	}
}

// reason is why the connection was given up.
func (cn *conn) reason() error {
	cn.tableMu.Lock()
	defer cn.tableMu.Unlock()
	return cn.err
}

func (cn *conn) isLost() bool {
	select {
	case <-cn.lost:
		return true
	default:
		return false
	}
}

// accountsChanged tells the keeper of the subscription that there may be an account that it does not cover.
func (cn *conn) accountsChanged() {
	select {
	case cn.accounts <- struct{}{}:
	default:
	}
}

func own(b []byte, shared bool) []byte {
	if !shared || b == nil {
		return b
	}
	return append(make([]byte, 0, len(b)), b...)
}
