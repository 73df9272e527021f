package signalcli_test

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"heliograph/adapters/signalcli"
	"heliograph/adapters/signalcli/jsonrpc"
	"heliograph/adapters/simulator"
	"heliograph/domain"
)

// transport is a way to reach a simulator.
type transport struct {
	name string
	// reach makes what dials sim; all is over when the test ends.
	reach func(t *testing.T, sim *simulator.Simulator) jsonrpc.Dial
}

var transports = []transport{
	{"pipe", func(_ *testing.T, sim *simulator.Simulator) jsonrpc.Dial {
		return func(context.Context) (io.ReadWriteCloser, error) { return sim.Pipe(), nil }
	}},
	{"tcp", func(t *testing.T, sim *simulator.Simulator) jsonrpc.Dial { return listen(t, sim, "tcp", "127.0.0.1:0") }},
	{"unix", func(t *testing.T, sim *simulator.Simulator) jsonrpc.Dial {
		dir, err := os.MkdirTemp("", "sim") // t.TempDir is too long for a socket
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
		return listen(t, sim, "unix", filepath.Join(dir, "s"))
	}},
}

func listen(t *testing.T, sim *simulator.Simulator, network, address string) jsonrpc.Dial {
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- sim.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	return func(ctx context.Context) (io.ReadWriteCloser, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, l.Addr().String())
	}
}

// backend is a simulator behind a JSON-RPC client.
type backend struct {
	sim     *simulator.Simulator
	carrier *jsonrpc.Client
	inbox   *inbox
	// stop ends the client.
	stop func()
	// down makes dialing fail.
	down chan struct{}
}

func newBackend(t *testing.T, by transport, options simulator.Options) *backend {
	t.Helper()
	sim := simulator.New(options)
	t.Cleanup(sim.Close)
	return connect(t, by.reach(t, sim), sim)
}

func connect(t *testing.T, dial jsonrpc.Dial, sim *simulator.Simulator) *backend {
	b := &backend{sim: sim, inbox: newInbox(), down: make(chan struct{})}
	b.carrier = jsonrpc.New(func(ctx context.Context) (io.ReadWriteCloser, error) {
		select {
		case <-b.down:
			return nil, domain.Errorf(domain.Unavailable, "dial", "down")
		default:
			return dial(ctx)
		}
	}, b.inbox, jsonrpc.Options{Subscribe: true, ConnectWait: time.Second})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = b.carrier.Run(ctx)
	}()
	b.stop = func() {
		cancel()
		<-ended
	}
	t.Cleanup(b.stop)
	if _, err := b.carrier.Version(t.Context()); err != nil { // it is served, not only connected
		t.Fatal(err)
	}
	return b
}

// awaitLoss returns when the client has noticed that its connection is gone.
func (b *backend) awaitLoss(t *testing.T) {
	t.Helper()
	for limit := time.Now().Add(30 * time.Second); b.carrier.Connected(); time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatal("the client did not notice the loss of its connection")
		}
	}
}

// inbox is a ports.Receiver that keeps texts by the account that got them, and counts what else came.
type inbox struct {
	mu      sync.Mutex
	others  map[domain.Account]int
	texts   map[domain.Account]map[domain.Timestamp]string
	arrived chan struct{}
	never   chan struct{}
}

func newInbox() *inbox {
	return &inbox{others: map[domain.Account]int{}, texts: map[domain.Account]map[domain.Timestamp]string{}, arrived: make(chan struct{}, 1), never: make(chan struct{})}
}

func (i *inbox) Receive(_ context.Context, payload []byte) error {
	var event struct {
		Account  domain.Account `json:"account"`
		Envelope struct {
			DataMessage struct {
				Timestamp domain.Timestamp `json:"timestamp"`
				Message   *string          `json:"message"`
			} `json:"dataMessage"`
		} `json:"envelope"`
	}
	if err := json.Unmarshal(payload, &event); err != nil {
		return err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if event.Envelope.DataMessage.Message == nil {
		i.others[event.Account]++
		return nil
	}
	if i.texts[event.Account] == nil {
		i.texts[event.Account] = map[domain.Timestamp]string{}
	}
	i.texts[event.Account][event.Envelope.DataMessage.Timestamp] = *event.Envelope.DataMessage.Message
	select {
	case i.arrived <- struct{}{}:
	default:
	}
	return nil
}

func (i *inbox) Wanted() (bool, <-chan struct{}) { return true, i.never }
func (i *inbox) Stalled() bool                   { return false }

// take waits until an account has n texts and takes them out.
func (i *inbox) take(t *testing.T, account domain.Account, n int) map[domain.Timestamp]string {
	t.Helper()
	limit := time.NewTimer(30 * time.Second)
	defer limit.Stop()
	for {
		i.mu.Lock()
		got := i.texts[account]
		if len(got) >= n {
			i.texts[account] = nil
			i.mu.Unlock()
			return got
		}
		i.mu.Unlock()
		select {
		case <-i.arrived:
		case <-limit.C:
			t.Fatalf("%d of %d texts arrived", len(got), n)
		}
	}
}

// await waits until n events without text came for an account.
func (i *inbox) await(t *testing.T, account domain.Account, n int) {
	t.Helper()
	for limit := time.Now().Add(30 * time.Second); ; time.Sleep(time.Millisecond) {
		i.mu.Lock()
		got := i.others[account]
		i.mu.Unlock()
		if got >= n {
			return
		}
		if time.Now().After(limit) {
			t.Fatalf("%d of %d events arrived", got, n)
		}
	}
}

// stdioChild dials a child process: this test binary as a simulator on its standard input and output.
func stdioChild(context.Context) (io.ReadWriteCloser, error) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childMark+"=1", "GORACE=atexit_sleep_ms=0")
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &child{ReadCloser: out, in: in, cmd: cmd}, nil
}

// childMark makes the test binary a simulator.
const childMark = "HELIOGRAPH_TEST_STDIO_SIMULATOR"

type child struct {
	io.ReadCloser
	in   io.WriteCloser
	cmd  *exec.Cmd
	once sync.Once
}

func (c *child) Write(b []byte) (int, error) { return c.in.Write(b) }

// Close ends the child, which ends by itself when its input does.
func (c *child) Close() error {
	var err error
	c.once.Do(func() {
		_ = c.in.Close()
		err = c.cmd.Wait()
	})
	return err
}

var _ signalcli.Carrier = (*jsonrpc.Client)(nil)
