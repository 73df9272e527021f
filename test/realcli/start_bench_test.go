package realcli_test

import (
	"testing"

	"heliograph/test/realcli"
)

// BenchmarkRig is what a test pays before any signal-cli runs.
func BenchmarkRig(b *testing.B) {
	for b.Loop() {
		realcli.Start(b, realcli.Options{})
	}
}

// BenchmarkProcessSend is one message by a process of its own.
func BenchmarkProcessSend(b *testing.B) {
	rig := realcli.Start(b, realcli.Options{})
	for b.Loop() {
		rig.SendByOtherMeans(b, rig.Peers[0].Number, rig.Accounts[0].Number, "text")
	}
}

// BenchmarkDaemon is a daemon of two accounts, from start to a clean end.
func BenchmarkDaemon(b *testing.B) {
	rig := realcli.Start(b, realcli.Options{})
	for b.Loop() {
		rig.StartDaemon(b, realcli.DaemonOptions{}).Stop()
	}
}
