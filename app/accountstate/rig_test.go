package accountstate_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/goleak"
	"golang.org/x/sync/errgroup"

	"heliograph/adapters/memkv"
	"heliograph/adapters/memlog"
	"heliograph/app/accountstate"
	"heliograph/app/receiving"
	"heliograph/domain"
	"heliograph/ports"
	"heliograph/test/fake"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const alice, bob domain.Account = "+15550100001", "+15550100002"

// backend is signal-cli as a test wants it: its accounts, and how it answers.
type backend struct {
	mu      sync.Mutex // guards all below
	list    []domain.Account
	lists   int
	err     error // of lists and other calls
	health  ports.BackendHealth
	linking chan domain.Account // who scans a link
	outcome error               // of the next sends and polls
	result  domain.SendResult
}

func (b *backend) set(change func(*backend)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	change(b)
}

func (b *backend) Health(context.Context) ports.BackendHealth {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.health
}

func (b *backend) List(context.Context) ([]domain.Account, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lists++
	return slices.Clone(b.list), b.err
}

func (b *backend) answer() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

func (b *backend) Register(context.Context, domain.Account, ports.RegisterOptions) error {
	return b.answer()
}
func (b *backend) Verify(context.Context, domain.Account, string, string) error { return b.answer() }
func (b *backend) Unregister(context.Context, domain.Account, bool) error       { return b.answer() }
func (b *backend) DeleteLocalData(context.Context, domain.Account, bool) error  { return b.answer() }
func (b *backend) StartLink(context.Context, string) (ports.PendingLink, error) {
	return b, b.answer()
}
func (b *backend) URI() string { return "sgnl://linkdevice?uuid=a" }
func (b *backend) Close()      {}
func (b *backend) Wait(ctx context.Context) (domain.Account, error) {
	select {
	case account := <-b.linking:
		return account, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (b *backend) Send(context.Context, domain.Account, domain.Outgoing) (domain.SendResult, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.result, b.outcome
}

func (b *backend) Poll(context.Context, domain.Account, ports.PollOptions, func([]byte) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.outcome
}

// settings are an account's settings of which only challenges matter.
type settings struct {
	ports.AccountSettings
	err error
}

func (s settings) SubmitChallenge(context.Context, domain.Account, string, string) error {
	return s.err
}

// store is a KeyValue with faults, in front of one that works.
type store struct {
	ports.KeyValue
	mu  sync.Mutex // guards all below
	err error
	put bool // err is of Put only, after it was done
}

func (s *store) fail(err error, put bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err, s.put = err, put
}

// fault is what a call ends with; done says that it is carried out all the same.
func (s *store) fault(put bool) (err error, done bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.put && !put {
		return nil, true
	}
	return s.err, s.put
}

func (s *store) List(ctx context.Context, space string) ([]ports.Entry, error) {
	if err, _ := s.fault(false); err != nil {
		return nil, err
	}
	return s.KeyValue.List(ctx, space)
}

func (s *store) Get(ctx context.Context, space, key string) (ports.Entry, error) {
	if err, _ := s.fault(false); err != nil {
		return ports.Entry{}, err
	}
	return s.KeyValue.Get(ctx, space, key)
}

func (s *store) Put(ctx context.Context, space, key string, value []byte, revision uint64) (uint64, error) {
	err, done := s.fault(true)
	if err != nil && !done {
		return 0, err
	}
	next, failed := s.KeyValue.Put(ctx, space, key, value, revision)
	if err != nil {
		return 0, err
	}
	return next, failed
}

// rig is one life of a gateway: what a test changes, and what it looks at.
type rig struct {
	t         *testing.T
	backend   *backend
	log       *fake.EventLog
	store     *store
	receiving *receiving.Service
	facts     *accountstate.Facts
	service   *accountstate.Service
	accounts  ports.Accounts
	sender    ports.Sender
	stop      func()
}

// newRig is a gateway that has not begun, with one account.
func newRig(t *testing.T) *rig {
	return &rig{
		t: t, backend: &backend{list: []domain.Account{alice}, health: ports.BackendHealth{Version: "0.14.6"}, linking: make(chan domain.Account)},
		log: fake.NewEventLog(memlog.New(memlog.Options{})), store: &store{KeyValue: memkv.New()},
	}
}

// begin starts a life on the log, store and backend of r; with settle, what there is to tell at its start was told when it returns.
func (r *rig) begin(options accountstate.Options) *rig {
	r.t.Helper()
	r.receiving = receiving.New(r.log, memkv.New(), nil, receiving.Options{BufferBytes: 4000})
	r.facts = accountstate.NewFacts()
	r.accounts, r.sender = r.facts.Accounts(r.backend), r.facts.Sender(r.backend)
	r.service = accountstate.New(r.facts, r.accounts, r.backend, r.store, r.receiving, options)
	ctx, cancel := context.WithCancel(context.Background())
	var group errgroup.Group
	group.Go(func() error { return r.receiving.Run(ctx) })
	states, cancelStates := context.WithCancel(ctx)
	ended := make(chan struct{})
	group.Go(func() error {
		defer close(ended)
		if err := r.service.Run(states); !errors.Is(err, context.Canceled) {
			r.t.Errorf("Run: %v", err)
		}
		return nil
	})
	r.stop = sync.OnceFunc(func() {
		cancelStates()
		<-ended
		cancel()
		_ = group.Wait() // it ends with its context
	})
	r.t.Cleanup(r.stop)
	return r
}

// settle lets some seconds pass, less than anything that waits for its time takes.
func settle() {
	time.Sleep(3 * time.Second)
	synctest.Wait()
}

func (r *rig) status(account domain.Account) domain.AccountStatus {
	r.t.Helper()
	report, err := r.service.Status(r.t.Context(), account)
	if err != nil {
		r.t.Fatalf("status of %s: %v", account.Short(), err)
	}
	return report.AccountStatus
}

// wantState demands a state, of alice.
func (r *rig) wantState(want domain.AccountState) domain.AccountStatus {
	r.t.Helper()
	got := r.status(alice)
	if got.State != want {
		r.t.Fatalf("the account is %s, want %s", got.State, want)
	}
	return got
}

// told gives what readers were told of account, in order.
func (r *rig) told(account domain.Account) []domain.AccountState {
	r.t.Helper()
	states := []domain.AccountState{}
	page, err := r.log.Read(context.Background(), domain.Filter{Account: account, Kinds: []domain.EventKind{domain.KindAccount}}, domain.Oldest, 1000)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, e := range page.Events {
		var payload struct {
			Account      domain.Account
			AccountState domain.AccountStatus
		}
		if err := json.Unmarshal(e.Payload, &payload); err != nil || payload.Account != account {
			r.t.Fatalf("told %s, %v", e.Payload, err)
		}
		states = append(states, payload.AccountState.State)
	}
	return states
}

func (r *rig) wantTold(account domain.Account, want ...domain.AccountState) {
	r.t.Helper()
	if diff := cmp.Diff(want, r.told(account), cmpopts.EquateEmpty()); diff != "" {
		r.t.Fatalf("told of %s: %s", account.Short(), diff)
	}
}

// send sends out, with the outcome that the test wants.
func (r *rig) send(out domain.Outgoing, outcome error) {
	r.t.Helper()
	r.backend.set(func(b *backend) { b.outcome = outcome })
	if _, err := r.sender.Send(r.t.Context(), alice, out); !errors.Is(err, outcome) {
		r.t.Fatalf("the outcome became %v", err)
	}
}

func down(kind domain.Kind) func(*backend) {
	return func(b *backend) {
		b.err = domain.Errorf(kind, "", "told to fail")
		b.health = ports.BackendHealth{Err: b.err}
	}
}

func up(version string) func(*backend) {
	return func(b *backend) { b.err, b.health = nil, ports.BackendHealth{Version: version} }
}
