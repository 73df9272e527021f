package webhooks

import (
	"math/rand/v2"
	"time"

	"heliograph/domain"
)

// laneKey is a conversation: of an account, the group, or else the sender.
type laneKey struct {
	account domain.Account
	group   domain.GroupID
	source  string
}

func laneOf(e *domain.Event) laneKey {
	if !e.Group.IsZero() {
		return laneKey{account: e.Account, group: e.Group}
	}
	return laneKey{account: e.Account, source: e.Source}
}

// filter chooses the events of the lane, and perhaps some more.
func (k laneKey) filter() domain.Filter {
	f := domain.Filter{Account: k.account}
	if !k.group.IsZero() {
		f.Groups = []domain.GroupID{k.group}
	} else if k.source != "" {
		f.Senders = []string{k.source}
	}
	return f
}

// lane is a conversation of a webhook while there is something to do for it. One that nothing happened to gets its events from the
// webhook's reading (pending) and stands where the webhook's cursor is. One that is own has a position of its own, which is kept.
type lane struct {
	key laneKey
	// pending are events to be delivered, in order; current is being delivered.
	pending []*domain.Event
	current *domain.Event
	busy    bool
	listed  bool // in the dispatcher's list of those that are ready

	// own: everything up to done was dealt with, whatever the webhook's cursor says.
	own  bool
	done domain.Cursor
	// behind: the webhook's reading passes its events over, the last of them at last. It reads them from the log itself; those up to
	// fed are pending or dealt with.
	behind    bool
	fed, last domain.Cursor
	// covered: the recovery that is going on feeds it.
	covered bool

	// waiting: its first event failed and is tried again at next.
	waiting bool
	next    time.Time
	// attempts counts those at that event, fails those since the last success; since is when the lane began to fail, zero after a success.
	attempts, fails int
	since           time.Time
	// received is when that event was.
	received domain.Timestamp
}

// before is the position in front of the event at c.
func before(c domain.Cursor) domain.Cursor {
	c.Seq--
	return c
}

// later is the later of two positions of one log.
func later(a, b domain.Cursor) domain.Cursor {
	if a.Seq < b.Seq {
		return b
	}
	return a
}

// first is the first event that is in memory and not dealt with; nil for none.
func (l *lane) first() *domain.Event {
	switch {
	case l.current != nil:
		return l.current
	case len(l.pending) > 0:
		return l.pending[0]
	}
	return nil
}

// pause is the time before the next attempt after fails of them, half of it by chance.
func pause(fails int, most time.Duration) time.Duration {
	d := most
	if shift := fails - 1; shift < 30 && minPause<<shift < most {
		d = minPause << shift
	}
	return d/2 + rand.N(d/2+1)
}
