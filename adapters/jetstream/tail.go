package jetstream

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sort"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	// maxTailBytes bounds the newest events that are held in memory, so that readers who are live cost the server nothing.
	maxTailBytes = 8 << 20
	// followTimeout is how long what was stored may take to come back before the server counts as away.
	followTimeout = 5 * time.Second
	// followCheck is how often who waits for it asks whether it has been deleted meanwhile.
	followCheck = 500 * time.Millisecond
	// followBytes is how much the server may send ahead.
	followBytes = 16 << 20
	// followHeartbeat is how often the server says that there is nothing.
	followHeartbeat = 2 * time.Second
)

// tail follows the log and holds its newest events: all that there are after base.
type tail struct {
	log      *Log
	maxBytes int

	followMu  sync.Mutex               // guards following and closed
	following jetstream.ConsumeContext // nil while nothing is followed
	closed    bool

	mu      sync.Mutex // guards all below
	entries []entry    // from head on
	head    int
	bytes   int
	base    uint64
	end     uint64        // the last message that came
	endTime time.Time     // when that was stored
	mark    mark          // as of when the connection was lost, until the stream has been looked at
	written uint64        // the last that was stored through this handle, and comes
	more    chan struct{} // closed when something comes; nil while nobody asked
	gone    []forgetting  // what was forgotten and may still come
}

// newTail makes the tail of a log that is in this state.
func newTail(l *Log, state jetstream.StreamState) *tail {
	last := state.LastSeq
	return &tail{log: l, maxBytes: int(min(maxTailBytes, l.options.MaxBytes/4)), base: last, end: last, endTime: state.LastTime, written: last}
}

// follow begins to take what comes, unless that is done already.
func (t *tail) follow(ctx context.Context) error {
	t.followMu.Lock()
	defer t.followMu.Unlock()
	if t.closed || t.following != nil {
		return nil
	}
	end, _ := t.last()
	consumer, err := t.log.stream.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: end + 1,
	})
	if err != nil {
		return err
	}
	following, err := consumer.Consume(t.take, jetstream.PullMaxBytes(followBytes), jetstream.PullHeartbeat(followHeartbeat),
		jetstream.ConsumeErrHandler(func(_ jetstream.ConsumeContext, err error) {
			t.log.store.options.Logger.Debug("the event log is followed again after an interruption", "error", err)
		}))
	if err == nil {
		t.following = following
	}
	return err
}

// unfollow ends following.
func (t *tail) unfollow() {
	t.followMu.Lock()
	defer t.followMu.Unlock()
	if t.following != nil {
		t.following.Stop()
		<-t.following.Closed()
		t.following = nil
	}
}

// close ends following for good.
func (t *tail) close() {
	t.followMu.Lock()
	t.closed = true
	t.followMu.Unlock()
	t.unfollow()
}

// restart has the log go on with other positions, in this state.
func (t *tail) restart(places *positions, state jetstream.StreamState) {
	last := state.LastSeq
	t.unfollow()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.restartLocked(last)
	t.end, t.endTime, t.written, t.gone, t.mark = last, state.LastTime, last, nil, mark{}
	t.log.places.Store(places)
	t.wakeLocked()
}

// take adds a message; the client library calls it with one after the other.
func (t *tail) take(m jetstream.Msg) {
	meta, err := m.Metadata()
	if err != nil {
		t.log.warn("a message without a sequence in the event log", slog.Any("error", err))
		return
	}
	e, err := t.log.entry(meta.Sequence.Stream, meta.Timestamp, m.Headers(), m.Data())
	if err != nil {
		t.log.warn("a message of the event log is left out", slog.Uint64("sequence", meta.Sequence.Stream), slog.Any("error", err))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if meta.Sequence.Stream <= t.end {
		return
	}
	if meta.Sequence.Stream > t.end+1 {
		t.restartLocked(meta.Sequence.Stream - 1)
	}
	t.end, t.endTime = meta.Sequence.Stream, meta.Timestamp
	switch {
	case err != nil:
	case !t.forgottenLocked(&e):
		t.pushLocked(e)
	case t.head == len(t.entries):
		t.rebaseLocked()
	}
	t.gone = slices.DeleteFunc(t.gone, func(f forgetting) bool { return f.last <= t.end })
	t.wakeLocked()
}

// restartLocked holds nothing up to base. What lies between the last message that came and base was deleted before it could come: whether
// readers have missed something the server knows.
func (t *tail) restartLocked(base uint64) {
	t.entries, t.head, t.bytes, t.base = nil, 0, 0, base
}

func (t *tail) wakeLocked() {
	if t.more != nil {
		close(t.more)
		t.more = nil
	}
}

func (t *tail) pushLocked(e entry) {
	if t.head > 64 && t.head > len(t.entries)/2 {
		n := copy(t.entries, t.entries[t.head:])
		clear(t.entries[n:])
		t.entries, t.head = t.entries[:n], 0
	}
	t.entries = append(t.entries, e)
	t.bytes += e.size()
	for t.bytes > t.maxBytes {
		t.dropLocked()
	}
}

// dropLocked gives up the oldest entry.
func (t *tail) dropLocked() {
	e := &t.entries[t.head]
	t.bytes -= e.size()
	*e = entry{}
	t.head++
	t.rebaseLocked()
}

// rebaseLocked is for after the oldest entries went. Others behind them may have gone before, so base is just before the first that is left:
// whether what lies before it is missed by a reader the server knows.
func (t *tail) rebaseLocked() {
	t.base = t.end
	if t.head < len(t.entries) {
		t.base = t.entries[t.head].seq - 1
	}
}

// stored notes that a message is in the log, so that who asks from now on waits until it has come.
func (t *tail) stored(seq uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.written = max(t.written, seq)
}

// last is the sequence of the last message that came, and a channel that is closed when there is another.
func (t *tail) last() (uint64, <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.more == nil {
		t.more = make(chan struct{})
	}
	return t.end, t.more
}

// catchUp waits until everything has come that was stored through this handle, which takes an instant. It fails where the server is away: what
// others store may be missing then.
func (t *tail) catchUp(ctx context.Context) error {
	if !t.log.store.conn.IsConnected() {
		return nats.ErrDisconnected
	}
	if _, interrupted := t.marked(); interrupted { // what stands where the end was may be something else now
		if err := t.log.renew(ctx); err != nil {
			return err
		}
	}
	t.mu.Lock()
	want, there := t.written, t.end >= t.written
	t.mu.Unlock()
	if there {
		return nil
	}
	ctx, cancel := context.WithTimeoutCause(ctx, followTimeout, errNotFollowed)
	defer cancel()
	again := time.NewTicker(followCheck)
	defer again.Stop()
	for {
		end, more := t.last()
		if end >= want {
			return nil
		}
		select {
		case <-more:
		case <-again.C:
			if err := t.skipGone(ctx, end, want); err != nil {
				return err
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// skipGone looks whether all messages after end and up to want were deleted before they came, so that none will.
func (t *tail) skipGone(ctx context.Context, end, want uint64) error {
	next, there, err := t.log.leaderNext(ctx, end+1, "")
	if err != nil || there && next <= want {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.end == end {
		t.restartLocked(want)
		t.end = want
		t.wakeLocked()
	}
	return nil
}

var errNotFollowed = errors.New("what was stored does not come back")

// read adds to the page what comes after from, and says up to where it looked; false where from is before what is held.
func (t *tail) read(p *page, from uint64) (next uint64, held bool) {
	now := time.Now().UnixNano()
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.head < len(t.entries) && t.entries[t.head].expires <= now {
		t.dropLocked()
	}
	if from < t.base {
		return 0, false
	}
	entries := t.entries[t.head:]
	next = from
	for i := sort.Search(len(entries), func(i int) bool { return entries[i].seq > from }); i < len(entries); i++ {
		e := &entries[i]
		if e.expires > now && !p.take(e) {
			return next, true
		}
		next = e.seq
	}
	return max(next, t.end), true
}
