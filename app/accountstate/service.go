package accountstate

import (
	"context"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"heliograph/domain"
	"heliograph/ports"
)

// Defaults of Options.
const (
	DefaultCheckInterval = 10 * time.Second
	DefaultDownAfter     = 10 * time.Second
	DefaultStartGrace    = time.Minute
)

// Pauses and bounds.
const (
	// againAfter is the pause before a look or a word to the store that failed is tried again.
	againAfter = 2 * time.Second
	// soon is the pause before another look whether a change is in the log.
	soon = 200 * time.Millisecond
	// callTimeout bounds each call to backend and store.
	callTimeout = 10 * time.Second
	// askedFor is how long a list that Status asked for counts.
	askedFor = time.Minute
)

// Options shape a Service; the zero value has the defaults.
type Options struct {
	// ListCosts says that each list of accounts is a process of the backend. It is asked for only when Status cannot do without.
	ListCosts bool
	// CheckInterval is the pause between two looks at the backend (10 s).
	CheckInterval time.Duration
	// DownAfter is how long the backend may not answer before it counts as down (10 s), StartGrace the same before its first answer (1 min).
	DownAfter, StartGrace time.Duration
	// Logger gets changes, with shortened numbers; nil for none.
	Logger *slog.Logger
}

func (o Options) withDefaults() Options {
	for _, d := range []struct {
		value *time.Duration
		or    time.Duration
	}{{&o.CheckInterval, DefaultCheckInterval}, {&o.DownAfter, DefaultDownAfter}, {&o.StartGrace, DefaultStartGrace}} {
		if *d.value <= 0 {
			*d.value = d.or
		}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// Receiving is what a Service asks of the receiving side.
type Receiving interface {
	// Announce puts an event behind what was received for its account, without waiting. The channel is closed once it is stored.
	Announce(e *domain.Event) (stored <-chan struct{}, err error)
	// LastEventOf is when something was received for account last, zero where that is not known.
	LastEventOf(ctx context.Context, account domain.Account) time.Time
}

// Service implements ports.AccountStates. Run must be running for changes to be noticed and told.
type Service struct {
	facts     *Facts
	accounts  ports.Accounts
	backend   ports.Backend
	receiving Receiving
	options   Options
	teller    teller
	asking    chan struct{} // a place for the one that asks for the list; see Status
	asked     time.Time     // when that was; belongs to who has the place
	began     time.Time
}

var _ ports.AccountStates = (*Service)(nil)

// New makes a Service that draws conclusions from facts; accounts, which Facts.Accounts has wrapped, and backend are looked at. What
// was told is kept in store.
func New(facts *Facts, accounts ports.Accounts, backend ports.Backend, store ports.KeyValue, receiving Receiving, options Options) *Service {
	options = options.withDefaults()
	return &Service{
		facts: facts, accounts: accounts, backend: backend, receiving: receiving, options: options, began: time.Now(),
		teller: teller{
			facts: facts, store: store, receiving: receiving, log: options.Logger, told: make(map[domain.Account]*told),
		},
		asking: make(chan struct{}, 1),
	}
}

// Run watches and tells until ctx ends, and returns its error. Run once only.
func (s *Service) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.watch(ctx) })
	group.Go(func() error { return s.teller.run(ctx) })
	return group.Wait()
}

// watch looks at the backend again and again, until ctx ends.
func (s *Service) watch(ctx context.Context) error {
	for {
		pause := s.options.CheckInterval
		if !s.look(ctx) {
			pause = min(pause, againAfter)
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-s.facts.wanted:
			timer.Stop()
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

// look makes one round trip; false where the backend did not answer everything.
func (s *Service) look(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	health := s.backend.Health(ctx)
	if ctx.Err() != nil && health.Err != nil && domain.KindOf(ctx.Err()) == domain.Canceled {
		return false // the end of Run says nothing of the backend
	}
	answers, before := s.facts.answered(health)
	switch {
	case answers:
	case before:
		s.facts.failing(s.began, s.options.DownAfter)
		return false
	default:
		s.facts.failing(s.began, s.options.StartGrace)
		return false
	}
	if s.options.ListCosts {
		s.facts.settle(false)
		return true
	}
	_, err := s.accounts.List(ctx) // noted on its way
	if domain.KindOf(err) == domain.Unsupported {
		s.facts.settle(true) // signal-cli for one account has no list
		return true
	}
	return err == nil
}

// Status implements ports.AccountStates.
func (s *Service) Status(ctx context.Context, account domain.Account) (ports.AccountReport, error) {
	status, known := s.facts.of(account)
	if s.options.ListCosts && (!known || status.State == domain.StateStarting) {
		s.ask(ctx)
		status, known = s.facts.of(account)
	}
	if !known {
		if s.facts.complete() {
			return ports.AccountReport{}, domain.Errorf(domain.NotFound, "status", "the gateway does not know this account: register or link it first")
		}
		status = domain.AccountStatus{State: domain.StateStarting, Since: domain.Timestamp(s.began.UnixMilli())}
	}
	return ports.AccountReport{AccountStatus: status, LastEvent: s.receiving.LastEventOf(ctx, account), BackendVersion: s.facts.version()}, nil
}

// ask asks for the list of accounts where that was not done lately, one caller at a time; those who come meanwhile wait for its answer.
func (s *Service) ask(ctx context.Context) {
	select {
	case s.asking <- struct{}{}:
		defer func() { <-s.asking }()
	case <-ctx.Done():
		return
	}
	if !s.asked.IsZero() && time.Since(s.asked) < askedFor {
		return
	}
	s.asked = time.Now()
	if _, err := s.accounts.List(ctx); err != nil { // noted on its way
		s.options.Logger.Info("accounts cannot be listed", "kind", domain.KindOf(err).String())
	}
}
