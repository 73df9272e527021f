package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/google/wire"

	"heliograph/adapters/signalcli/jsonrpc"
	"heliograph/adapters/simulator"
	"heliograph/wire/config"
)

// simulatorSet is a Signal network in this process, reached over a pipe.
var simulatorSet = wire.NewSet(newSimulatorDir, newSimulator, dialSimulator, simulatorBackend, simulatorShared, simulatorAttachments, simulatorStore)

// simulatorDir is where the simulator keeps attachments, as signal-cli does in its configuration folder.
type simulatorDir string

// newSimulatorDir takes the first numbered folder below the gateway's own that no other process has, and empties it: one that was
// killed leaves its folder to the next.
func newSimulatorDir(c config.Config) (simulatorDir, func(), error) {
	base := filepath.Join(c.DataDir, "simulator")
	for n := range maxSimulators {
		dir := filepath.Join(base, strconv.Itoa(n))
		unlock, err := lock(base, strconv.Itoa(n)+".lock", "")
		if errors.Is(err, errTaken) {
			continue
		}
		if err != nil {
			return "", nil, err
		}
		err = os.RemoveAll(dir)
		if err == nil {
			err = os.Mkdir(dir, 0o700)
		}
		if err != nil {
			unlock()
			return "", nil, err
		}
		return simulatorDir(dir), func() { _ = os.RemoveAll(dir); unlock() }, nil // what stays is emptied by the next
	}
	return "", nil, fmt.Errorf("%d simulators run with %s already", maxSimulators, base)
}

// maxSimulators bounds those with one folder.
const maxSimulators = 1000

// phone is the demo's phone, which scans every link code.
func phone() simulator.AutoScan {
	return simulator.AutoScan{Account: "+15550100004", After: 2 * time.Second}
}

// news is where the simulator prints verification codes and links for people.
type news io.Writer

func newSimulator(dir simulatorDir, out news) (*simulator.Simulator, func()) {
	s := simulator.New(simulator.Options{ConfigDir: string(dir), Out: out, AutoScan: phone()})
	return s, s.Close
}

func dialSimulator(s *simulator.Simulator) jsonrpc.Dial {
	return func(context.Context) (io.ReadWriteCloser, error) { return s.Pipe(), nil }
}

func simulatorBackend(s *simulator.Simulator, connection *jsonrpc.Client) backend {
	return backend{connection: &component{"connection to the simulator", connection.Run}, people: s.Banner()}
}

func simulatorShared() sharedDisk { return true }

func simulatorAttachments(dir simulatorDir) attachmentDir { return attachmentDir(dir) }

// simulatorStore keeps what the demo's people say apart from what people said, and belongs to the one simulator that has dir.
func simulatorStore(dir simulatorDir) storeDir { return storeDir(string(dir) + ".store") }
