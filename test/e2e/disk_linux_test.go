package e2e_test

import (
	"testing"

	"golang.org/x/sync/errgroup"

	"heliograph/test/smalldisk"
)

// A disk that somebody else fills while messages come in: the gateway says so, leaves messages at Signal and sends all the same. When there is room again
// everything goes on by itself, each message once and in order.
func TestFullDisk(t *testing.T) { fullDisk(t, 1<<20) } // less than the gateway leaves free, so it stops by itself

// The same down to the last byte, which the store itself meets: what it wrote meanwhile failed.
func TestDiskThatIsFullToTheLastByte(t *testing.T) { fullDisk(t, 0) }

func fullDisk(t *testing.T, but int) {
	dir := smalldisk.Child(t, 32<<20, built+"="+binary)
	if dir == "" {
		return
	}
	n := startNetwork(t, 4)
	g := serve(t, "MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_ADDRESS="+n.address, "HELIOGRAPH_DATA_DIR="+dir)
	awaitHealthy(t, g)
	g.awaitWritable(t, "1")
	before, after := &follower{name: "before", got: make([]int, 4)}, &follower{name: "after", got: make([]int, 4)}
	n.inject(50)
	n.readUntil(t, before, g)

	var incoming errgroup.Group
	incoming.Go(func() error { n.inject(200); return nil })
	empty := smalldisk.Fill(t, dir, but)
	_ = incoming.Wait() // it never fails
	n.inject(100)       // one at least finds it full
	awaitProblem(t, g, "stored")
	g.awaitWritable(t, "0")
	n.inject(1000)
	n.awaitWaiting(t)
	g.send(t, text(string(n.accounts[0]), somebody, "while the disk is full"))

	empty()
	awaitHealthy(t, g)
	g.awaitWritable(t, "1")
	n.readUntil(t, before, g)
	n.readUntil(t, after, g)
	n.inject(10)
	n.readUntil(t, before, g)
}
