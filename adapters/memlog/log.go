package memlog

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"sync"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

var _ ports.EventLog = (*Log)(nil)

// Defaults of Options.
const (
	DefaultMaxBytes    = 64 << 20
	DefaultMaxAge      = 7 * 24 * time.Hour
	DefaultDedupWindow = time.Hour
	DefaultDedupKeys   = 1 << 19
)

// Options are the bounds of a Log; the zero value has the defaults.
type Options struct {
	// MaxBytes bounds what the retained events take in memory, in bytes (64 MiB).
	MaxBytes int
	// MaxAge is how long an event is retained at most (7 days); it is applied when something is appended or read.
	MaxAge time.Duration
	// DedupWindow is how long a key is remembered (1 h).
	DedupWindow time.Duration
	// DedupKeys bounds how many keys are remembered (524,288; some 60 bytes each).
	DedupKeys int
	// Epoch names this life of the log; zero makes one at random.
	Epoch domain.Epoch
	// Now is the clock (time.Now).
	Now func() time.Time
}

// Log is an event log in memory.
type Log struct {
	options Options
	epoch   domain.Epoch

	mu       sync.RWMutex // guards all below
	events   ring         // the retained events
	first    uint64       // sequence of the oldest retained event, last+1 when there is none
	last     uint64       // sequence of the newest event ever stored; the first has 1
	bytes    int
	accounts map[domain.Account]*index
	seen     *dedup
	more     chan struct{} // closed at the next append; nil while nobody asked
}

// New makes an empty log of a new epoch.
func New(options Options) *Log {
	if options.MaxBytes <= 0 {
		options.MaxBytes = DefaultMaxBytes
	}
	if options.MaxAge <= 0 {
		options.MaxAge = DefaultMaxAge
	}
	if options.DedupWindow <= 0 {
		options.DedupWindow = DefaultDedupWindow
	}
	if options.DedupKeys <= 0 {
		options.DedupKeys = DefaultDedupKeys
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Epoch == 0 {
		options.Epoch = newEpoch()
	}
	return &Log{
		options:  options,
		epoch:    options.Epoch,
		first:    1,
		accounts: make(map[domain.Account]*index),
		seen:     newDedup(options.DedupWindow, options.DedupKeys),
	}
}

// newEpoch is random, never zero.
func newEpoch() domain.Epoch {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return domain.Epoch(binary.BigEndian.Uint64(b[:]) | 1)
}

// Append implements ports.EventLog.
func (l *Log) Append(ctx context.Context, batch []*domain.Event) error {
	if err := ctx.Err(); err != nil {
		return contextError("append", err)
	}
	for _, e := range batch {
		if size := sizeOf(e); size > l.options.MaxBytes {
			return domain.Errorf(domain.TooLarge, "append",
				"event of %d bytes exceeds the event log's limit of %d bytes", size, l.options.MaxBytes)
		}
	}
	now := l.options.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.last
	for _, e := range batch {
		e.Cursor = domain.Cursor{}
		if e.Key == "" || l.seen.add(e.Key, now) {
			l.storeLocked(e, now)
		}
	}
	l.evictLocked(now)
	if l.last != before && l.more != nil {
		close(l.more)
		l.more = nil
	}
	return nil
}

func (l *Log) storeLocked(e *domain.Event, now time.Time) {
	l.last++
	e.Cursor = domain.Cursor{Epoch: l.epoch, Seq: l.last}
	of := l.accounts[e.Account]
	if of == nil {
		of = &index{}
		l.accounts[e.Account] = of
	}
	of.push(l.last)
	size := sizeOf(e)
	l.bytes += size
	l.events.push(entry{event: e, stored: now.UnixNano(), size: size})
	for l.bytes > l.options.MaxBytes {
		l.dropFirstLocked()
	}
}

// evictLocked forgets what is too old.
func (l *Log) evictLocked(now time.Time) {
	oldest := now.Add(-l.options.MaxAge).UnixNano()
	for l.events.len() > 0 && l.events.at(0).stored < oldest {
		l.dropFirstLocked()
	}
}

func (l *Log) dropFirstLocked() {
	e := l.events.pop()
	l.bytes -= e.size
	l.first++
	if e.event == nil {
		return // forgotten before
	}
	of := l.accounts[e.event.Account]
	of.pop()
	if of.len() == 0 {
		delete(l.accounts, e.event.Account)
	}
}

// Forget implements ports.EventLog.
func (l *Log) Forget(ctx context.Context, account domain.Account) error {
	if err := ctx.Err(); err != nil {
		return contextError("forget", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	of := l.accounts[account]
	if of == nil {
		return nil
	}
	for i := range of.len() {
		e := l.events.at(int(of.at(i) - l.first))
		l.bytes -= e.size
		e.event, e.size = nil, 0
	}
	delete(l.accounts, account)
	for l.events.len() > 0 && l.events.at(0).event == nil {
		l.dropFirstLocked()
	}
	return nil
}

// Tail implements ports.EventLog.
func (l *Log) Tail(ctx context.Context) (domain.Cursor, <-chan struct{}, error) {
	if err := ctx.Err(); err != nil {
		return domain.Cursor{}, nil, contextError("tail", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.more == nil {
		l.more = make(chan struct{})
	}
	return l.cursor(l.last), l.more, nil
}

// Bounds implements ports.EventLog.
func (l *Log) Bounds(ctx context.Context) (before, last domain.Cursor, err error) {
	if err := ctx.Err(); err != nil {
		return domain.Cursor{}, domain.Cursor{}, contextError("bounds", err)
	}
	now := l.options.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.evictLocked(now)
	return l.cursor(l.first - 1), l.cursor(l.last), nil
}

func (l *Log) cursor(seq uint64) domain.Cursor { return domain.Cursor{Epoch: l.epoch, Seq: seq} }

func contextError(op string, err error) error {
	return &domain.Error{Op: op, Kind: domain.KindOf(err), Err: err}
}
