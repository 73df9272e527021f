// Package domain says what Signal is to the gateway: accounts, recipients,
// groups, what an account sends (Outgoing), what it receives (Envelope, Event),
// and the kinds of failure (Error).
//
// It is pure: standard library only, no I/O, no goroutine, no clock. Values
// are parsed once, at the edge, by the Parse functions; a value of one of these
// types that came out of a Parse function is valid. All types are safe to copy
// and to read from many goroutines at once; slices inside of values are shared
// and must not be changed after the value was handed on.
//
// Every failure is a *Error with a Kind, see KindOf.
package domain
