package wsapi

import (
	"sync"

	"heliograph/domain"
	"heliograph/ports"
)

// window is how many messages may be on their way to a client that acknowledges each.
const window = 256

// acks is what was sent on a connection and what of it is acknowledged. Whatever the peer says, it holds one cursor to remember, one
// complaint, and a window of cursors. A nil acks is of a reader without a name, which acknowledges nothing.
type acks struct {
	mode ports.AckMode
	// listening says that what the peer writes means something.
	listening bool
	// named says that there is a place to move.
	named bool
	// oneByOne: the peer gets no cursors, so it acknowledges one message after the other.
	oneByOne bool
	gaps     bool          // notices of losses are messages too
	more     chan struct{} // a token when there is something to take
	freed    chan struct{} // a token when the window has room again

	mu    sync.Mutex // guards all below
	last  domain.Cursor
	open  []domain.Cursor // of messages that are not acknowledged, where that is one by one
	due   domain.Cursor   // to be remembered
	isDue bool
	fault *fault // to be told to the peer
}

func newAcks(options ports.SocketOptions, named bool) *acks {
	return &acks{
		mode: options.Ack, listening: options.Ack == ports.AckExplicit || options.Events && !named, named: named,
		oneByOne: options.Ack == ports.AckExplicit && !options.Events, gaps: options.Gaps,
		more: make(chan struct{}, 1), freed: make(chan struct{}, 1),
	}
}

// listens reports whether what the peer writes means something.
func (a *acks) listens() bool { return a != nil && a.listening }

// room is how many of limit events may be sent now. With none, freed tells when to ask again.
func (a *acks) room(limit int) (room int, freed <-chan struct{}) {
	if a == nil || !a.oneByOne {
		return limit, nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return min(limit, window-len(a.open)), a.freed
}

// sending notes events that will be written next: the peer may acknowledge them before the write has returned.
func (a *acks) sending(batch []*domain.Event) {
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.last = batch[len(batch)-1].Cursor
	if !a.oneByOne {
		return
	}
	for _, e := range batch {
		if a.gaps || !isLoss(e) {
			a.open = append(a.open, e.Cursor)
		}
	}
}

// sent notes that everything up to c was written.
func (a *acks) sent(c domain.Cursor) {
	if a == nil || !a.named || a.mode == ports.AckExplicit {
		return
	}
	a.mu.Lock()
	a.due, a.isDue = c, true
	a.mu.Unlock()
	wake(a.more)
}

// hear takes what the peer wrote.
func (a *acks) hear(message []byte) {
	said, err := parseAck(message)
	a.mu.Lock()
	defer a.mu.Unlock()
	if err == nil {
		err = a.acknowledgeLocked(said)
	}
	if err != nil {
		a.fault = faultOf(err)
	}
	wake(a.more)
}

func (a *acks) acknowledgeLocked(said ack) error {
	switch {
	case !a.named:
		return domain.Errorf(domain.Invalid, "", "only a reader with a name can acknowledge: reader=NAME")
	case a.oneByOne && !said.oldest:
		return domain.Errorf(domain.Invalid, "", `messages without a cursor are acknowledged one by one: {"ack":true}`)
	case said.oldest && !a.oneByOne:
		return domain.Errorf(domain.Invalid, "", `acknowledge with a cursor: {"ack":"CURSOR"}`)
	case said.oldest && len(a.open) == 0:
		return domain.Errorf(domain.Invalid, "", "every message is acknowledged already")
	case said.oldest:
		said.cursor = a.open[0]
		a.open = a.open[1:]
		wake(a.freed)
	case said.cursor.Epoch != a.last.Epoch || said.cursor.Seq > a.last.Seq:
		return domain.Errorf(domain.Invalid, "", "the cursor is none that was sent on this connection")
	}
	if !a.isDue || a.due.Epoch != said.cursor.Epoch || a.due.Seq < said.cursor.Seq {
		a.due, a.isDue = said.cursor, true
	}
	return nil
}

// take gives what is to be done; isDue says whether there is a cursor.
func (a *acks) take() (due domain.Cursor, isDue bool, fault *fault) {
	a.mu.Lock()
	defer a.mu.Unlock()
	due, isDue, fault = a.due, a.isDue, a.fault
	a.isDue, a.fault = false, nil
	return due, isDue, fault
}

// putBack makes due what could not be remembered, unless something later is.
func (a *acks) putBack(c domain.Cursor) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.isDue {
		a.due, a.isDue = c, true
	}
	wake(a.more)
}

// wake puts a token into c, if there is none.
func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
