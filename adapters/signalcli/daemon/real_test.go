package daemon_test

import (
	"context"
	"io"
	"path/filepath"
	"testing"
	"time"

	"heliograph/adapters/signalcli"
	"heliograph/adapters/signalcli/daemon"
	"heliograph/adapters/signalcli/jsonrpc"
	"heliograph/test/realcli"
)

// The real signal-cli starts with our command line, over each channel, and leaves nothing behind.
func TestRealSignalCLI(t *testing.T) {
	rig := realcli.Start(t, realcli.Options{})
	for _, channel := range []daemon.Channel{daemon.Socket, daemon.TCP, daemon.Stdio} {
		t.Run(channel.String(), func(t *testing.T) {
			log := &lockedBuffer{}
			s, err := daemon.New(daemon.Options{
				Command: rig.Command, ConfigDir: rig.ConfigDir, Channel: channel, Dir: filepath.Join(rig.Dir, "run"), Log: log.logger(),
			})
			if err != nil {
				t.Fatal(err)
			}
			client := jsonrpc.New(func(ctx context.Context) (io.ReadWriteCloser, error) { return s.Dial(ctx) }, nil,
				jsonrpc.Options{ConnectWait: 2 * time.Minute, DialTimeout: 2 * time.Minute})
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 2)
			go func() { done <- client.Run(ctx) }()
			go func() { done <- s.Run(ctx, nil) }()
			accounts, err := signalcli.New(client, signalcli.Options{}).List(ctx)
			if err != nil || len(accounts) != 2 {
				t.Errorf("accounts %v, %v; log:\n%s", accounts, err, log)
			}
			cancel()
			<-done
			<-done
			if left, _ := filepath.Glob(filepath.Join(rig.Dir, "run*")); len(left) > 0 {
				t.Errorf("left: %q", left)
			}
			t.Logf("log:\n%s", log)
		})
	}
}
