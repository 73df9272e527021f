package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// Functions are what the command line needs of the gateway itself.
type Functions struct {
	// Serve runs a gateway until ctx ends or it fails.
	Serve func(ctx context.Context, overrides Overrides) error
	// Simulator serves a simulated signal-cli until ctx ends.
	Simulator func(ctx context.Context, options SimulatorOptions) error
	// Config prints the configuration in force.
	Config func(overrides Overrides) error
	// SignalCLI is signal-cli's command line on a simulated network; the result is its exit code.
	SignalCLI func(ctx context.Context, args []string) int
	// Version of the program.
	Version string
}

// Overrides is what the command line says of the configuration.
type Overrides struct {
	// File is the configuration file, empty for none.
	File string
	// Settings by key.
	Settings map[string]string
}

// SimulatorOptions are the arguments of the command simulator.
type SimulatorOptions struct {
	// Listen is tcp://host:port, unix:///path or stdio:.
	Listen string
	// Account serves that account only; empty for all.
	Account string
	// ReceiveMode is signal-cli's: manual, on-start or on-connection.
	ReceiveMode string
}

// Streams are those of the process.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// commands is the whole command line.
type commands struct {
	Serve     serveCommand     `cmd:"" default:"withargs" help:"Run the gateway (default)."`
	Send      sendCommand      `cmd:"" help:"Send a message through a running gateway."`
	Receive   receiveCommand   `cmd:"" help:"Print what an account received, or follow it."`
	Log       logCommand       `cmd:"" help:"List, follow, export or delete the events that a running gateway keeps."`
	Link      linkCommand      `cmd:"" help:"Link the gateway as a device of your phone."`
	Simulator simulatorCommand `cmd:"" help:"Serve a Signal network in memory that speaks signal-cli's protocol."`
	SignalCLI signalCLICommand `cmd:"" name:"signal-cli" passthrough:"" help:"Be the command signal-cli, on a Signal network in memory."`
	Config    configCommand    `cmd:"" help:"Print the configuration in force and where each value comes from."`
	Version   versionCommand   `cmd:"" help:"Print the version."`
}

// invocation is what a command gets besides its arguments.
type invocation struct {
	ctx       context.Context
	functions Functions
	streams   Streams
	getenv    func(string) string
}

// Run carries out the command in args and gives the exit code.
func Run(ctx context.Context, args, environ []string, streams Streams, functions Functions) int {
	var all commands
	exited := false // by --help
	parser, err := kong.New(&all,
		kong.Name("heliograph"),
		kong.Description("A Signal messenger gateway: REST, WebSocket and server-sent events in front of signal-cli."),
		kong.Writers(streams.Out, streams.Err),
		kong.Exit(func(int) { exited = true }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.Bind(&invocation{ctx: ctx, functions: functions, streams: streams, getenv: Getenv(environ)}),
	)
	if err != nil {
		fmt.Fprintf(streams.Err, "heliograph: %v\n", err)
		return exitInternal
	}
	command, err := parser.Parse(args)
	switch {
	case exited:
		return exitOK
	case err != nil:
		fmt.Fprintf(streams.Err, "heliograph: %v\nTry heliograph --help.\n", err)
		return exitUsage
	}
	err = command.Run()
	var ended exitStatus
	switch {
	case errors.As(err, &ended):
		return int(ended)
	case err != nil:
		if ctx.Err() != nil && errors.Is(err, context.Canceled) {
			return exitOK // the user ended it
		}
		report(streams.Err, err)
		return exitCode(err)
	}
	return exitOK
}

// Getenv is os.Getenv of an environment as os.Environ gives it.
func Getenv(environ []string) func(string) string {
	return func(name string) string {
		for _, entry := range environ {
			if value, ok := strings.CutPrefix(entry, name+"="); ok {
				return value
			}
		}
		return ""
	}
}
