// Package wsapi serves received events over WebSocket connections.
//
//	handler := wsapi.New(subscription, wsapi.Options{…})
//	httpapi.Options{WebSocket: handler.Serve}
//	…
//	handler.Shutdown(ctx) // all connections end with 1001
//
// A text frame is the payload of one event, untouched. What clients write is
// read and thrown away, up to 1 MiB a message.
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
// and the stream goes on. Clients of the reference expect nothing but payloads, so only who asks with
// the query gaps=true gets a text frame about it: {"gap":{"after":…,"next":…}} or {"reset":{"next":…}}.
package wsapi
