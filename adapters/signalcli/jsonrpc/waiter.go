package jsonrpc

import (
	"sync"
	"time"

	"heliograph/adapters/signalcli"
)

// waiter is a call that waits for its answer. It belongs to the caller; the fields below the line belong to the
// connection it is queued on, under its tableMu, until the answer has come.
type waiter struct {
	done  chan answer // one place; whoever takes the waiter out of the table sends, once
	timer *time.Timer

	frame   *[]byte // nil once the writer has taken it
	id      uint64
	size    int
	written bool // the writer has taken it: it may reach signal-cli
}

// answer is what became of a call.
type answer struct {
	result  []byte
	failure []byte
	// lost is set when there will be no answer; written tells whether the request may have left.
	lost    error
	written bool
}

// waiters keeps waiters for later calls. It belongs to one Client.
type waiters struct{ pool sync.Pool }

// maxPooledFrame bounds the buffers that are kept for later requests, in bytes.
const maxPooledFrame = 64 << 10

var frames = sync.Pool{New: func() any { b := make([]byte, 0, 1024); return &b }}

// get makes a waiter with the request for call.
func (p *waiters) get(call signalcli.Call) (*waiter, error) {
	b := frames.Get().(*[]byte)
	var err error
	if *b, err = appendCall((*b)[:0], call); err != nil {
		freeFrame(b)
		return nil, err
	}
	w, ok := p.pool.Get().(*waiter)
	if !ok {
		w = &waiter{done: make(chan answer, 1), timer: time.NewTimer(time.Hour)}
		w.timer.Stop()
	}
	w.frame, w.id, w.size, w.written = b, 0, 0, false
	return w, nil
}

// put takes a waiter that nobody else knows any more.
func (p *waiters) put(w *waiter) { p.pool.Put(w) }

func freeFrame(b *[]byte) {
	if cap(*b) <= maxPooledFrame {
		frames.Put(b)
	}
}
