package signalcli_test

import (
	"context"
	"os"
	"testing"

	"go.uber.org/goleak"

	"heliograph/adapters/simulator"
)

func TestMain(m *testing.M) {
	if os.Getenv(childMark) != "" {
		sim := simulator.New(simulator.Options{})
		_ = sim.ServeStdio(context.Background(), os.Stdin, os.Stdout)
		sim.Close()
		return
	}
	goleak.VerifyTestMain(m)
}
