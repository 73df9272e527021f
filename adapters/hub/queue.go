package hub

import (
	"sync"
	"sync/atomic"

	"heliograph/domain"
)

// queue is what waits for one reader. Readers with nothing to read have none.
type queue struct {
	events []*domain.Event
	head   int
	bytes  int
}

func (q *queue) len() int { return len(q.events) - q.head }

// take moves events into the slice and says how many, and how many bytes they have.
func (q *queue) take(into []*domain.Event) (n, bytes int) {
	n = copy(into, q.events[q.head:])
	clear(q.events[q.head : q.head+n])
	q.head += n
	for _, e := range into[:n] {
		bytes += len(e.Payload)
	}
	q.bytes -= bytes
	return n, bytes
}

// add appends; what was taken makes room first.
func (q *queue) add(events []*domain.Event) {
	if q.head > 0 && len(q.events)+len(events) > cap(q.events) {
		n := copy(q.events, q.events[q.head:])
		clear(q.events[n:])
		q.events, q.head = q.events[:n], 0
	}
	q.events = append(q.events, events...)
}

// keepQueue is the capacity above which a queue is left to the garbage
// collector instead of the pool.
const keepQueue = 256

// queues are those that no reader uses.
var queues = sync.Pool{New: func() any { return &queue{events: make([]*domain.Event, 0, 16)} }}

func newQueue() *queue { return queues.Get().(*queue) }

// free gives the queue back; nobody may use it afterwards.
func (q *queue) free() {
	if cap(q.events) > keepQueue {
		return
	}
	clear(q.events)
	*q = queue{events: q.events[:0]}
	queues.Put(q)
}

// budget bounds the bytes of all queues together.
type budget struct {
	max  int64
	used atomic.Int64
}

// take is false, and takes nothing, where there is not enough left.
func (b *budget) take(bytes int) bool {
	if b.used.Add(int64(bytes)) > b.max {
		b.used.Add(-int64(bytes))
		return false
	}
	return true
}

func (b *budget) give(bytes int) { b.used.Add(-int64(bytes)) }
