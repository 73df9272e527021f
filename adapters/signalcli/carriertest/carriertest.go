// Package carriertest holds what every signalcli.Carrier promises, as tests:
//
//	carriertest.Run(t, func(t *testing.T) carriertest.Harness { … })
package carriertest

import (
	"encoding/json"
	"testing"
	"time"

	"heliograph/adapters/signalcli"
	"heliograph/domain"
)

// Harness is a fresh Carrier with a signal-cli behind it, by the rules of the simulator. Its maker frees all with t.Cleanup.
// Functions that are nil belong to clauses that do not apply; they are not run then.
type Harness struct {
	Carrier signalcli.Carrier
	// Account can send to Recipient.
	Account   domain.Account
	Recipient string
	// Fault makes answers go wrong from now on; without faults all is well again.
	Fault func(faults ...Fault)
	// Delivered waits until Recipient has got n texts, 30 s at most, and gives them.
	Delivered func(t *testing.T, n int) []string
	// Multiplexed says that calls share one connection.
	Multiplexed bool
	// Push has somebody send n texts to Account beside the Carrier, and waits until all were received.
	Push func(t *testing.T, n int)
}

// Fault is what goes wrong with requests, the first that matches Method. Several may be set together.
type Fault struct {
	// Method is empty for every one.
	Method string
	// Call is which request of Method, counted from 1; 0 for all.
	Call int
	// Error answers with an error.
	Error *signalcli.Failure
	// CutAfter cuts the connection when the request has been carried out, Stall never answers, Delay waits.
	CutAfter, Stall bool
	Delay           time.Duration
	// HoldFor keeps the answer back until so many later ones went out.
	HoldFor int
	// UnknownID answers somebody else before, Malformed writes a line before, LongLine pads the answer to so many bytes,
	// Double answers twice.
	UnknownID bool
	Malformed string
	LongLine  int
	Double    bool
}

// hang is how long something may take on real sockets and processes that must happen at once.
const hang = 30 * time.Second

type clause struct {
	name    string
	applies func(h Harness) bool
	check   func(t *testing.T, h Harness)
}

// Run checks all promises, each with a harness of its own.
func Run(t *testing.T, newHarness func(t *testing.T) Harness) {
	var probe Harness
	t.Run("Harness", func(t *testing.T) { probe = newHarness(t) })
	for _, group := range [][]clause{calling, multiplexing} {
		for _, c := range group {
			if c.applies == nil || c.applies(probe) {
				t.Run(c.name, func(t *testing.T) { c.check(t, newHarness(t)) })
			}
		}
	}
}

// send is a call with an effect that Recipient gets to see.
func send(h Harness, text string) signalcli.Call {
	return signalcli.Call{Method: "send", Account: h.Account, Effect: true, Params: []signalcli.Param{
		{Name: "recipient", Value: []string{h.Recipient}, Form: signalcli.Positional},
		{Name: "message", Value: text, Form: signalcli.Stdin},
	}}
}

// read is a call without effect.
func read(h Harness) signalcli.Call {
	return signalcli.Call{Method: "listContacts", Account: h.Account}
}

// outcome is how a call ended.
type outcome struct {
	result json.RawMessage
	err    error
}

// within waits for a call that must end at once.
func within(t *testing.T, ended <-chan outcome) outcome {
	t.Helper()
	limit := time.NewTimer(hang)
	defer limit.Stop()
	select {
	case o := <-ended:
		return o
	case <-limit.C:
		t.Fatal("a call goes on")
		return outcome{}
	}
}

func want(t *testing.T, err error, kinds ...domain.Kind) {
	t.Helper()
	for _, kind := range kinds {
		if err != nil && domain.KindOf(err) == kind {
			return
		}
	}
	t.Errorf("got %v, want %v", err, kinds)
}
