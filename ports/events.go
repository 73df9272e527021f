package ports

import (
	"context"
	"time"

	"heliograph/domain"
)

// Events is the driving port for those who ask about received events in single requests.
type Events interface {
	// Poll gives events that come after the reader's place and match its filter, oldest first, at most limit (1 MiB of payload
	// at most, but at least one). With nothing there it waits up to timeout. A named reader's place does not move: ask again with Resume and
	// Page.Next to say that the page was dealt with.
	Poll(ctx context.Context, reader Reader, limit int, timeout time.Duration) (Page, error)
	// History gives events up to and including until, newest first, at most limit (1 MiB of payload at most, but at least one); from
	// domain.Latest, the newest. It looks at a bounded number of events, so it may give fewer before Done.
	History(ctx context.Context, filter domain.Filter, until domain.Cursor, limit int) (Past, error)
	// Forget deletes all kept events of account, and the places of its readers and its drain. It may be called again after a failure.
	Forget(ctx context.Context, account domain.Account) error
	// ListReaders lists the named readers, by account and name.
	ListReaders(ctx context.Context) ([]ReaderState, error)
	// DeleteReader forgets a name. A reader of it that is open goes on, and remembers anew with its next Ack. NotFound where there is none.
	DeleteReader(ctx context.Context, name domain.ReaderName) error
}

// ReaderState is how far a named reader is.
type ReaderState struct {
	Name    domain.ReaderName
	Cursor  domain.Cursor
	Updated time.Time
	// Behind is how many events of all accounts and kinds were stored after Cursor, so the most that the reader can be behind; negative where
	// Cursor is of another epoch.
	Behind int64
}
