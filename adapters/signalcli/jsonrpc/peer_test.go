package jsonrpc_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"heliograph/adapters/signalcli"
	"heliograph/adapters/signalcli/jsonrpc"
)

// request is what a peer read.
type request struct {
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	ID     json.RawMessage `json:"id"`
}

// peer is the other end of one connection, played by the test line by line: only what the simulator cannot be made to do
// is tested against it.
type peer struct {
	t    testing.TB
	conn net.Conn
	in   *bufio.Reader
}

// next reads the next request, past those of the client's own.
func (p *peer) next() request {
	p.t.Helper()
	for {
		r, err := p.read()
		if err != nil {
			p.t.Fatalf("peer: %v", err)
		}
		if r.Method != "version" {
			return r
		}
		p.answer(r, `{"version":"0.14.6"}`)
	}
}

func (p *peer) read() (request, error) {
	line, err := p.in.ReadBytes('\n')
	if err != nil {
		return request{}, err
	}
	var r request
	if err := json.Unmarshal(line, &r); err != nil {
		return request{}, fmt.Errorf("client wrote %q: %w", line, err)
	}
	return r, nil
}

func (p *peer) answer(r request, result string) {
	p.write(fmt.Sprintf(`{"jsonrpc":"2.0","result":%s,"id":%s}`, result, r.ID))
}

func (p *peer) write(line string) { _, _ = io.WriteString(p.conn, line+"\n") }

// dialer hands out pipes; each connection's other end comes out of peers.
type dialer struct {
	t     testing.TB
	peers chan *peer
	mu    sync.Mutex
	down  error
}

func newDialer(t testing.TB) *dialer { return &dialer{t: t, peers: make(chan *peer, 16)} }

func (d *dialer) dial(context.Context) (io.ReadWriteCloser, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.down != nil {
		return nil, d.down
	}
	client, server := net.Pipe()
	d.peers <- &peer{t: d.t, conn: server, in: bufio.NewReader(server)}
	return client, nil
}

func (d *dialer) refuse(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.down = err
}

// start runs a client until the test ends.
func start(t testing.TB, d *dialer, receiver *receiver, options jsonrpc.Options) *jsonrpc.Client {
	t.Helper()
	client := jsonrpc.New(d.dial, receiver, options)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- client.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Run returned %v", err)
		}
	})
	return client
}

// receiver keeps what it gets; while it is full, Receive blocks.
type receiver struct {
	mu      sync.Mutex
	got     []string
	full    chan struct{} // nil while there is room
	wanted  bool
	changed chan struct{}
}

func newReceiver() *receiver { return &receiver{wanted: true, changed: make(chan struct{})} }

func (r *receiver) Receive(ctx context.Context, payload []byte) error {
	for {
		r.mu.Lock()
		full := r.full
		if full == nil {
			r.got = append(r.got, string(payload))
			r.mu.Unlock()
			return nil
		}
		r.mu.Unlock()
		select {
		case <-full:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (r *receiver) Wanted() (bool, <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.wanted, r.changed
}

func (r *receiver) Stalled() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.full != nil
}

func (r *receiver) want(wanted bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.wanted = wanted
	close(r.changed)
	r.changed = make(chan struct{})
}

func (r *receiver) stall(stalled bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if stalled {
		r.full = make(chan struct{})
		return
	}
	close(r.full)
	r.full = nil
}

func (r *receiver) received() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.got...)
}

// calling makes a call in the background.
type outcome struct {
	result string
	err    error
	after  time.Duration
}

func calling(client *jsonrpc.Client, ctx context.Context, call signalcli.Call) <-chan outcome {
	done := make(chan outcome, 1)
	began := time.Now()
	go func() {
		result, err := client.Call(ctx, call)
		done <- outcome{string(result), err, time.Since(began)}
	}()
	return done
}

func send(text string) signalcli.Call {
	return signalcli.Call{Method: "send", Account: "+15550100001", Effect: true,
		Params: []signalcli.Param{{Name: "message", Value: text}}}
}

func read() signalcli.Call { return signalcli.Call{Method: "listAccounts"} }
