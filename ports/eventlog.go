package ports

import (
	"context"

	"heliograph/domain"
)

// EventLog keeps what was received, in order, for a bounded time or size.
type EventLog interface {
	// Append stores the batch in its order and sets the Cursor of each
	// event; an event whose Key was stored within the dedup window is left
	// out and keeps its zero Cursor, as does a double within the batch. The
	// log owns the events from then on. Appends of one account must not
	// overlap. Errors: Unavailable (nothing was stored; append the same again), TooLarge
	// (nothing was stored; one of these events can never be), OutcomeUnknown (all, some or nothing was stored; append the same
	// again: keys keep it single and the order as it was).
	Append(ctx context.Context, batch []*domain.Event) error
	// Read gives events after from that match filter, oldest first, at most
	// limit and at most 1 MiB of payload (but at least one event). It never
	// waits for events: an empty page means that there is nothing more now. What was appended through this
	// handle of the log is seen at once; what came through another one is when Tail tells of it.
	Read(ctx context.Context, filter domain.Filter, from domain.Cursor, limit int) (Page, error)
	// Tail is the cursor of the last stored event and a channel that is
	// closed when there are later ones. For an empty log it is the position
	// from which the first event will be read.
	Tail(ctx context.Context) (last domain.Cursor, more <-chan struct{}, err error)
	// ReadBack gives events up to and including until that match filter, newest first, at most limit and at most 1 MiB of
	// payload (but at least one event); from domain.Latest, the newest there are. It looks at a bounded number of events, so a page may be short or
	// empty before the oldest is reached: read on from Next while Done is false. A cursor of another epoch gives nothing and Done.
	ReadBack(ctx context.Context, filter domain.Filter, until domain.Cursor, limit int) (Past, error)
	// Forget deletes all events of account, for good; what readers have not got is gone as by retention. Keys are remembered all the
	// same, but perhaps not over a restart of the log. Events without an account have "".
	Forget(ctx context.Context, account domain.Account) error
	// Bounds are the position before the first retained event and the last one; equal when nothing is retained.
	Bounds(ctx context.Context) (before, last domain.Cursor, err error)
}

// Page is what EventLog.Read found.
type Page struct {
	Events []*domain.Event
	// Next is where to read on: past everything looked at, filtered events included.
	Next domain.Cursor
	// Gap is set when from lies before the first retained event: the range that is gone. Holes inside the
	// log are no gaps, nor is the start of one who asked for domain.Oldest.
	Gap *domain.Gap
	// Reset says that from was of another epoch; reading began at the oldest retained event.
	Reset bool
}

// Past is what EventLog.ReadBack found.
type Past struct {
	// Events are newest first.
	Events []*domain.Event
	// Next is where to read on, a position before everything looked at.
	Next domain.Cursor
	// Done says that nothing retained lies before Next.
	Done bool
}
