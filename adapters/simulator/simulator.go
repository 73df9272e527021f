package simulator

import (
	"maps"
	"sync"
	"sync/atomic"
)

// Simulator is one network with one signal-cli in front of it. All methods may be called from any
// goroutine.
type Simulator struct {
	opt     Options
	release release
	net     *network
	files   *attachmentStore
	links   *linkDesk
	script  atomic.Pointer[scriptState]

	// running counts drains and connections; closed ends them.
	running sync.WaitGroup
	closed  chan struct{}

	mu    sync.Mutex
	conns map[*conn]struct{}
	// nextSubscription is the process-wide counter of subscription ids.
	nextSubscription int
	requests         map[string]int

	outMu  sync.Mutex // one line at a time on Options.Out
	counts struct{ queued, delivered, lost atomic.Int64 }
}

// New makes a simulator. It starts no goroutine until it is used; Close ends what it started.
func New(opt Options) *Simulator {
	demo := opt.Accounts == nil && opt.Groups == nil
	opt = opt.withDefaults()
	s := &Simulator{
		opt: opt, release: parseRelease(opt.Version), net: newNetwork(),
		files: newAttachmentStore(opt.ConfigDir), links: newLinkDesk(),
		closed: make(chan struct{}), conns: map[*conn]struct{}{}, requests: map[string]int{},
	}
	s.net.byACI = s.release >= release0_14_6
	s.SetScript(opt.Script)
	for _, a := range opt.Accounts {
		added := newAccount(a, s.now())
		s.net.add(added)
		if !added.loaded {
			// A phone reads what it gets, so that its delivery receipts come back.
			added.inbox.receivers = []*receiver{{bare: true}}
		}
	}
	for _, g := range opt.Groups {
		s.net.addGroup(newGroup(g, s.net))
	}
	if demo {
		s.net.install(demoPack())
	}
	if opt.ReceiveMode == ReceiveOnStart {
		for _, a := range s.net.loaded() {
			a.inbox.receivers = []*receiver{{bare: true}}
		}
	}
	return s
}

// Close cuts all connections and returns when every goroutine has ended.
func (s *Simulator) Close() {
	s.mu.Lock()
	select {
	case <-s.closed:
	default:
		close(s.closed)
	}
	s.mu.Unlock()
	s.Drop()
	s.running.Wait()
}

// begin counts a goroutine that Close waits for; false when the simulator is closed.
func (s *Simulator) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.closed:
		return false
	default:
		s.running.Add(1)
		return true
	}
}

// Drop cuts all connections, as a crash would. Listeners stay.
func (s *Simulator) Drop() {
	s.mu.Lock()
	conns := maps.Clone(s.conns)
	s.mu.Unlock()
	for c := range conns {
		c.cut()
	}
}

// Connections returns how many connections are open.
func (s *Simulator) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}

// Counts tells what happened so far.
type Counts struct {
	// Requests is how often each method arrived, answered or not.
	Requests map[string]int
	// Queued messages reached the server for some account, receipts included. Delivered ones were
	// fetched by it, Lost ones fell out of a full queue.
	Queued, Delivered, Lost int64
}

// Sent returns what happened so far.
func (s *Simulator) Sent() Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Counts{
		Requests: maps.Clone(s.requests), Queued: s.counts.queued.Load(),
		Delivered: s.counts.delivered.Load(), Lost: s.counts.lost.Load(),
	}
}

// Numbers lists the accounts that signal-cli holds.
func (s *Simulator) Numbers() []string {
	s.net.mu.RLock()
	defer s.net.mu.RUnlock()
	var out []string
	for _, a := range s.net.loaded() {
		out = append(out, a.number)
	}
	return out
}

func (s *Simulator) now() int64 { return s.opt.Clock().UnixMilli() }

// lookup finds an account by number or UUID.
func (s *Simulator) lookup(id string) *account {
	s.net.mu.RLock()
	defer s.net.mu.RUnlock()
	if a := s.net.byNumber[id]; a != nil {
		return a
	}
	return s.net.byUUID[id]
}

func (s *Simulator) subscriptionID() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.nextSubscription++
	return s.nextSubscription - 1
}
