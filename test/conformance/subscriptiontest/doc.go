// Package subscriptiontest holds the clauses of ports.Subscription and of
// ports.Readership. Every adapter and every fake of the ports runs them:
//
//	subscriptiontest.Run(t, func(t testing.TB, s subscriptiontest.Settings) subscriptiontest.Harness { … })
//
// newHarness is called once a clause, builds a fresh subscription on an empty
// log, and shuts it down at the end of t. "At once" is measured in the virtual time of testing/synctest, so
// the harness may hold no socket.
package subscriptiontest
