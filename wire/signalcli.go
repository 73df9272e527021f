package wire

import (
	"path/filepath"

	"github.com/google/wire"

	"heliograph/adapters/signalcli"
	"heliograph/ports"
	"heliograph/wire/config"
)

// signalcliSet is the table of operations, on whatever carrier there is.
var signalcliSet = wire.NewSet(
	newSignalCLI,
	wire.Bind(new(ports.Backend), new(*signalcli.Client)),
	wire.Bind(new(ports.Capabilities), new(*signalcli.Client)),
	newAttachments,
)

// sharedDisk says that signal-cli reads the paths of our files.
type sharedDisk bool

func newSignalCLI(carrier signalcli.Carrier, shared sharedDisk) *signalcli.Client {
	return signalcli.New(carrier, signalcli.Options{SharedDisk: bool(shared)})
}

// filesShared decides how attachments travel: by path to what certainly runs on this machine.
func filesShared(c config.Config) sharedDisk {
	switch c.SignalCLI.Files {
	case config.FilesPath:
		return true
	case config.FilesData:
		return false
	}
	return sharedDisk(c.SignalCLI.Address.Local())
}

// attachmentDir is signal-cli's data directory; empty where it is on another machine.
type attachmentDir string

func newAttachments(dir attachmentDir, client *signalcli.Client) ports.Attachments {
	if dir == "" {
		return signalcli.NewRemoteAttachments(client)
	}
	return signalcli.NewAttachmentDir(filepath.Join(string(dir), "attachments"))
}
