package signalcli_test

import (
	"maps"
	"slices"
	"testing"

	"heliograph/adapters/signalcli"
	"heliograph/adapters/signalcli/carriertest"
	"heliograph/adapters/simulator"
)

func TestCarrierConformance(t *testing.T) {
	for _, by := range transports {
		t.Run(by.name, func(t *testing.T) {
			carriertest.Run(t, func(t *testing.T) carriertest.Harness {
				return carrier(newBackend(t, by, simulator.Options{}))
			})
		})
	}
	t.Run("stdio child", func(t *testing.T) {
		carriertest.Run(t, func(t *testing.T) carriertest.Harness { return carrier(connect(t, stdioChild, nil)) })
	})
}

func carrier(b *backend) carriertest.Harness {
	h := carriertest.Harness{
		Carrier: b.carrier, Account: account, Recipient: "+15550100002", Multiplexed: true,
		Delivered: func(t *testing.T, n int) []string {
			return slices.Collect(maps.Values(b.inbox.take(t, "+15550100002", n)))
		},
		Push: func(t *testing.T, n int) {
			beside := connect(t, transports[0].reach(t, b.sim), b.sim)
			for i := range n {
				call := signalcli.Call{Method: "sendReaction", Account: "+15550100002", Effect: true, Params: []signalcli.Param{
					{Name: "recipient", Value: []string{string(account)}}, {Name: "emoji", Value: "👍"},
					{Name: "targetAuthor", Value: string(account)}, {Name: "targetTimestamp", Value: int64(1700000000000 + i)}}}
				if _, err := beside.carrier.Call(t.Context(), call); err != nil {
					t.Fatal(err)
				}
			}
			b.inbox.await(t, account, n)
		},
	}
	if b.sim == nil {
		h.Push = nil
		return h
	}
	h.Fault = func(faults ...carriertest.Fault) {
		var script simulator.Script
		for _, f := range faults {
			rule := simulator.Rule{Method: f.Method, Call: f.Call, CutAfter: f.CutAfter, Stall: f.Stall, Delay: f.Delay,
				HoldFor: f.HoldFor, UnknownID: f.UnknownID, Malformed: f.Malformed, LongLine: f.LongLine, Double: f.Double}
			if f.Error != nil {
				rule.Error = &simulator.Error{Code: f.Error.Code, Message: f.Error.Message, Data: f.Error.Data}
			}
			script.Rules = append(script.Rules, rule)
		}
		b.sim.SetScript(script)
	}
	return h
}
