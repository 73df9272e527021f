// Package jsonrpc is the signalcli.Carrier over one JSON-RPC connection to a signal-cli daemon: TCP, Unix socket,
// the pipes of a child, or a pipe in memory; what the dial function gives. It also receives.
//
//	client := jsonrpc.New(dial, receiver, jsonrpc.Options{Subscribe: true, Logger: log})
//	err := client.Run(ctx) // blocks; owns all goroutines; connects again for ever
//
// Calls: the waiter stands in the table before its request is written, so no answer comes too early; answers come in any
// order; late, unknown, doubled and malformed ones are dropped. Each call ends with its context, or after
// Options.CallTimeout; its place is free at once. A call that is still waiting to be written then is taken back. When the
// connection is lost all pending calls end at once: Unavailable for those that had not been written and for reads,
// OutcomeUnknown for effects. While there is no connection calls wait for one until Options.ConnectWait after the loss (or the start),
// then fail at once with Unavailable. Beyond Options.MaxInFlight calls they fail with Unavailable and a *domain.Backoff.
//
// Receiving: each payload goes to ports.Receiver from the one reading goroutine, in order, its bytes untouched. With
// Options.Subscribe the client subscribes while Receiver.Wanted and unsubscribes when not, and before it closes.
// Notifications are taken bare and wrapped. While Receiver.Receive blocks (the brake) nothing is read: new calls fail at once with
// Unavailable, pending ones end after a second.
//
// Cancel the context of Run after those who call have ended; calls in flight then end as if the connection was lost.
package jsonrpc
