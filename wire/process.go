package wire

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/wire"

	"heliograph/adapters/apiconfig"
	"heliograph/adapters/signalcli"
	"heliograph/adapters/signalcli/process"
	"heliograph/app/accountstate"
	"heliograph/domain"
	"heliograph/ports"
	"heliograph/wire/config"
)

// processSet is a process for each call.
var processSet = wire.NewSet(
	newRunDir,
	keptTrustModes,
	newProcesses,
	wire.Bind(new(signalcli.Carrier), new(*process.Carrier)),
	processBackend,
	newPolling,
	processFiles,
	ownAttachments,
)

// newProcesses refuses to begin without the program, as a gateway with a daemon does: the reference begins, and answers each call with a failure.
func newProcesses(c config.Config, dir runDir, trustModes *apiconfig.File, log *slog.Logger) (*process.Carrier, func(), error) {
	options := process.Options{
		Command:   c.SignalCLI.Command,
		ConfigDir: c.SignalCLI.ConfigDir,
		Timeout:   c.SignalCLI.Timeout,
		Processes: c.SignalCLI.MaxProcesses,
		Grace:     processGrace,
		TempDir:   dir.temp(),
		TrustMode: trustModes.Mode,
		Log:       log,
	}
	if c.Mode == config.Normal {
		options.Archive = dir.archive()
	}
	carrier, err := process.New(options)
	if err != nil {
		return nil, nil, err
	}
	if err := carrier.Health(context.Background()).Err; err != nil { // it looks, and starts nothing
		carrier.Close()
		return nil, nil, err
	}
	return carrier, carrier.Close, nil
}

// processFiles: a command line takes paths.
func processFiles() sharedDisk { return true }

// warmEvery is how often Java's archive is made anew, so that it fits again some time after an upgrade.
const warmEvery = 24 * time.Hour

// processBackend has one Java machine write down what it learns at its start, so that later ones start sooner.
func processBackend(c config.Config, carrier *process.Carrier, log *slog.Logger) backend {
	return backend{process: &component{"signal-cli processes", func(ctx context.Context) error {
		defer carrier.Close()
		if c.Mode != config.Normal || !c.SignalCLI.WarmUp {
			<-ctx.Done()
			return ctx.Err()
		}
		again := time.NewTicker(warmEvery)
		defer again.Stop()
		for {
			if err := carrier.Warm(ctx); err != nil && ctx.Err() == nil {
				log.Info("signal-cli was not warmed up", "kind", domain.KindOf(err).String())
			}
			select {
			case <-again.C:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}}}
}

func newPolling(c config.Config, carrier *process.Carrier, facts *accountstate.Facts, accounts ports.Accounts, readership ports.Readership) (polling, error) {
	p := polling{
		Poller:          facts.Poller(carrier),
		Readership:      readership,
		Accounts:        accounts.List,
		ReceiveInterval: c.Receive.Interval,
		ScheduledPoll: ports.PollOptions{
			Timeout:           c.Receive.ScheduleTimeout,
			IgnoreAttachments: c.Receive.ScheduleIgnoreAttachments,
			IgnoreStories:     c.Receive.ScheduleIgnoreStories,
			IgnoreAvatars:     c.Receive.ScheduleIgnoreAvatars,
			IgnoreStickers:    c.Receive.ScheduleIgnoreStickers,
			SendReadReceipts:  c.Receive.ScheduleSendReadReceipts,
		},
	}
	if c.Receive.Schedule == "" {
		return p, nil
	}
	next, err := config.ParseSchedule(c.Receive.Schedule)
	p.Schedule = next
	return p, err
}
