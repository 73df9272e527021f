package daemon_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"testing"
	"time"

	"heliograph/adapters/signalcli"
	"heliograph/adapters/signalcli/daemon"
	"heliograph/adapters/signalcli/jsonrpc"
	"heliograph/adapters/simulator"
)

// The simulator as the daemon, reached by the real client over each channel: it answers, and answers again after it was killed,
// and after it was stopped, when only the lack of an answer tells.
func TestClientAndSimulator(t *testing.T) {
	for _, channel := range []daemon.Channel{daemon.Socket, daemon.TCP, daemon.Stdio} {
		t.Run(channel.String(), func(t *testing.T) {
			configDir, err := os.MkdirTemp("", "daemon") // short: the simulator has a socket in it
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				ctx, cancel := context.WithTimeout(context.Background(), hang)
				defer cancel()
				if err := simulator.Stop(ctx, configDir); err != nil {
					t.Errorf("stop: %v", err)
				}
				os.RemoveAll(configDir)
			})
			var client *jsonrpc.Client
			probe := func(ctx context.Context) error {
				_, err := client.Call(ctx, signalcli.Call{Method: "version"})
				return err
			}
			var r *rig
			client = jsonrpc.New(func(ctx context.Context) (io.ReadWriteCloser, error) { return r.Dial(ctx) }, nil,
				jsonrpc.Options{ConnectWait: hang, DialTimeout: hang, IdlePing: 100 * time.Millisecond})
			r = start(t, "simulator", daemon.Options{
				Channel: channel, ConfigDir: configDir, Grace: 500 * time.Millisecond,
				ProbeInterval: 50 * time.Millisecond, ProbeLimit: time.Second,
			}, probe)
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- client.Run(ctx) }()
			t.Cleanup(func() {
				cancel()
				if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
					t.Errorf("client: %v", err)
				}
			})
			answers := func(n int) {
				t.Helper()
				for end := time.Now().Add(hang); ; time.Sleep(5 * time.Millisecond) {
					accounts, err := signalcli.New(client, signalcli.Options{}).List(ctx)
					if err == nil && len(accounts) > 0 && len(r.starts()) >= n {
						return
					}
					if time.Now().After(end) {
						t.Fatalf("%v, %v, %d starts; log:\n%s", accounts, err, len(r.starts()), r.log)
					}
				}
			}
			answers(1)
			for n, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGSTOP} {
				r.kill(t, signal)
				answers(n + 2)
			}
		})
	}
}

// kill sends a signal to the daemon that was started last.
func (r *rig) kill(t *testing.T, signal syscall.Signal) {
	t.Helper()
	for end := time.Now().Add(hang); time.Now().Before(end); {
		starts := r.starts()
		var pid int
		fmt.Sscan(starts[len(starts)-1], &pid)
		if syscall.Kill(pid, signal) == nil {
			return
		}
	}
	t.Fatal("there is no daemon")
}
