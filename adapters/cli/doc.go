// Package cli is the command line.
//
// Run parses arguments and carries one command out. Commands that need the
// whole gateway (serve, simulator, config) are Functions that wire hands in;
// send, receive, log and link drive a gateway that runs, over HTTP with the client
// generated from openapi.yaml (package client), and never open signal-cli
// beside it.
//
// What a program reads goes to standard output, what a person reads to standard
// error. The exit code tells the kind of failure, see exit.go.
//
// The package starts no goroutine; every command returns soon after its context ends.
package cli
