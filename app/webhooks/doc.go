// Package webhooks calls other people's programs with what was received.
//
// Each webhook has a place in the event log of its own. Events go out at least once, in order within a conversation (a lane: account and
// group, else account and sender), lanes side by side up to the webhook's concurrency. An event that a receiver does not take is tried
// again with growing pauses; meanwhile only its lane waits, and holds no events: it reads them again from the log. What was given up becomes
// a dead letter. Where too many lanes fail the webhook goes no further, and says so. What retention takes before a webhook got it is
// counted and told.
//
// All webhooks share one reader of the hub for what is new; one that is behind reads the log itself. One that is idle has no goroutine.
//
// The state of a webhook, {cursor, lanes that are not where the cursor is}, is kept in a KeyValue, a moment late: after a crash
// what was delivered in that moment is delivered again, under the same ID, and nothing is left out. Of several gateways on one store one at a time drives the
// webhooks, by a lease.
package webhooks
