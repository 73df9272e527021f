package ports

import (
	"context"

	"heliograph/domain"
)

// Subscription is where received events are read.
type Subscription interface {
	// Subscribe opens a reader. Events that were stored after reader.From
	// and match its filter come out of the Stream exactly once, in the
	// order of the log (per account: the order of their arrival). No reader delays another, nor the
	// publisher. It fails with Unavailable once shutdown has begun. The
	// stream outlives ctx, which bounds the opening only.
	Subscribe(ctx context.Context, reader Reader) (Stream, error)
}

// Reader describes an open subscription.
type Reader struct {
	// Transport is a metric's label from a closed set: websocket, sse, poll, webhook, function.
	Transport string
	// Name is for logs, numbers shortened. May be empty.
	Name   string
	Filter domain.Filter
	// From is where to start: a cursor handed out earlier, domain.Oldest or domain.Latest.
	From domain.Cursor
	// Remember makes it a named reader: the gateway remembers under this name how far it came (Stream.Ack), and From counts only
	// the first time. Two open readers of one name get everything each, and the name stands where the further one is. Who has a
	// filter should have a name for it alone. Empty: nothing is remembered.
	Remember string
	// Resume says that a named reader knows its place itself: it starts at From, a cursor handed out earlier, and everything up to there was
	// dealt with, as by Ack. A cursor of another epoch, or one that is not in the log yet, is read from but not remembered.
	Resume bool
}

// Stream is one reader's side of a subscription. Next belongs to one
// goroutine; Ack and Stop may be called from anywhere, any number of times.
type Stream interface {
	// Next blocks until there is at least one event, then fills into with as
	// many as are ready, and says how many. An event of kind KindGap says that
	// the range in it was lost to this reader (retention), KindReset that the
	// cursor was of another epoch and reading continues at the oldest
	// retained event. Events are shared: they must not be changed.
	// Errors: Canceled or Timeout when ctx ends (nothing is lost, Next may be called
	// again), Unavailable after Stop or shutdown.
	Next(ctx context.Context, into []*domain.Event) (int, error)
	// Ack says that everything up to c was dealt with. It moves a named
	// reader, never backwards, and has been remembered when it returns; for others it does nothing. Unlike Next it may be called from
	// a goroutine of its own. Errors: Invalid for a cursor that is no position of this stream, and those of KeyValue, after which it may be called again.
	Ack(ctx context.Context, c domain.Cursor) error
	// Stop ends the reader; a blocked Next returns.
	Stop()
}

// Readership tells for which accounts somebody is reading, so that a backend that must be asked
// for messages is asked only then.
type Readership interface {
	// Readers is a snapshot: all says that a reader without account filter exists, accounts
	// are those named by filters. changed is closed at the next change.
	Readers() (all bool, accounts []domain.Account, changed <-chan struct{})
}
