package e2e_test

import (
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"heliograph/test/smalldisk"
)

// fillable is a gateway on a disk that can be filled, and a reader of all that it receives.
type fillable struct {
	gateway
	*network
	dir    string
	reader *follower
}

// onFillableDisk starts one; nil in the parent, where the child has passed.
func onFillableDisk(t *testing.T) *fillable {
	t.Helper()
	dir := smalldisk.Child(t, 64<<20, built+"="+binary)
	if dir == "" {
		return nil
	}
	f := &fillable{network: startNetwork(t, 4), dir: dir, reader: &follower{name: "reader", got: make([]int, 4)}}
	f.gateway = serve(t, "MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_ADDRESS="+f.address, "HELIOGRAPH_DATA_DIR="+dir)
	awaitHealthy(t, f.gateway)
	f.inject(50)
	f.readUntil(t, f.reader, f.gateway)
	return f
}

// fillWhileReceiving fills the disk but for the last bytes given in the middle of what comes in.
func (f *fillable) fillWhileReceiving(t *testing.T, but int) (empty func()) {
	t.Helper()
	most := smalldisk.Fill(t, f.dir, 8<<20) // the gateway leaves 4 MiB free; what is taken of the rest is taken in an instant
	var incoming errgroup.Group
	incoming.Go(func() error { f.inject(100); return nil })
	for ctx := within(t); f.reader.poll(ctx, f.gateway, 0) == 0 && ctx.Err() == nil; { // until some are stored
	}
	rest := smalldisk.Fill(t, f.dir, but)
	_ = incoming.Wait() // it never fails
	return func() { most(); rest() }
}

// A disk that somebody else fills, to less than what the gateway leaves free, while messages come in: the gateway says so, leaves messages at Signal and
// sends all the same. When there is room again everything goes on by itself, each message once and in order.
func TestFullDisk(t *testing.T) {
	f := onFillableDisk(t)
	if f == nil {
		return
	}
	f.awaitWritable(t, "1")
	empty := f.fillWhileReceiving(t, 2<<20)
	f.inject(100) // one at least finds it full
	awaitProblem(t, f.gateway, "stored")
	f.awaitWritable(t, "0")
	f.inject(1000)
	f.awaitWaiting(t)
	f.send(t, text(string(f.accounts[0]), somebody, "while the disk is full"))
	empty()
	f.goesOn(t)
}

// The same down to the last byte, at once and in the middle of what is being stored, until the store itself meets the end of the disk: it keeps
// nothing from then on and has to be started again.
func TestDiskThatIsFullToTheLastByte(t *testing.T) {
	f := onFillableDisk(t)
	if f == nil {
		return
	}
	for ctx := within(t); !strings.Contains(f.out.String(), "the store works again"); f.readUntil(t, f.reader, f.gateway) {
		if ctx.Err() != nil {
			t.Fatal("the store never met the end of the disk")
		}
		empty := f.fillWhileReceiving(t, 0)
		f.inject(1)
		awaitProblem(t, f.gateway, "stored")
		f.send(t, text(string(f.accounts[0]), somebody, "while the disk is full"))
		empty()
	}
	f.goesOn(t)
}

// goesOn demands that everything works again and that all that came is there for the reader and a new one.
func (f *fillable) goesOn(t *testing.T) {
	t.Helper()
	awaitHealthy(t, f.gateway)
	f.awaitWritable(t, "1")
	f.readUntil(t, f.reader, f.gateway)
	f.inject(10)
	f.readUntil(t, f.reader, f.gateway)
	f.readUntil(t, &follower{name: "new", got: make([]int, 4)}, f.gateway)
}
