package simulator

import (
	"sync"
)

// queued is one message at the server, waiting for its account to receive.
type queued struct {
	// from is nil for an injected payload, which is complete in raw.
	from      *account
	timestamp int64
	arrived   int64
	// body is the envelope's content as the members of a JSON object, with a leading comma; empty: none.
	body []byte
	raw  []byte
	// group is the id of the group it was sent in.
	group string
	// receipt: the sender gets a delivery receipt when this is received.
	receipt bool
}

func (q *queued) size() int { return len(q.body) + len(q.raw) + 200 }

// maxQueueBytes bounds what waits for one account beside the count in Options.
const maxQueueBytes = 64 << 20

// inbox is one account's queue at the server and who receives from it. A goroutine drains it while
// there is something to drain and somebody to receive; it holds the turn while it writes one message to
// all receivers, so receivers change only between messages, as in signal-cli.
type inbox struct {
	mu       sync.Mutex
	queue    []*queued
	bytes    int
	draining bool
	polling  bool
	// arrived wakes a poll; it holds at most one signal.
	arrived chan struct{}
	// receivers is replaced, never changed in place.
	receivers []*receiver
	turn      chan struct{}
}

// receiver is one place notifications of an account go to. conn nil discards.
type receiver struct {
	conn *conn
	// subscription is the id in the wrapped form; bare leaves it out.
	subscription int
	bare         bool
}

func newInbox() *inbox {
	return &inbox{arrived: make(chan struct{}, 1), turn: make(chan struct{}, 1)}
}

// push appends a message and tells whether the caller must start a drain and how many old ones were lost.
func (b *inbox) push(q *queued, limit int) (start bool, lost int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.queue = append(b.queue, q)
	b.bytes += q.size()
	for len(b.queue) > limit || (b.bytes > maxQueueBytes && len(b.queue) > 1) {
		b.takeLocked()
		lost++
	}
	select {
	case b.arrived <- struct{}{}:
	default:
	}
	return b.startLocked(), lost
}

func (b *inbox) startLocked() bool {
	if b.draining || len(b.receivers) == 0 || len(b.queue) == 0 {
		return false
	}
	b.draining = true
	return true
}

func (b *inbox) takeLocked() *queued {
	if len(b.queue) == 0 {
		return nil
	}
	q := b.queue[0]
	b.queue[0] = nil
	b.queue = b.queue[1:]
	b.bytes -= q.size()
	return q
}

// take removes the oldest message; nil when there is none.
func (b *inbox) take() *queued {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.takeLocked()
}

// putBack queues messages before all others and tells whether to start a drain.
func (b *inbox) putBack(qs []*queued) (start bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.queue = append(append([]*queued(nil), qs...), b.queue...)
	for _, q := range qs {
		b.bytes += q.size()
	}
	return b.startLocked()
}

// next is take for the drain: at the end it notes that no drain runs. The caller holds the turn.
func (b *inbox) next() (*queued, []*receiver) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.receivers) == 0 || len(b.queue) == 0 {
		b.draining = false
		return nil, nil
	}
	return b.takeLocked(), b.receivers
}

// change replaces the receivers between two messages and tells whether to start a drain. It gives up
// when done is closed first.
func (b *inbox) change(done <-chan struct{}, edit func([]*receiver) []*receiver) (start bool) {
	select {
	case b.turn <- struct{}{}:
	case <-done:
		return false
	}
	defer func() { <-b.turn }()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.receivers = edit(append([]*receiver(nil), b.receivers...))
	return b.startLocked()
}

// beginPoll reserves the inbox for one receive command; false when anything else receives.
func (b *inbox) beginPoll() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.polling || len(b.receivers) > 0 {
		return false
	}
	b.polling = true
	return true
}

func (b *inbox) endPoll() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.polling = false
}

// waiting returns the messages that nobody received yet.
func (b *inbox) waiting() []*queued {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]*queued(nil), b.queue...)
}

// setReceivers replaces the receivers without waiting for the message that is being written.
func (b *inbox) setReceivers(receivers []*receiver) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.receivers = receivers
}
