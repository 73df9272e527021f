// Package wsapi serves received events over WebSocket connections.
//
//	handler := wsapi.New(subscription, wsapi.Options{…})
//	httpapi.Options{WebSocket: handler.Serve}
//	…
//	handler.Shutdown(ctx) // all connections end with 1001
//
// A text frame is the payload of one event, untouched, or the whole event with its cursor. What clients write is
// read and thrown away, up to 1 MiB a message, unless it acknowledges.
//
// # Acknowledgements
//
// A named reader has one more goroutine, which moves its place (Stream.Ack) and answers the peer, so
// that neither delivering nor reading waits for a store. By AckPong it writes a ping of the library's, which
// follows what was written before, and moves the place there when the pong has come; one ping is outstanding, and the
// keep-alive goes its own way. By AckExplicit the peer says {"ack":"CURSOR"} and is answered {"acked":"CURSOR"}, or, where frames
// are bare payloads, {"ack":true} for the oldest one, and no more than 256 are on their way. Whatever a peer says is parsed in a
// bounded buffer and kept as one cursor and one complaint; a cursor that was not sent on this connection moves nothing.
//
// # Who writes
//
// Two goroutines of ours belong to a connection, so that the HTTP handler can return and
// free what the request held: one delivers events, the other reads. The library
// does the handshake, the reading and the control frames that reading asks for (pongs, close
// echoes), each of which it writes in one call. Text frames are encoded here, a batch
// at a time, and written beside the library in one system call: a server's frame is
// two to ten bytes and the payload. frameConn holds the lock under which both write, so
// frames never interleave, and it knows when nothing may follow: after a
// close frame, and after half a frame. Pings are written by a timer.
//
// No writer waits for a reader of another connection. A peer that takes nothing for
// WriteTimeout loses its connection without a close frame, as nothing fits behind half a message.
//
// # How it ends
//
// Close codes are for peers that can still read: 1000 the peer closed, 1001
// shutdown, 1008 no sign of life between two pings, 1011 an internal failure. A gap
// (events that expired before they could be delivered) and a reset are told to Options.Lost,
// and the stream goes on. Clients of the reference expect nothing but payloads, so only with
// SocketOptions.Gaps there is a text frame about it: {"gap":{"after":…,"next":…}} or {"reset":{"next":…}}.
package wsapi
