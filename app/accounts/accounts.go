// Package accounts registers, links and unregisters the accounts the gateway
// acts for.
package accounts

import (
	"context"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"heliograph/domain"
	"heliograph/ports"
)

// MaxPendingLinks bounds the device links that wait to be scanned at one time.
const MaxPendingLinks = 16

// linkTimeout is a little longer than signal-cli itself waits for the phone.
const linkTimeout = 3 * time.Minute

// Service implements ports.AccountManager. Run must be running for links to be completed.
type Service struct {
	accounts ports.Accounts
	log      *slog.Logger
	pending  chan ports.PendingLink
	slots    chan struct{}
	known    known
}

var _ ports.AccountManager = (*Service)(nil)

// New makes a Service on the backend's directory of accounts.
func New(accounts ports.Accounts, log *slog.Logger) *Service {
	return &Service{
		accounts: accounts,
		log:      log,
		pending:  make(chan ports.PendingLink, MaxPendingLinks),
		slots:    make(chan struct{}, MaxPendingLinks),
		known:    known{asking: make(chan struct{}, 1)},
	}
}

// Run waits for the phones that scan links, until ctx ends; then it gives the
// links up and returns ctx.Err().
func (s *Service) Run(ctx context.Context) error {
	var waiting errgroup.Group
	for {
		select {
		case link := <-s.pending:
			waiting.Go(func() error {
				s.finish(ctx, link)
				return nil
			})
		case <-ctx.Done():
			s.closePending()
			_ = waiting.Wait() // finish reports by log
			return ctx.Err()
		}
	}
}

func (s *Service) closePending() {
	for {
		select {
		case link := <-s.pending:
			link.Close()
			<-s.slots
		default:
			return
		}
	}
}

func (s *Service) finish(ctx context.Context, link ports.PendingLink) {
	defer func() { link.Close(); <-s.slots }()
	ctx, cancel := context.WithTimeout(ctx, linkTimeout)
	defer cancel()
	account, err := link.Wait(ctx)
	if err != nil {
		s.log.Warn("device link ended without an account", "kind", domain.KindOf(err).String())
		return
	}
	s.known.forget()
	s.log.Info("linked as a device", "account", account.Short())
}

// List implements ports.AccountManager.
func (s *Service) List(ctx context.Context) ([]domain.Account, error) {
	list, err := s.accounts.List(ctx)
	if err == nil {
		s.known.put(list)
	}
	return list, err
}

// Register implements ports.AccountManager.
func (s *Service) Register(ctx context.Context, account domain.Account, options ports.RegisterOptions) error {
	return s.accounts.Register(ctx, account, options)
}

// Verify implements ports.AccountManager.
func (s *Service) Verify(ctx context.Context, account domain.Account, code, pin string) error {
	if code == "" {
		return domain.Errorf(domain.Invalid, "verify", "please provide a verification code")
	}
	defer s.known.forget()
	return s.accounts.Verify(ctx, account, code, pin)
}

// Unregister implements ports.AccountManager.
func (s *Service) Unregister(ctx context.Context, account domain.Account, options ports.UnregisterOptions) error {
	defer s.known.forget()
	if err := s.accounts.Unregister(ctx, account, options.DeleteAccount); err != nil {
		return err
	}
	if !options.DeleteLocalData {
		return nil
	}
	return s.accounts.DeleteLocalData(ctx, account, false)
}

// DeleteLocalData implements ports.AccountManager.
func (s *Service) DeleteLocalData(ctx context.Context, account domain.Account, ignoreRegistered bool) error {
	defer s.known.forget()
	return s.accounts.DeleteLocalData(ctx, account, ignoreRegistered)
}

// Link implements ports.AccountManager. More than MaxPendingLinks at a time are Unavailable.
func (s *Service) Link(ctx context.Context, deviceName string) (string, error) {
	if deviceName == "" {
		return "", domain.Errorf(domain.Invalid, "link", "please provide a name for the device")
	}
	select {
	case s.slots <- struct{}{}:
	default:
		return "", &domain.Error{Op: "link", Kind: domain.Unavailable, Detail: "too many device links wait to be scanned",
			Err: &domain.Backoff{RetryAfter: time.Minute}}
	}
	link, err := s.accounts.StartLink(ctx, deviceName)
	if err != nil {
		<-s.slots
		return "", err
	}
	s.pending <- link // has room: as many places as slots
	return link.URI(), nil
}
