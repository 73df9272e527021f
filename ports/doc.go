// Package ports holds the interfaces between the core and the world, one a
// file. Driven ports (Sender, Subscription, EventLog, Accounts, Attachments,
// Poller, Backend, Capabilities, Spool, Uploads, Readership) are what the core needs and adapters
// implement. Driving ports (Messaging, Receiver, Receiving, Events, AccountManager,
// GroupDirectory, Health) are what the core offers to transports; package app
// implements them. The directories of an account (Groups, Contacts, BlockList,
// Avatars, UserDirectory, Identities, AccountSettings, TrustModes, Devices,
// StickerPacks) are both: transports call the adapter itself, as there is no
// rule to keep in between.
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
