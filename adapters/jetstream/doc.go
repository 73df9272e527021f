// Package jetstream keeps events, values and blobs in NATS JetStream: in this process, on a folder, without a port; or in servers
// elsewhere, one or a cluster. What it hands out is the same in both cases.
//
// What was acknowledged outlives a killed process; the power's end too where Options.SyncAlways is set, or several servers elsewhere
// have it. Otherwise the power's end takes the last syncInterval. In this process that is noticed at the next start, of a server elsewhere
// where its stream is shorter than it was; and what comes then gets positions that nobody can have seen before: no reader passes over it, and
// none gets anything again. A disk that is full, or servers that are away, make calls fail (Unavailable, OutcomeUnknown) and lose nothing; when that is
// over everything goes on by itself. For that somebody must call Store.Run, which watches and, in this process, starts the server
// again where nothing else helps.
//
// Names that come from outside (keys, accounts) are hashed before they become names in NATS, so no file name and no subject tells them.
package jetstream
