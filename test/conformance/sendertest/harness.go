// Package sendertest holds what every ports.Sender promises, as tests. An adapter or a fake runs it:
//
//	sendertest.Run(t, func(t *testing.T) sendertest.Harness { … })
package sendertest

import (
	"testing"

	"heliograph/domain"
	"heliograph/ports"
)

// Harness is a fresh Sender with a backend behind it that can be made to fail. Its maker frees all with t.Cleanup. Functions
// that are nil belong to clauses that do not apply; they are not run then.
type Harness struct {
	Sender ports.Sender
	// From can send; To is somebody it can write to, Group is a group of both.
	From  domain.Account
	To    domain.Recipient
	Group domain.GroupID
	// Stranger is nobody at Signal.
	Stranger domain.Recipient
	// UnknownAccount is one that the backend does not have.
	UnknownAccount domain.Account
	// File is content to attach.
	File domain.AttachmentFile
	// Supports says what the backend can send; nil for everything.
	Supports func(domain.Outgoing) bool
	// Delivered waits until To has got n texts, 30 s at most, and gives all by their timestamps.
	Delivered func(t *testing.T, n int) map[domain.Timestamp]string
	// Stall makes the backend take calls and answer none, until the function it gives is called.
	Stall func() (resume func())
	// Fail makes the next call fail as kind; false where the backend cannot.
	Fail func(kind domain.Kind) bool
	// LoseBefore makes the backend unreachable; LoseAfter makes it go with the next call, once it has that.
	LoseBefore, LoseAfter func()
	// Close ends the Sender.
	Close func()
}

// Tokens are the challenge tokens that Fail(domain.RateLimited) gives.
var Tokens = []string{"challenge-token-1", "challenge-token-2"}

// clause is one promise.
type clause struct {
	name string
	// applies is nil for every harness.
	applies func(h Harness) bool
	check   func(t *testing.T, h Harness)
}

// Run checks all promises, each with a harness of its own.
func Run(t *testing.T, newHarness func(t *testing.T) Harness) {
	var probe Harness
	t.Run("Harness", func(t *testing.T) { probe = newHarness(t) })
	for _, group := range [][]clause{sending, ending, failing} {
		for _, c := range group {
			if c.applies == nil || c.applies(probe) {
				t.Run(c.name, func(t *testing.T) { c.check(t, newHarness(t)) })
			}
		}
	}
}
