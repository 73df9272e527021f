package accountstate

import (
	"context"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

// Accounts gives next with an eye on who comes and goes.
func (f *Facts) Accounts(next ports.Accounts) ports.Accounts { return accounts{next, f} }

type accounts struct {
	ports.Accounts
	facts *Facts
}

// List implements ports.Accounts.
func (a accounts) List(ctx context.Context) ([]domain.Account, error) {
	asked := time.Now()
	list, err := a.Accounts.List(ctx)
	if err != nil {
		a.facts.failed("", err)
		return nil, err
	}
	a.facts.list(list, asked)
	return list, nil
}

// Register implements ports.Accounts.
func (a accounts) Register(ctx context.Context, account domain.Account, options ports.RegisterOptions) error {
	err := a.Accounts.Register(ctx, account, options)
	a.facts.tried(err, func() { a.facts.registering(account) })
	return err
}

// Verify implements ports.Accounts.
func (a accounts) Verify(ctx context.Context, account domain.Account, code, pin string) error {
	err := a.Accounts.Verify(ctx, account, code, pin)
	a.facts.tried(err, func() { a.facts.worked(account) })
	return err
}

// Unregister implements ports.Accounts.
func (a accounts) Unregister(ctx context.Context, account domain.Account, deleteAccount bool) error {
	err := a.Accounts.Unregister(ctx, account, deleteAccount)
	if err == nil {
		a.facts.leftOnPurpose(account, false)
	}
	return err
}

// DeleteLocalData implements ports.Accounts.
func (a accounts) DeleteLocalData(ctx context.Context, account domain.Account, ignoreRegistered bool) error {
	err := a.Accounts.DeleteLocalData(ctx, account, ignoreRegistered)
	if err == nil {
		a.facts.leftOnPurpose(account, true)
	}
	return err
}

// StartLink implements ports.Accounts.
func (a accounts) StartLink(ctx context.Context, deviceName string) (ports.PendingLink, error) {
	link, err := a.Accounts.StartLink(ctx, deviceName)
	if err != nil {
		a.facts.failed("", err)
		return nil, err
	}
	return pendingLink{link, a.facts}, nil
}

type pendingLink struct {
	ports.PendingLink
	facts *Facts
}

// Wait implements ports.PendingLink.
func (l pendingLink) Wait(ctx context.Context) (domain.Account, error) {
	account, err := l.PendingLink.Wait(ctx)
	l.facts.tried(err, func() { l.facts.linked(account) })
	return account, err
}

// tried notes done, or what err says of the backend; of the account it says that it is not there yet.
func (f *Facts) tried(err error, done func()) {
	if err != nil {
		f.failed("", err)
		return
	}
	done()
}

// AccountSettings gives next with an eye on the challenges that are met.
func (f *Facts) AccountSettings(next ports.AccountSettings) ports.AccountSettings {
	return accountSettings{next, f}
}

type accountSettings struct {
	ports.AccountSettings
	facts *Facts
}

// SubmitChallenge implements ports.AccountSettings.
func (s accountSettings) SubmitChallenge(ctx context.Context, account domain.Account, token, captcha string) error {
	err := s.AccountSettings.SubmitChallenge(ctx, account, token, captcha)
	if err == nil {
		s.facts.unblocked(account)
	}
	return err
}
