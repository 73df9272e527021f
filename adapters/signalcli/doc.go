// Package signalcli speaks to signal-cli. Each operation is written once, as a
// typed Call (method, account, parameters), and a Carrier moves it: package
// jsonrpc over a connection, package process as one process a call. Package
// daemon starts and supervises a signal-cli to connect to.
package signalcli
