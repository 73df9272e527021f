// Package hub holds the SubscriptionHub: who gets which received event, and how
// fast. All concurrency of receiving lives here; whoever reads events,
// WebSocket, SSE, long poll, webhooks or functions, is an ordinary reader.
//
// # Order and delivery
//
// The hub learns of events from the log alone, so an event is stored before any
// reader sees it, whoever appended it. A reader gets each event of its
// filter that was stored after its cursor exactly once, in the order of the
// log, within the log's retention. What retention took before the reader came
// to it is told by an event of kind gap with the missing range; a cursor of
// another epoch by one of kind reset.
//
// # Live and catch-up
//
// The publisher, one goroutine inside Run, reads the log's tail and puts each
// page of events into the queues of the live readers whose filter it matches.
// It never waits for a reader: one whose queue (bounded in messages and bytes, and
// all queues together in bytes) has no room becomes a catch-up reader and its queue is dropped. Where
// all queues together have no room, those who have the largest make it.
// A catch-up reader reads pages of the log itself, in the goroutine that calls
// Next, from the last event that was handed over, not the last queued. How many
// do so at once is bounded. When it finds no more, it asks the
// publisher to join, and the publisher decides between two pages: whose position is
// not behind the last published cursor is live from there on and gets nothing
// that it has had; the others read on.
//
// So nobody waits for anybody, and memory is bounded however slow a reader is.
// A reader costs no goroutine here, and no queue while it has nothing to read.
//
// # Who owns what
//
// The publisher goroutine alone owns the published cursor and the index of live readers; others
// send it commands. A Stream's queue and state are guarded by the stream's
// own lock, the set of all readers by the hub's. Run starts everything and
// has ended everything when it returns; after that each Next and Subscribe answers Unavailable.
package hub
