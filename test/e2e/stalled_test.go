package e2e_test

import (
	"testing"

	"heliograph/test/natsserver"
)

// A log that stalls, with its connection open, for longer than an append may take: readiness says so, messages stay at Signal, sends go on; then
// everything goes on by itself, each message once and in order.
func TestLogThatStalls(t *testing.T) {
	server := natsserver.Start(t, natsserver.Options{})
	n := startNetwork(t, 4)
	g := serve(t, "MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_ADDRESS="+n.address, "HELIOGRAPH_NATS_URL="+server.URL())
	awaitHealthy(t, g)
	before, after := &follower{name: "before", got: make([]int, 4)}, &follower{name: "after", got: make([]int, 4)}
	n.inject(50)
	n.readUntil(t, before, g)

	server.Pause()
	n.inject(50)
	awaitProblem(t, g, "stored") // an append has taken too long
	n.inject(500)
	n.awaitWaiting(t)
	g.send(t, text(string(n.accounts[0]), somebody, "while the log stalls"))
	g.awaitWritable(t, "0")

	server.Resume()
	awaitHealthy(t, g)
	n.readUntil(t, before, g)
	n.readUntil(t, after, g)
	g.awaitWritable(t, "1")
	n.inject(10)
	n.readUntil(t, before, g)
}
