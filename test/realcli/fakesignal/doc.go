// Package fakesignal is a stand-in for the message server that the real
// signal-cli talks to, for tests on one machine: an HTTP CONNECT proxy on
// loopback whose every tunnel ends in this process, in TLS under a throw-away
// authority.
//
// It knows what signal-cli 0.13.19 needs to send and receive: account check,
// upload and fetch of prekeys, relay of messages between accounts (sealed
// sender too), sender certificates, profiles, attachments, keep-alive. All
// encryption is signal-cli's own; the server sees ciphertext only. Any other
// request is answered 404 and noted in the log.
//
// Like Signal's server it keeps an envelope until the receiving device has
// acknowledged it, so an envelope lost with its connection is delivered again,
// in order; and it drops what was sent "online only" to a device that is not
// connected.
//
// It has no contact discovery, no storage service, no registration and no
// linked devices. From signal-cli 0.13.20 on the connection is made by native
// code with its own pinned certificates, and this server cannot take its place.
//
// The caller stops it with Server.Close, which waits for all its goroutines.
package fakesignal
