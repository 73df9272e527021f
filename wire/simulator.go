package wire

import (
	"context"
	"io"
	"os"

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

// news is where the simulator prints verification codes and links for people.
type news io.Writer

func newSimulator(dir simulatorDir, out news) (*simulator.Simulator, func()) {
	s := simulator.New(simulator.Options{ConfigDir: string(dir), Out: out})
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
