package wire

import (
	"github.com/google/wire"

	"heliograph/adapters/signalcli/jsonrpc"
	"heliograph/wire/config"
)

// remoteSet is a signal-cli daemon that somebody else runs, at the configured address.
var remoteSet = wire.NewSet(dialRemote, remoteBackend, filesShared, remoteAttachmentDir)

func dialRemote(c config.Config) jsonrpc.Dial { return dialTo(c.SignalCLI.Address) }

func remoteBackend(connection *jsonrpc.Client) backend {
	return backend{connection: &component{"connection to signal-cli", connection.Run}}
}

func remoteAttachmentDir(c config.Config, shared sharedDisk) attachmentDir {
	if !shared {
		return ""
	}
	return attachmentDir(c.SignalCLI.ConfigDir)
}
