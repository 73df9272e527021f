// Package memlog is an event log in memory, for gateways that need to keep
// nothing across a restart.
//
// It holds the newest events within a bound of bytes and of age. What is older
// is forgotten at the front only, and its sequence has no holes but those of
// accounts that were deleted. A reader
// misses something only when it asks for a position before the first retained
// event. Each start is a new epoch: cursors of an earlier life lead to a reset,
// never to wrong events.
//
// Appends of different accounts may overlap and are stored one after the other; all
// methods are safe for concurrent use and none waits for a reader. An
// event whose key was stored within the dedup window is left out. The memory of keys is
// bounded too: past the bound the oldest keys are forgotten before their
// time.
//
// A filter on one account reads that account's index and nothing else.
//
// Errors are TooLarge (the event alone exceeds the bound) and those of the
// context. There is nothing to stop or close.
package memlog
