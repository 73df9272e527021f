package ports

import (
	"context"
	"time"
)

// Health is the driving port that tells how the gateway is.
type Health interface {
	Check(ctx context.Context) HealthReport
}

// HealthReport is the outcome of Health.Check.
type HealthReport struct {
	// Problems are sentences for people, without numbers of accounts; empty means ready.
	Problems []string
	Backend  BackendHealth
	// LastEvent is when the last event was stored, zero for never.
	LastEvent time.Time
}

// Ready reports whether sends and receives can succeed now.
func (r HealthReport) Ready() bool { return len(r.Problems) == 0 }
