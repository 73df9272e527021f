package wire

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/wire"

	"heliograph/adapters/signalcli"
	"heliograph/adapters/signalcli/daemon"
	"heliograph/adapters/signalcli/jsonrpc"
	"heliograph/wire/config"
)

// daemonSet is a signal-cli that the gateway starts and that stays: a daemon on a Unix socket, or a child on
// standard streams where the address is stdio:.
var daemonSet = wire.NewSet(newRunDir, newSupervisor, dialSupervised, superviseBackend, ownFiles, ownAttachments)

func newSupervisor(c config.Config, dir runDir, log *slog.Logger) (*daemon.Supervisor, error) {
	channel := daemon.Socket
	if c.SignalCLI.Address.Network == "stdio" {
		channel = daemon.Stdio
	}
	return daemon.New(daemon.Options{
		Command:   c.SignalCLI.Command,
		ConfigDir: c.SignalCLI.ConfigDir,
		TrustMode: c.SignalCLI.TrustNewIdentities,
		Channel:   channel,
		Flags:     daemonFlags(c.Receive),
		Dir:       dir.daemon(),
		Grace:     processGrace,
		Log:       log,

		ProbeInterval: probeInterval,
		ProbeLimit:    probeLimit,
	})
}

// A daemon of ours that hangs is replaced after 30 to 40 s: when two questions, 10 s after the last answer and at once after the
// first of them, had none within 15 s each. A Java machine that collects garbage, or starts on a busy machine, is quicker.
const (
	probeInterval = 10 * time.Second
	probeLimit    = 15 * time.Second
)

// daemonFlags are what a daemon leaves out, which no call can ask for.
func daemonFlags(r config.Receive) (flags []string) {
	for _, f := range []struct {
		set  bool
		flag string
	}{
		{r.IgnoreAttachments, "--ignore-attachments"}, {r.IgnoreStories, "--ignore-stories"},
		{r.IgnoreAvatars, "--ignore-avatars"}, {r.IgnoreStickers, "--ignore-stickers"},
	} {
		if f.set {
			flags = append(flags, f.flag)
		}
	}
	return flags
}

func dialSupervised(s *daemon.Supervisor) jsonrpc.Dial { return s.Dial }

func superviseBackend(s *daemon.Supervisor, connection *jsonrpc.Client) backend {
	probe := func(ctx context.Context) error {
		_, err := connection.Call(ctx, signalcli.Call{Method: "version"})
		return err
	}
	return backend{
		process:    &component{"signal-cli", func(ctx context.Context) error { return s.Run(ctx, probe) }},
		connection: &component{"connection to signal-cli", connection.Run},
	}
}

// ownFiles: what we start reads our files, unless the configuration says otherwise.
func ownFiles(c config.Config) sharedDisk { return c.SignalCLI.Files != config.FilesData }

func ownAttachments(c config.Config) attachmentDir { return attachmentDir(c.SignalCLI.ConfigDir) }
