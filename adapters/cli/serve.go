package cli

import (
	"fmt"
	"maps"
	"strconv"
)

// configuration are the flags of commands that read the configuration.
type configuration struct {
	Config   string            `short:"c" placeholder:"FILE" help:"Configuration file, YAML. Default: HELIOGRAPH_CONFIG, or none."`
	Mode     string            `placeholder:"MODE" help:"simulator, normal, native, json-rpc or json-rpc-native."`
	Listen   string            `placeholder:"HOST:PORT" help:"Where HTTP is served."`
	LogLevel string            `placeholder:"LEVEL" help:"debug, info, warn or error."`
	Set      map[string]string `mapsep:"none" placeholder:"KEY=VALUE" help:"Any setting by its key in the file; may be repeated."`
}

// overrides puts the flags together; --set is the more general and gives way.
func (c configuration) overrides() Overrides {
	settings := map[string]string{}
	maps.Copy(settings, c.Set)
	for key, value := range map[string]string{"mode": c.Mode, "listen": c.Listen, "log_level": c.LogLevel} {
		if value != "" {
			settings[key] = value
		}
	}
	return Overrides{File: c.Config, Settings: settings}
}

type serveCommand struct {
	configuration
}

// Help is shown below the flags.
func (serveCommand) Help() string {
	return `Settings come from the file, over it the environment, over it the flags.

Examples:

  heliograph serve --mode simulator
  MODE=json-rpc heliograph serve --listen 127.0.0.1:9000
  heliograph serve -c heliograph.yaml --set signal_cli.max_calls=64`
}

// Run runs the gateway.
func (c *serveCommand) Run(i *invocation) error {
	return i.functions.Serve(i.ctx, c.overrides())
}

type configCommand struct {
	configuration
}

// Help is shown below the flags.
func (configCommand) Help() string {
	return `The output can serve as a configuration file; secrets are hidden.

Example:

  MODE=json-rpc heliograph config -c heliograph.yaml`
}

// Run prints the configuration.
func (c *configCommand) Run(i *invocation) error {
	return i.functions.Config(c.overrides())
}

type simulatorCommand struct {
	Listen      string `default:"tcp://127.0.0.1:7583" placeholder:"ADDRESS" help:"tcp://host:port, unix:///path or stdio: (default ${default})."`
	Account     string `short:"a" placeholder:"NUMBER" help:"Serve that account only, as signal-cli -a does."`
	ReceiveMode string `default:"on-start" enum:"manual,on-start,on-connection" help:"signal-cli's --receive-mode (default ${default})."`
}

// Help is shown below the flags.
func (simulatorCommand) Help() string {
	return `What signal-cli daemon is, for bots under test: JSON-RPC, one value a line.

Examples:

  heliograph simulator
  heliograph simulator --listen unix:///tmp/signal-cli.sock --receive-mode manual
  MODE=json-rpc HELIOGRAPH_SIGNAL_CLI_ADDRESS=tcp://127.0.0.1:7583 heliograph serve`
}

// Run serves the simulator.
func (c *simulatorCommand) Run(i *invocation) error {
	return i.functions.Simulator(i.ctx, SimulatorOptions{Listen: c.Listen, Account: c.Account, ReceiveMode: c.ReceiveMode})
}

type signalCLICommand struct {
	Args []string `arg:"" optional:"" help:"What signal-cli takes."`
}

// Help is shown below the flags.
func (signalCLICommand) Help() string {
	return `For bots that start signal-cli themselves, and for MODE=normal without signal-cli. The network lives in a background
process that the first caller of a --config folder starts and that ends after a minute without callers.

Example:

  heliograph signal-cli --config /tmp/demo -a +15550100001 send -m "Hello" +15550100002`
}

// Run is signal-cli.
func (c *signalCLICommand) Run(i *invocation) error {
	return exitStatus(i.functions.SignalCLI(i.ctx, c.Args))
}

// exitStatus ends the program with that code; it was said why.
type exitStatus int

func (e exitStatus) Error() string { return "exit status " + strconv.Itoa(int(e)) }

type versionCommand struct{}

// Help is shown below the flags.
func (versionCommand) Help() string {
	return `Example:

  heliograph version`
}

// Run prints the version.
func (*versionCommand) Run(i *invocation) error {
	_, err := fmt.Fprintf(i.streams.Out, "heliograph %s\n", i.functions.Version)
	return err
}
