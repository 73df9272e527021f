package memlog

import (
	"sort"
	"unsafe"

	"heliograph/domain"
)

// entry is one retained event.
type entry struct {
	event  *domain.Event // nil when it was forgotten: a hole
	stored int64         // nanoseconds since the Unix epoch
	size   int
}

// entryOverhead is what an event takes besides its content: itself, its entry, its place in the
// index of its account, and what the allocator rounds up.
const entryOverhead = int(unsafe.Sizeof(domain.Event{})+unsafe.Sizeof(entry{})) + 64

// sizeOf is what e takes in memory, in bytes.
func sizeOf(e *domain.Event) int {
	return entryOverhead + len(e.Payload) + len(e.Key) + len(e.Source) + len(e.Account)
}

// ring is a queue of entries with access by index; it grows as needed and
// gives memory back when it is mostly empty.
type ring struct {
	buf  []entry // its length is a power of two, or zero
	head int
	n    int
}

const minRing = 64

func (r *ring) len() int { return r.n }

func (r *ring) at(i int) *entry { return &r.buf[(r.head+i)&(len(r.buf)-1)] }

func (r *ring) push(e entry) {
	if r.n == len(r.buf) {
		r.resize(max(minRing, 2*len(r.buf)))
	}
	r.n++
	*r.at(r.n - 1) = e
}

func (r *ring) pop() entry {
	e := *r.at(0)
	*r.at(0) = entry{}
	r.head = (r.head + 1) & (len(r.buf) - 1)
	r.n--
	if len(r.buf) > minRing && r.n < len(r.buf)/8 {
		r.resize(len(r.buf) / 2)
	}
	return e
}

func (r *ring) resize(size int) {
	buf := make([]entry, size)
	for i := range r.n {
		buf[i] = *r.at(i)
	}
	r.buf, r.head = buf, 0
}

// index is the sequences of one account's retained events, in order.
type index struct {
	seqs []uint64
	head int
}

func (x *index) len() int { return len(x.seqs) - x.head }

func (x *index) at(i int) uint64 { return x.seqs[x.head+i] }

func (x *index) push(seq uint64) {
	if x.head > 0 && len(x.seqs) == cap(x.seqs) && x.head >= len(x.seqs)/2 {
		x.seqs = x.seqs[:copy(x.seqs, x.seqs[x.head:])]
		x.head = 0
	}
	x.seqs = append(x.seqs, seq)
}

func (x *index) pop() { x.head++ }

// search is the place of the first sequence that is not before seq.
func (x *index) search(seq uint64) int {
	return sort.Search(x.len(), func(i int) bool { return x.at(i) >= seq })
}
