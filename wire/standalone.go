package wire

import (
	"context"
	"fmt"
	"net"
	"os"

	"heliograph/adapters/cli"
	"heliograph/adapters/simulator"
	"heliograph/domain"
	"heliograph/wire/config"
)

// simulator serves a simulated signal-cli at an address until ctx ends.
func (p program) simulator(ctx context.Context, options cli.SimulatorOptions) error {
	address, err := config.ParseAddress(options.Listen)
	if err != nil || address.Network == "" {
		return domain.Errorf(domain.Invalid, "", "--listen must be tcp://host:port, unix:///path or stdio:")
	}
	mode, ok := simulator.ParseReceiveMode(options.ReceiveMode)
	if !ok {
		return domain.Errorf(domain.Invalid, "", "--receive-mode must be manual, on-start or on-connection")
	}
	s := simulator.New(simulator.Options{Account: options.Account, ReceiveMode: mode, Out: p.stderr, AutoScan: phone()})
	defer s.Close()
	if address.Network == "stdio" {
		return s.ServeStdio(ctx, p.stdin, p.stdout)
	}
	if address.Network == "unix" {
		removeStale(address.Path)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, address.Network, address.Path)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stderr, "A Signal network in memory, as signal-cli daemon on %s://%s. Its accounts:\n\n%s\n", address.Network, listener.Addr(), s.Banner())
	return s.Serve(ctx, listener)
}

// signalCLI is signal-cli's command line on a simulated network; the result is its exit code.
func (p program) signalCLI(ctx context.Context, args []string) int {
	return simulator.Main(ctx, args, p.stdin, p.stdout, p.stderr, cli.Getenv(p.environ))
}

// removeStale removes a socket file on which nobody listens any more.
func removeStale(path string) {
	if info, err := os.Lstat(path); err != nil || info.Mode().Type() != os.ModeSocket {
		return
	}
	if conn, err := net.Dial("unix", path); err == nil {
		_ = conn.Close()
		return // somebody does; listening will say so
	}
	_ = os.Remove(path) // listening says what is wrong
}
