// Package eventlogtest holds the clauses of ports.EventLog. Every adapter and
// every fake of the port runs them:
//
//	eventlogtest.Run(t, func(t testing.TB, s eventlogtest.Settings) eventlogtest.Harness { … })
//
// newHarness is called once a clause and builds a fresh, empty log.
package eventlogtest
