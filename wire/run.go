package wire

import (
	"context"
	"io"
	"log/slog"
	"net"

	"heliograph/adapters/cli"
	"heliograph/wire/config"
)

// version is set by the build.
var version = "unknown"

// Run carries out a command line and gives the exit code. It is all that main calls.
func Run(ctx context.Context, args, environ []string, stdin io.Reader, stdout, stderr io.Writer) int {
	p := program{environ: environ, stdin: stdin, stdout: stdout, stderr: stderr}
	return cli.Run(ctx, args, environ, cli.Streams{In: stdin, Out: stdout, Err: stderr}, cli.Functions{
		Serve:     p.serve,
		Simulator: p.simulator,
		Config:    p.config,
		SignalCLI: p.signalCLI,
		Version:   version,
	})
}

// program is the functions that the command line needs of the gateway.
type program struct {
	environ        []string
	stdin          io.Reader
	stdout, stderr io.Writer
}

func (p program) load(overrides cli.Overrides) (config.Config, []string, error) {
	return config.Load(config.Sources{File: overrides.File, Environ: p.environ, Flags: overrides.Settings})
}

// serve runs a gateway until ctx ends or it fails.
func (p program) serve(ctx context.Context, overrides cli.Overrides) error {
	c, warnings, err := p.load(overrides)
	level := new(slog.LevelVar)
	level.Set(c.LogLevel)
	log := slog.New(slog.NewTextHandler(p.stderr, &slog.HandlerOptions{Level: level}))
	for _, warning := range warnings {
		log.Warn(warning)
	}
	if err != nil {
		return err
	}
	defer raiseHeapFloor(p.environ)()
	gateway, cleanup, err := build(ctx, c, log, level, p)
	if err != nil {
		return err
	}
	defer cleanup()
	return gateway.Run(ctx, func(address net.Addr) {
		log.Info("listening", "address", address.String(), "mode", string(c.Mode), "version", version)
		gateway.welcome(p.stdout, address)
	})
}

// build makes the gateway for the configured way to signal-cli. ctx bounds the building alone, which may wait for servers elsewhere.
func build(ctx context.Context, c config.Config, log *slog.Logger, level *slog.LevelVar, p program) (*Gateway, func(), error) {
	c, err := settle(c, log)
	if err != nil {
		return nil, nil, err
	}
	switch address := c.SignalCLI.Address; {
	case c.Mode == config.Simulator:
		return initSimulator(ctx, c, log, level, news(p.stdout))
	case c.Mode.Process():
		return initProcess(ctx, c, log, level)
	case address.Network == "" || address.Network == "stdio":
		return initDaemon(ctx, c, log, level)
	default:
		return initRemote(ctx, c, log, level)
	}
}

// config prints the configuration in force.
func (p program) config(overrides cli.Overrides) error {
	c, warnings, err := p.load(overrides)
	for _, warning := range warnings {
		_, _ = io.WriteString(p.stderr, "heliograph: "+warning+"\n")
	}
	if err != nil {
		return err
	}
	return c.Write(p.stdout)
}
