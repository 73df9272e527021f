package fake

import (
	"context"
	"sync"

	"heliograph/domain"
	"heliograph/ports"
)

var _ ports.EventLog = (*EventLog)(nil)

// EventLog is an event log with faults, in front of one that works. Without a fault it is that one.
type EventLog struct {
	inner ports.EventLog

	mu         sync.Mutex    // guards all below
	stalled    chan struct{} // appends wait for it
	unreadable chan struct{} // reads wait for it
	failAppend []fault
	failRead   []error
	appends    int
}

// fault is what becomes of one append.
type fault struct {
	err    error
	stored bool // all the same
}

// NewEventLog makes one without faults.
func NewEventLog(inner ports.EventLog) *EventLog { return &EventLog{inner: inner} }

// Stall makes appends wait until release is called, or their context ends; they store nothing then.
func (l *EventLog) Stall() (release func()) {
	stalled := make(chan struct{})
	l.mu.Lock()
	l.stalled = stalled
	l.mu.Unlock()
	return sync.OnceFunc(func() {
		l.mu.Lock()
		l.stalled = nil
		l.mu.Unlock()
		close(stalled)
	})
}

// StallReads makes calls of Read wait until release is called, or their context ends.
func (l *EventLog) StallReads() (release func()) {
	stalled := make(chan struct{})
	l.mu.Lock()
	l.unreadable = stalled
	l.mu.Unlock()
	return sync.OnceFunc(func() {
		l.mu.Lock()
		l.unreadable = nil
		l.mu.Unlock()
		close(stalled)
	})
}

// FailAppends makes the next n appends store nothing and fail with kind.
func (l *EventLog) FailAppends(n int, kind domain.Kind) {
	l.plan(n, fault{err: domain.Errorf(kind, "append", "told to fail")})
}

// PassAppends lets the next n appends be before the next fault comes.
func (l *EventLog) PassAppends(n int) { l.plan(n, fault{}) }

// DropAcknowledgements makes the next n appends store and fail with OutcomeUnknown.
func (l *EventLog) DropAcknowledgements(n int) {
	l.plan(n, fault{err: domain.Errorf(domain.OutcomeUnknown, "append", "acknowledgement lost"), stored: true})
}

func (l *EventLog) plan(n int, f fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for range n {
		l.failAppend = append(l.failAppend, f)
	}
}

// FailReads makes the next n calls of Read, Tail or Bounds fail with kind.
func (l *EventLog) FailReads(n int, kind domain.Kind) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for range n {
		l.failRead = append(l.failRead, domain.Errorf(kind, "read", "told to fail"))
	}
}

// Appends is how many were attempted.
func (l *EventLog) Appends() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.appends
}

// Append implements ports.EventLog.
func (l *EventLog) Append(ctx context.Context, batch []*domain.Event) error {
	l.mu.Lock()
	l.appends++
	stalled := l.stalled
	var f fault
	if len(l.failAppend) > 0 {
		f, l.failAppend = l.failAppend[0], l.failAppend[1:]
	}
	l.mu.Unlock()
	if err := await(ctx, stalled, "append"); err != nil {
		return err
	}
	if f.err != nil && !f.stored {
		return f.err
	}
	if err := l.inner.Append(ctx, batch); err != nil {
		return err
	}
	return f.err
}

// await waits for the end of a stall, if there is one.
func await(ctx context.Context, stalled <-chan struct{}, op string) error {
	if stalled == nil {
		return nil
	}
	select {
	case <-stalled:
		return nil
	case <-ctx.Done():
		return &domain.Error{Op: op, Kind: domain.KindOf(ctx.Err()), Err: ctx.Err()}
	}
}

func (l *EventLog) readFault() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.failRead) == 0 {
		return nil
	}
	err := l.failRead[0]
	l.failRead = l.failRead[1:]
	return err
}

// Read implements ports.EventLog.
func (l *EventLog) Read(ctx context.Context, filter domain.Filter, from domain.Cursor, limit int) (ports.Page, error) {
	if err := l.readFault(); err != nil {
		return ports.Page{}, err
	}
	l.mu.Lock()
	stalled := l.unreadable
	l.mu.Unlock()
	if err := await(ctx, stalled, "read"); err != nil {
		return ports.Page{}, err
	}
	return l.inner.Read(ctx, filter, from, limit)
}

// Tail implements ports.EventLog.
func (l *EventLog) Tail(ctx context.Context) (domain.Cursor, <-chan struct{}, error) {
	if err := l.readFault(); err != nil {
		return domain.Cursor{}, nil, err
	}
	return l.inner.Tail(ctx)
}

// Bounds implements ports.EventLog.
func (l *EventLog) Bounds(ctx context.Context) (before, last domain.Cursor, err error) {
	if err := l.readFault(); err != nil {
		return domain.Cursor{}, domain.Cursor{}, err
	}
	return l.inner.Bounds(ctx)
}

// ReadBack implements ports.EventLog.
func (l *EventLog) ReadBack(ctx context.Context, filter domain.Filter, until domain.Cursor, limit int) (ports.Past, error) {
	if err := l.readFault(); err != nil {
		return ports.Past{}, err
	}
	return l.inner.ReadBack(ctx, filter, until, limit)
}

// Forget implements ports.EventLog.
func (l *EventLog) Forget(ctx context.Context, account domain.Account) error {
	return l.inner.Forget(ctx, account)
}
