package jetstream

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"maps"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"heliograph/domain"
	"heliograph/ports"
)

var _ ports.EventLog = (*Log)(nil)

// Defaults of LogOptions.
const (
	DefaultMaxAge      = 7 * 24 * time.Hour
	DefaultMaxBytes    = 1 << 30
	DefaultDedupWindow = time.Hour
)

// LogOptions are the bounds of a Log; the zero value has the defaults. They may change from one start to the next.
type LogOptions struct {
	// MaxAge is how long an event is retained at most (7 days).
	MaxAge time.Duration
	// MaxBytes bounds what the retained events take on disk, in bytes (1 GiB); the oldest go first.
	MaxBytes int64
	// MaxAgeOf shortens MaxAge for some kinds, to no less than a second.
	MaxAgeOf map[domain.EventKind]time.Duration
	// DedupWindow is how long a key is remembered (1 h), some 350 bytes of the server's memory each. At most MaxAge.
	DedupWindow time.Duration
}

func (o LogOptions) withDefaults() LogOptions {
	if o.MaxAge <= 0 {
		o.MaxAge = DefaultMaxAge
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	if o.DedupWindow <= 0 {
		o.DedupWindow = DefaultDedupWindow
	}
	o.DedupWindow = min(o.DedupWindow, o.MaxAge)
	return o
}

// Log is an event log in one stream. Its epoch stands in the stream's metadata and so ends with it. Where a stream
// is replaced Store.Run begins another epoch. Where it lost its end with the power the epoch goes on, with positions that nobody can have seen.
type Log struct {
	store    *Store
	options  LogOptions
	stream   jetstream.Stream
	blobs    ports.Blobs
	places   atomic.Pointer[positions]
	subjects subjects
	batches  atomic.Uint64 // to name them
	id       string        // of this handle, to name batches
	tail     *tail
	renewing chan struct{} // holds a value while somebody looks at the stream
	forgets  *nats.Subscription
}

// Log opens the event log, which is made where there is none. Close must follow.
func (s *Store) Log(ctx context.Context, options LogOptions) (*Log, error) {
	options = options.withDefaults()
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	l := &Log{store: s, options: options, subjects: subjects{s.options.Prefix}, id: rand.Text(), renewing: make(chan struct{}, 1)}
	var err error
	if l.blobs, err = s.Blobs(ctx, BlobsOptions{MaxAge: options.MaxAge, MaxBytes: options.MaxBytes}); err != nil {
		return nil, err
	}
	if l.stream, err = l.open(ctx); err == nil {
		err = l.jump(ctx)
	}
	if err != nil {
		return nil, failure(ctx, "open the event log", true, err)
	}
	info := l.stream.CachedInfo()
	places, err := positionsOf(info)
	if err != nil {
		return nil, err
	}
	l.places.Store(places)
	l.tail = newTail(l, info.State)
	if l.forgets, err = s.conn.Subscribe(l.subjects.forgotten(), l.tail.forgotten); err != nil {
		return nil, failure(ctx, "open the event log", true, err)
	}
	if err := l.tail.follow(ctx); err != nil {
		l.Close()
		return nil, failure(ctx, "open the event log", true, err)
	}
	s.watch(l)
	return l, nil
}

// open gives the stream, new or brought up to the options.
func (l *Log) open(ctx context.Context) (jetstream.Stream, error) {
	config := l.config()
	config.Metadata = map[string]string{epochKey: newEpoch()} // of a new one; one that is there keeps its own
	return l.store.stream(ctx, config)
}

// jump leaves positions out where the power's end may have taken the newest events: readers may have seen them.
func (l *Log) jump(ctx context.Context) error {
	if l.store.server == nil {
		return nil
	}
	return l.store.server.power.deal(func() (err error) {
		info := l.stream.CachedInfo()
		l.warn("the system has ended without a close of the store: up to 10 s of events may be lost", slog.Uint64("last", info.State.LastSeq))
		l.stream, err = l.jumpAt(ctx, info, info.State.LastSeq)
		return err
	})
}

// jumpAt leaves positions out after the event with this sequence.
func (l *Log) jumpAt(ctx context.Context, info *jetstream.StreamInfo, last uint64) (jetstream.Stream, error) {
	places, err := positionsOf(info)
	if err != nil {
		return nil, err
	}
	config := l.config()
	config.Metadata = maps.Clone(info.Config.Metadata)
	config.Metadata[jumpsKey] = places.withJump(last)
	return l.store.js.UpdateStream(ctx, config)
}

// name is the stream's.
func (l *Log) name() string { return l.store.options.Prefix + "-events" }

func (l *Log) config() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:               l.name(),
		Description:        "What heliograph received",
		Subjects:           []string{l.subjects.all()},
		Retention:          jetstream.LimitsPolicy,
		Discard:            jetstream.DiscardOld,
		Storage:            jetstream.FileStorage,
		Replicas:           l.store.options.Replicas,
		MaxAge:             l.options.MaxAge,
		MaxBytes:           l.options.MaxBytes,
		Duplicates:         l.options.DedupWindow,
		AllowDirect:        true,
		AllowMsgTTL:        true,
		AllowAtomicPublish: true,
	}
}

// newEpoch is random, never zero, in hexadecimal.
func newEpoch() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	b[7] |= 1
	return hex.EncodeToString(b[:])
}

// Close ends what the log does in the background. Its methods fail afterwards.
func (l *Log) Close() {
	l.store.unwatch(l)
	l.tail.close()
	if l.forgets != nil {
		_ = l.forgets.Unsubscribe() // fails where the connection is closed, which ends it too
	}
}

// Tail implements ports.EventLog.
func (l *Log) Tail(ctx context.Context) (domain.Cursor, <-chan struct{}, error) {
	if err := ctx.Err(); err != nil {
		return domain.Cursor{}, nil, failure(ctx, "tail", true, err)
	}
	if err := l.tail.catchUp(ctx); err != nil {
		return domain.Cursor{}, nil, failure(ctx, "tail", true, err)
	}
	places := l.places.Load()
	last, more := l.tail.last()
	return places.after(last), more, failure(ctx, "tail", true, l.renewed(places))
}

// Bounds implements ports.EventLog.
func (l *Log) Bounds(ctx context.Context) (before, last domain.Cursor, err error) {
	places := l.places.Load()
	state, err := l.state(ctx)
	if err == nil {
		err = l.renewed(places)
	}
	if err != nil {
		return domain.Cursor{}, domain.Cursor{}, failure(ctx, "bounds", true, err)
	}
	return places.after(state.FirstSeq - 1), places.after(state.LastSeq), nil
}

// state asks the server; FirstSeq is LastSeq+1 where nothing is retained.
func (l *Log) state(ctx context.Context) (jetstream.StreamState, error) {
	if err := ctx.Err(); err != nil {
		return jetstream.StreamState{}, err
	}
	info, err := l.stream.Info(ctx)
	if err != nil {
		return jetstream.StreamState{}, err
	}
	state := info.State
	if state.Msgs == 0 {
		state.FirstSeq = state.LastSeq + 1
	}
	return state, nil
}

// cursor is the position of the event with this sequence.
func (l *Log) cursor(seq uint64) domain.Cursor { return l.places.Load().at(seq) }

func (l *Log) warn(text string, attrs ...slog.Attr) {
	l.store.options.Logger.LogAttrs(context.Background(), slog.LevelWarn, text, attrs...)
}
