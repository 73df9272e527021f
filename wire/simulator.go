package wire

import (
	"context"
	"io"
	"os"
	"time"

	"github.com/google/wire"

	"heliograph/adapters/signalcli/jsonrpc"
	"heliograph/adapters/simulator"
)

// simulatorSet is a Signal network in this process, reached over a pipe.
var simulatorSet = wire.NewSet(newSimulatorDir, newSimulator, dialSimulator, simulatorBackend, simulatorShared, simulatorAttachments)

// simulatorDir is where the simulator keeps attachments, as signal-cli does in its configuration folder.
type simulatorDir string

func newSimulatorDir() (simulatorDir, func(), error) {
	dir, err := os.MkdirTemp("", "heliograph-simulator-")
	if err != nil {
		return "", nil, err
	}
	return simulatorDir(dir), func() { _ = os.RemoveAll(dir) }, nil // the system's folder for temporary files
}

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
