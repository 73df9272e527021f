package receiving

import (
	"context"
	"sync"

	"heliograph/domain"
)

// eventOverhead is what an event takes besides payload and key, in bytes, roughly.
const eventOverhead = 256

func sizeOf(e *domain.Event) int { return eventOverhead + len(e.Payload) + len(e.Key) }

// buffer holds what was received until it is stored. Its lanes take turns.
type buffer struct {
	max, batchEvents, batchBytes int
	work                         chan struct{} // a token for a writer to look for a lane
	end                          chan struct{} // closed when no writer is left

	mu      sync.Mutex // guards all below
	writers int        // that still look for work
	closed  bool       // no writer is left
	used    int        // bytes
	lanes   map[domain.Account]*lane
	ready   []domain.Account // lanes with events and none in flight, in turn
	room    chan struct{}    // closed when there is more of it; nil while nobody waits
	waiting int              // callers of put that wait for room
	failing int              // lanes whose append failed last
	over    bool             // half full, until a quarter full
	want    bool             // what wanted said last
	changed chan struct{}    // closed when that changes
}

func newBuffer(options Options) *buffer {
	return &buffer{
		max:         options.BufferBytes,
		batchEvents: options.BatchEvents,
		batchBytes:  options.BatchBytes,
		work:        make(chan struct{}, options.Writers),
		end:         make(chan struct{}),
		lanes:       make(map[domain.Account]*lane),
		want:        true,
		changed:     make(chan struct{}),
	}
}

// open tells how many writers there are; the last one that leaves closes the buffer.
func (b *buffer) open(writers int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.writers = writers
}

// put adds e to its account's lane. While there is no room it blocks, until ctx ends or the buffer is closed.
func (b *buffer) put(ctx context.Context, e *domain.Event) error {
	size := sizeOf(e)
	for {
		room, err := b.tryPut(e, size)
		if room == nil {
			return err
		}
		select {
		case <-room:
			b.leave()
		case <-ctx.Done():
			b.leave()
			return contextError("receive", ctx.Err())
		}
	}
}

// tryPut gives a channel to wait for where there is no room; leave must follow.
func (b *buffer) tryPut(e *domain.Event, size int) (room <-chan struct{}, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil, errEnded("receive")
	}
	if b.used > 0 && b.used+size > b.max {
		b.waiting++
		if b.room == nil {
			b.room = make(chan struct{})
		}
		return b.room, nil
	}
	b.used += size
	l := b.lanes[e.Account]
	if l == nil {
		l = &lane{}
		b.lanes[e.Account] = l
		b.readyLocked(e.Account)
	}
	l.events = append(l.events, e)
	l.put++
	b.weighLocked()
	return nil, nil
}

func (b *buffer) leave() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting--
}

func (b *buffer) readyLocked(account domain.Account) {
	b.ready = append(b.ready, account)
	select {
	case b.work <- struct{}{}:
	default: // every writer has a token already
	}
}

// take gives the next batch, of as many accounts as fit; done must follow. It waits until
// there is one. After ctx has ended and nothing is left it gives none.
func (b *buffer) take(ctx context.Context) batch {
	for {
		b.mu.Lock()
		if len(b.ready) > 0 {
			taken := b.batchLocked()
			b.mu.Unlock()
			return taken
		}
		if ctx.Err() != nil {
			b.writers--
			if b.writers == 0 {
				b.closeLocked()
			}
			b.mu.Unlock()
			return batch{}
		}
		b.mu.Unlock()
		select {
		case <-b.work:
		case <-ctx.Done():
		}
	}
}

// done takes the events of a batch out of their lanes, which get their next turns.
func (b *buffer) done(stored batch) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range stored.parts {
		l := b.lanes[p.account]
		for _, e := range l.events[:p.events] {
			b.used -= sizeOf(e)
		}
		clear(l.events[:p.events])
		l.events = l.events[p.events:]
		l.done += uint64(p.events)
		l.waiters = wakeDone(l.waiters, l.done)
		if len(l.events) > 0 {
			b.readyLocked(p.account)
		} else {
			delete(b.lanes, p.account)
		}
	}
	b.weighLocked()
	if b.room != nil {
		close(b.room)
		b.room = nil
	}
}

// abandon ends a writer that could not store its batch in the time there was; what it had stays in the buffer.
func (b *buffer) abandon() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.writers--
	if b.writers == 0 {
		b.closeLocked()
	}
}

// closeLocked lets nobody in and frees those who wait.
func (b *buffer) closeLocked() {
	b.closed = true
	close(b.end)
	if b.room != nil {
		close(b.room)
		b.room = nil
	}
}
