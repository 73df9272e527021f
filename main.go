// Heliograph is a Signal messenger gateway in front of signal-cli. See README.md.
package main

import (
	"context"
	"io"
	"log"
	"os"
	"os/signal"
	"syscall"

	"heliograph/wire"
)

func main() {
	// Nothing of ours writes to it. Go's HTTP client does, and quotes there what a receiver of webhooks sent, which may be the message that it got.
	log.SetOutput(io.Discard)
	// The first signal ends the context, and the gateway in order; the second one ends the process at once.
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	ctx, _ := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, func() {
		<-signals
		second, _ := (<-signals).(syscall.Signal)
		os.Exit(128 + int(second))
	})
	os.Exit(run(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr))
}

// run carries out the command line and gives the exit code.
func run(ctx context.Context, args, environ []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return wire.Run(ctx, args, environ, stdin, stdout, stderr)
}
