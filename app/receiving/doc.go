// Package receiving brings what a backend received into the event log, and out
// of it to those who ask with single requests.
//
// # In
//
// Receive takes payloads from connections and keeps them in a buffer that is bounded in bytes.
// Each account has a lane in it; a bounded group of writers appends the
// lanes to the log. A lane is in at most one batch in flight, and a batch is
// appended again until the log has answered, so the order of an account is
// the order of arrival. With few events each is appended at once; under load
// they come together in batches, those of many accounts in one.
//
// # The brake
//
// Nothing is dropped. While appends fail, or the buffer is half full, Wanted
// asks the backend to deliver no more; when the buffer is full, Receive blocks, so the backend reads
// no further and Signal keeps the messages. Only a failure of the store does
// that: an event that can never be stored (too large) is logged, counted
// and left out, one that cannot be understood is stored as it is.
//
// # Out
//
// Drain gives what came since the last Drain. Backends that do not deliver by
// themselves are polled: before a Drain, regularly while somebody reads, and
// at the times of a schedule.
//
// # Life
//
// A poll ends with the Drain that asked for it; what it has fetched by then is stored for the next.
//
// Run starts everything. When its context ends it ends the polls, stores what they bring and what is in
// the buffer, each for a bounded time, and has ended everything when it returns. Then Receive and
// Drain answer Unavailable.
package receiving
