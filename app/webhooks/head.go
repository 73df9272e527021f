package webhooks

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"heliograph/domain"
	"heliograph/ports"
)

// head is the one reader of the hub for all webhooks that are not behind. Its lock comes before those of dispatchers.
type head struct {
	// open says that it reads; position is then the last event that was offered. It changes under the lock, and is looked at without.
	open atomic.Bool

	mu       sync.Mutex // guards all below
	position domain.Cursor
	// Those that are called, by what they want: all accounts, or some.
	everyone []*dispatcher
	accounts map[domain.Account][]*dispatcher
	wanted   []domain.Account // nil for all accounts
	// changed is closed when what is wanted is not what is read; cancel then ends the reading.
	changed chan struct{}
	cancel  context.CancelFunc // nil before the first
}

func newHead() *head { return &head{changed: make(chan struct{})} }

// set says who is called. Those that are called no more have left before.
func (h *head) set(called []*dispatcher) {
	everyone, accounts := []*dispatcher{}, map[domain.Account][]*dispatcher{}
	for _, d := range called {
		d.mu.Lock()
		of := d.hook.Accounts
		d.mu.Unlock()
		if len(of) == 0 {
			everyone = append(everyone, d)
		}
		for _, account := range of {
			accounts[account] = append(accounts[account], d)
		}
	}
	var wanted []domain.Account
	if len(everyone) == 0 {
		wanted = make([]domain.Account, 0, len(accounts))
		for account := range accounts {
			wanted = append(wanted, account)
		}
		slices.Sort(wanted)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	same := slices.Equal(h.wanted, wanted) && (h.wanted == nil) == (wanted == nil) && h.everyone != nil
	if !same { // what was read up to here says nothing about those who want something else
		h.dismissLocked()
		h.open.Store(false)
	}
	h.everyone, h.accounts, h.wanted = everyone, accounts, wanted
	if !same {
		close(h.changed)
		h.changed = make(chan struct{})
		if h.cancel != nil {
			h.cancel()
		}
	}
}

// join makes d live if there is nothing between it and the head.
func (h *head) join(d *dispatcher) {
	h.mu.Lock()
	defer h.mu.Unlock()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.live = h.open.Load() && d.workingLocked() && d.read.Epoch == h.position.Epoch && d.read.Seq >= h.position.Seq
}

// leave makes d live no more.
func (h *head) leave(d *dispatcher) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.leaveLocked(d)
}

func (h *head) leaveLocked(d *dispatcher) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.live {
		d.read, d.live = later(d.read, h.position), false
	}
}

// at is the position that counts for those that are live.
func (h *head) at() domain.Cursor {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.position
}

// run reads until ctx or the subscription ends.
func (h *head) run(ctx context.Context, s *Service) error {
	for {
		h.mu.Lock()
		wanted, changed, known := h.wanted, h.changed, h.everyone != nil
		h.mu.Unlock()
		if !known || wanted != nil && len(wanted) == 0 {
			select {
			case <-changed:
				continue
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if err := h.read(ctx, s, wanted, changed); err != nil {
			return err
		}
	}
}

// read reads for accounts until something else is wanted.
func (h *head) read(ctx context.Context, s *Service, accounts []domain.Account, changed <-chan struct{}) error {
	filter := domain.Filter{Accounts: accounts}
	if len(accounts) == 1 {
		filter = domain.Filter{Account: accounts[0]}
	}
	last, err := s.tail(ctx)
	if err != nil {
		return err
	}
	stream, err := s.subscription.Subscribe(ctx, ports.Reader{Transport: "webhook", Name: "webhooks", Filter: filter, From: last})
	if err != nil {
		return err
	}
	defer stream.Stop()
	reading, cancel := context.WithCancel(ctx)
	defer cancel()
	if !h.begin(last, changed, cancel) {
		return nil
	}
	defer h.end()
	s.scheduleAll()
	var batch [batchEvents]*domain.Event
	for {
		n, err := stream.Next(reading, batch[:])
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case reading.Err() != nil:
			return nil
		case err != nil:
			return err
		}
		for _, d := range h.publish(batch[:n]) {
			d.schedule()
		}
		clear(batch[:n])
	}
}

// begin opens the head, unless something else is wanted by now.
func (h *head) begin(at domain.Cursor, changed <-chan struct{}, cancel context.CancelFunc) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if (<-chan struct{})(h.changed) != changed {
		return false
	}
	h.position, h.cancel = at, cancel
	h.open.Store(true)
	return true
}

// end puts all who are live where the head was.
func (h *head) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.dismissLocked()
	h.open.Store(false)
}

func (h *head) dismissLocked() {
	if !h.open.Load() {
		return // nobody is live
	}
	for _, d := range h.everyone {
		h.leaveLocked(d)
	}
	for _, of := range h.accounts {
		for _, d := range of {
			h.leaveLocked(d)
		}
	}
}

// publish offers events and gives those who have something to do.
func (h *head) publish(events []*domain.Event) (work []*dispatcher) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.open.Load() {
		return nil
	}
	to := events[len(events)-1].Cursor
	for _, e := range events {
		if e.Kind == domain.KindGap || e.Kind == domain.KindReset {
			h.dismissLocked() // each finds out for itself what is gone
			h.position = to
			return slices.Concat(h.everyone, slices.Concat(h.lists()...))
		}
	}
	offer := func(of []*dispatcher) {
		for _, d := range of {
			if d.offer(events, h.position, to) {
				work = append(work, d)
			}
		}
	}
	offer(h.everyone)
	if len(h.accounts) > 0 {
		for i, e := range events {
			if of := h.accounts[e.Account]; of != nil && !slices.ContainsFunc(events[:i], func(o *domain.Event) bool { return o.Account == e.Account }) {
				offer(of)
			}
		}
	}
	h.position = to
	return work
}

func (h *head) lists() (lists [][]*dispatcher) {
	for _, of := range h.accounts {
		lists = append(lists, of)
	}
	return lists
}
