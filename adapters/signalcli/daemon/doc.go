// Package daemon starts a signal-cli that stays, keeps it running and hands out connections to it for package jsonrpc.
//
// Run owns the process: it starts it again, with growing and random pauses, when it ends, replaces it when it no
// longer answers, and stops it, with its whole process group, when its context ends. The daemon is reached over a Unix socket in a directory that
// only this user can enter (the fastest way, and the only one where others on the machine cannot get in), over TCP
// on loopback, or over the standard streams of a child (`jsonRpc`). It receives by explicit
// subscription only, so that no message is fetched from Signal while nobody can keep it.
//
// Its log lines go to ours without what could name a person or hold what they wrote.
package daemon
