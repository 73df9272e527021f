package ports

import (
	"context"
	"time"

	"heliograph/domain"
)

// Health is the driving port that tells how the gateway is.
type Health interface {
	Check(ctx context.Context) HealthReport
}

// HealthReport is the outcome of Health.Check.
type HealthReport struct {
	// Problems are sentences for people, without numbers of accounts; empty means that the gateway itself works.
	Problems []string
	// Accounts is how many accounts are in each state; states without any are left out.
	Accounts map[domain.AccountState]int
	// Useless says in a sentence why none of the accounts can send or receive; empty while one can, or there are none.
	Useless string
	// Warnings are sentences about single accounts that hinder no other.
	Warnings []string
	Backend  BackendHealth
	// LastEvent is when the last event was stored, zero for never.
	LastEvent time.Time
}

// Works reports whether the gateway and its backend do what they are there for. A restart may help where it is false.
func (r HealthReport) Works() bool { return len(r.Problems) == 0 }

// Ready reports whether sends and receives can succeed now.
func (r HealthReport) Ready() bool { return r.Works() && r.Useless == "" }
