package realcli

import (
	"bytes"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// readyLimit bounds the start of a daemon.
const readyLimit = 90 * time.Second

// Daemon is a running `signal-cli daemon`, for gateways that reach one that is
// already there.
type Daemon struct {
	Socket string // path of its Unix socket
	TCP    string // host:port; empty unless asked for

	cmd    *exec.Cmd
	output *lockedBuffer
	ended  chan struct{} // closed when the process has ended
	waiter sync.WaitGroup
}

// DaemonOptions say how a daemon is started.
type DaemonOptions struct {
	ConfigDir   string // default: the rig's ConfigDir
	ReceiveMode string // default "manual"
	TCP         bool   // listen on a free port of loopback too
}

// StartDaemon starts a daemon and returns once it answers. The test's cleanup ends it.
func (r *Rig) StartDaemon(t testing.TB, options DaemonOptions) *Daemon {
	t.Helper()
	d := &Daemon{
		Socket: filepath.Join(r.Dir, fmt.Sprintf("d%d.sock", time.Now().UnixNano())),
		output: &lockedBuffer{},
		ended:  make(chan struct{}),
	}
	args := []string{
		"--config", or(options.ConfigDir, r.ConfigDir), "daemon", "--socket", d.Socket,
		"--receive-mode", or(options.ReceiveMode, "manual"), "--no-receive-stdout",
	}
	if options.TCP {
		d.TCP = freeAddr(t)
		args = append(args, "--tcp", d.TCP)
	}
	// not the test's context: the cleanup below stops the daemon with a signal first
	d.cmd = exec.Command(r.Command, args...)
	d.cmd.SysProcAttr = processGroup()
	d.cmd.Stdout, d.cmd.Stderr = d.output, d.output
	d.cmd.WaitDelay = stopLimit
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	d.waiter.Go(func() {
		defer close(d.ended)
		_ = d.cmd.Wait()
	})
	t.Cleanup(func() {
		d.Stop()
		if t.Failed() {
			t.Logf("daemon:\n%s", d.Output())
		}
	})
	d.waitReady(t)
	return d
}

// Stop ends the daemon with SIGTERM, after ten seconds with SIGKILL, and waits
// for its end. It may be repeated.
func (d *Daemon) Stop() {
	select {
	case <-d.ended: // its process ID may belong to another process by now
	default:
		_ = killGroup(d.cmd, syscall.SIGTERM)
		kill := time.AfterFunc(stopLimit, func() { _ = killGroup(d.cmd, syscall.SIGKILL) })
		defer kill.Stop()
	}
	d.waiter.Wait()
}

// Output is what the daemon has printed so far.
func (d *Daemon) Output() string { return d.output.String() }

// waitReady waits until the daemon takes connections on all its sockets.
func (d *Daemon) waitReady(t testing.TB) {
	t.Helper()
	addrs := []net.Addr{&net.UnixAddr{Name: d.Socket, Net: "unix"}}
	if d.TCP != "" {
		addr, err := net.ResolveTCPAddr("tcp", d.TCP)
		if err != nil {
			t.Fatal(err)
		}
		addrs = append(addrs, addr)
	}
	deadline := time.NewTimer(readyLimit)
	defer deadline.Stop()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for _, addr := range addrs {
		for {
			if conn, err := net.Dial(addr.Network(), addr.String()); err == nil {
				_ = conn.Close()
				break
			}
			select {
			case <-tick.C:
			case <-d.ended:
				t.Fatalf("daemon ended: %s", d.Output())
			case <-deadline.C:
				t.Fatalf("daemon does not listen: %s", d.Output())
			}
		}
	}
}

// freeAddr is an address of loopback that nobody listens on at the moment.
func freeAddr(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// lockedBuffer collects output that is read while it is still written.
type lockedBuffer struct {
	textMu sync.Mutex
	text   bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.textMu.Lock()
	defer b.textMu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.textMu.Lock()
	defer b.textMu.Unlock()
	return strings.TrimSpace(b.text.String())
}
