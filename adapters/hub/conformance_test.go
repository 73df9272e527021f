package hub_test

import (
	"testing"

	"heliograph/adapters/hub"
	"heliograph/adapters/memlog"
	"heliograph/test/conformance/subscriptiontest"
)

func TestSubscription(t *testing.T) {
	for name, options := range map[string]hub.Options{
		"defaults": {},
		// Nearly every event moves somebody to catch-up and back.
		"smallest": {MaxQueueMessages: 4, MaxQueueBytes: 200, MaxTotalBytes: 2000, MaxCatchUps: 1, PublishInterval: -1},
	} {
		t.Run(name, func(t *testing.T) {
			subscriptiontest.Run(t, func(t testing.TB, s subscriptiontest.Settings) subscriptiontest.Harness {
				log := memlog.New(memlog.Options{MaxBytes: s.RetainBytes})
				h, stop := start(t, log, options)
				return subscriptiontest.Harness{Subscription: h, Readership: h, Log: log, Second: log, Shutdown: stop}
			})
		})
	}
}
