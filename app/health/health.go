// Package health tells whether sends and receives can succeed now.
package health

import (
	"context"
	"errors"
	"regexp"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

// checkTimeout bounds a round trip to the backend.
const checkTimeout = 5 * time.Second

// Receiving is what health asks of the receiving side.
type Receiving interface {
	// Problems are sentences for people; empty means that events can be stored.
	Problems() []string
	// LastEvent is when the last event was stored, zero for never.
	LastEvent() time.Time
}

// Accounts is what health asks of the states of accounts.
type Accounts interface {
	// Counts is how many accounts are in each state.
	Counts() map[domain.AccountState]int
}

// Service implements ports.Health.
type Service struct {
	backend   ports.Backend
	receiving Receiving
	accounts  Accounts
}

var _ ports.Health = (*Service)(nil)

// New makes a Service that asks backend, receiving and accounts.
func New(backend ports.Backend, receiving Receiving, accounts Accounts) *Service {
	return &Service{backend: backend, receiving: receiving, accounts: accounts}
}

// Check implements ports.Health.
func (s *Service) Check(ctx context.Context) ports.HealthReport {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	report := ports.HealthReport{
		Backend:   s.backend.Health(ctx),
		LastEvent: s.receiving.LastEvent(),
		Accounts:  s.accounts.Counts(),
	}
	report.Useless, report.Warnings = judge(report.Accounts)
	if report.Backend.Err != nil {
		report.Problems = append(report.Problems, backendProblem(report.Backend.Err))
	}
	report.Problems = append(report.Problems, s.receiving.Problems()...)
	return report
}

// numbers are what may be one of somebody; anybody may read a report.
var numbers = regexp.MustCompile(`\+?\d{5,}`)

// backendProblem says what is wrong, with its cause where that is one of the connection or of the program and not of a request.
func backendProblem(err error) string {
	const problem = "signal-cli does not answer"
	var outdated *domain.BackendOutdated
	if errors.As(err, &outdated) {
		return "Signal refuses this version of signal-cli: install a newer one"
	}
	var e *domain.Error
	if !errors.As(err, &e) || e.Detail == "" {
		return problem
	}
	switch e.Kind {
	case domain.Unavailable, domain.Timeout, domain.OutcomeUnknown:
		return problem + ": " + numbers.ReplaceAllString(e.Detail, "…")
	}
	return problem
}
