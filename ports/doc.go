// Package ports holds the interfaces between the core and the world, one a
// file. Driven ports (Sender, Subscription, EventLog, Accounts, Attachments,
// Poller, Backend, Spool, Readership) are what the core needs and adapters
// implement. Driving ports (Messaging, Receiver, Receiving, AccountManager,
// Health) are what the core offers to transports; package app implements them.
//
// For every method, where its comment does not say otherwise: concurrent calls
// are allowed; it returns soon after its context ends, with a Canceled or
// Timeout error (or OutcomeUnknown, for a call with an effect that had left);
// arguments and results may be shared and must not be changed afterwards;
// errors are *domain.Error, decided upon with domain.KindOf.
//
// Each port has a suite in test/conformance; every adapter and every fake of
// the port passes it.
package ports
