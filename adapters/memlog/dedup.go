package memlog

import (
	"hash/maphash"
	"time"

	"heliograph/domain"
)

// digest stands for a key. It has 128 bits, so that two keys never meet in
// practice: a collision would drop an event.
type digest [2]uint64

// dedup remembers keys for a time, and at most so many of them. It holds no
// pointers, so the garbage collector passes over it.
type dedup struct {
	window time.Duration
	limit  int
	seeds  [2]maphash.Seed
	known  map[digest]struct{}
	// oldest first; a queue in a circle of limit places that grows up to it
	queue   []remembered
	head, n int
}

type remembered struct {
	digest digest
	at     int64 // nanoseconds since the Unix epoch
}

func newDedup(window time.Duration, limit int) *dedup {
	return &dedup{
		window: window,
		limit:  limit,
		seeds:  [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()},
		known:  make(map[digest]struct{}),
	}
}

// add remembers key; false when it was known.
func (d *dedup) add(key domain.EventKey, now time.Time) bool {
	d.expire(now)
	k := digest{maphash.String(d.seeds[0], string(key)), maphash.String(d.seeds[1], string(key))}
	if _, ok := d.known[k]; ok {
		return false
	}
	if d.n == d.limit {
		d.forget()
	}
	if d.n == len(d.queue) {
		d.grow()
	}
	d.known[k] = struct{}{}
	d.queue[(d.head+d.n)%len(d.queue)] = remembered{digest: k, at: now.UnixNano()}
	d.n++
	return true
}

func (d *dedup) expire(now time.Time) {
	oldest := now.Add(-d.window).UnixNano()
	for d.n > 0 && d.queue[d.head].at <= oldest {
		d.forget()
	}
}

func (d *dedup) forget() {
	delete(d.known, d.queue[d.head].digest)
	d.head = (d.head + 1) % len(d.queue)
	d.n--
}

func (d *dedup) grow() {
	queue := make([]remembered, min(d.limit, max(minRing, 2*len(d.queue))))
	for i := range d.n {
		queue[i] = d.queue[(d.head+i)%len(d.queue)]
	}
	d.queue, d.head = queue, 0
}
