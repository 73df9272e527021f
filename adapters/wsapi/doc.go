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
// Two goroutines serve a connection: that of the HTTP handler writes events, and
// one of ours reads, which answers pings and notices the end. Serve returns when both have
// ended. The writer waits for nobody: a peer that takes
// nothing for WriteTimeout loses its connection.
//
// Close codes are for peers that can still read: 1000 the client closed, 1001
// shutdown, 1008 no pong or no reading, 1011 an internal failure. A gap (events that expired before they could be
// delivered) and a reset are logged and counted by Options.Lost; the stream goes on, as
// clients of the reference expect nothing but payloads.
package wsapi
