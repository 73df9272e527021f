// Package health tells whether sends and receives can succeed now.
package health

import (
	"context"
	"time"

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

// Service implements ports.Health.
type Service struct {
	backend   ports.Backend
	receiving Receiving
}

var _ ports.Health = (*Service)(nil)

// New makes a Service that asks backend and receiving.
func New(backend ports.Backend, receiving Receiving) *Service {
	return &Service{backend: backend, receiving: receiving}
}

// Check implements ports.Health.
func (s *Service) Check(ctx context.Context) ports.HealthReport {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	report := ports.HealthReport{
		Backend:   s.backend.Health(ctx),
		LastEvent: s.receiving.LastEvent(),
	}
	if report.Backend.Err != nil {
		report.Problems = append(report.Problems, "signal-cli does not answer")
	}
	report.Problems = append(report.Problems, s.receiving.Problems()...)
	return report
}
