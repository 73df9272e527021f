package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
)

// daemon serves the folder's accounts on sockets, as the daemon command does.
func (in *invocation) daemon(ctx context.Context) error {
	mode, _ := ParseReceiveMode(fmt.Sprint(in.params["receive-mode"]))
	if _, ok := in.params["http"]; ok {
		return userError("The simulator has no HTTP channel, use --socket or --tcp")
	}
	unlock, err := in.lockForLife(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	listeners, err := in.listen()
	if err != nil {
		return err
	}
	if len(listeners) == 0 {
		return userError("No channel given, use --socket or --tcp")
	}
	// The first connection keeps the network alive, and with on-start it is who receives at once.
	control, err := in.dial(ctx, hello{Account: in.account, Mode: controlMode(mode)})
	if err != nil {
		closeAll(listeners)
		return err
	}
	fmt.Fprintf(in.stderr, "INFO  DaemonCommand - Starting daemon in %s mode\n", map[bool]string{true: "multi-account", false: "single-account"}[in.account == ""])
	parent := ctx
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var running sync.WaitGroup
	for _, l := range listeners {
		fmt.Fprintf(in.stderr, "INFO  SocketHandler - Started JSON-RPC server on %s\n", l.Addr())
		running.Add(1)
		go func() {
			defer running.Done()
			cancel(in.relayAll(ctx, l, hello{Account: in.account, Mode: mode}))
		}()
	}
	running.Add(1)
	go func() {
		defer running.Done()
		cancel(in.printReceived(control))
	}()
	<-ctx.Done()
	closeAll(listeners)
	_ = control.Close()
	running.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) && !in.accountGone(parent) {
		return err
	}
	return nil
}

// accountGone tells whether the account of single mode was lost, after which the daemon ends in order.
func (in *invocation) accountGone(ctx context.Context) bool {
	if in.account == "" {
		return false
	}
	numbers, err := in.listAccounts(ctx)
	return err == nil && !slices.Contains(numbers, in.account)
}

// controlMode is on-start only for the daemon that receives without a client.
func controlMode(mode ReceiveMode) ReceiveMode {
	if mode == ReceiveOnStart {
		return ReceiveOnStart
	}
	return ReceiveManual
}

// lockForLife locks the account of single mode, or all.
func (in *invocation) lockForLife(ctx context.Context) (func(), error) {
	if in.account != "" {
		return in.chooseAccount(ctx)
	}
	return in.lockAll(ctx)
}

func closeAll(listeners []net.Listener) {
	for _, l := range listeners {
		_ = l.Close()
	}
}

// listen opens the channels of the command line.
func (in *invocation) listen() (out []net.Listener, err error) {
	defer func() {
		if err != nil {
			closeAll(out)
		}
	}()
	if path, ok := in.params["socket"].(string); ok {
		if path == "" {
			path = in.defaultSocket()
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return out, ioError("Failed to bind socket %s: %v", path, err)
		}
		l, err := net.Listen("unix", path)
		if err != nil {
			return out, bindError(path, err)
		}
		out = append(out, l)
	}
	if address, ok := in.params["tcp"].(string); ok {
		colon := strings.LastIndex(address, ":")
		if colon < 0 || colon == len(address)-1 {
			return out, userError("Invalid tcp bind address (expected host:port): %s", address)
		}
		l, err := net.Listen("tcp", address)
		if err != nil {
			return out, bindError(address, err)
		}
		out = append(out, l)
	}
	return out, nil
}

func bindError(where string, err error) *Error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return ioError("Failed to bind socket %s: Address already in use", where)
	}
	return ioError("Failed to bind socket %s: %v", where, err)
}

func (in *invocation) defaultSocket() string {
	dir := in.getenv("XDG_RUNTIME_DIR")
	if dir == "" {
		dir = os.TempDir()
	}
	return filepath.Join(dir, "signal-cli", "socket")
}

// relayAll passes each connection of a listener on to one of its own to the background process.
func (in *invocation) relayAll(ctx context.Context, l net.Listener, h hello) error {
	var conns sync.WaitGroup
	defer conns.Wait()
	for {
		client, err := l.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return err
		}
		conns.Add(1)
		go func() {
			defer conns.Done()
			back, err := in.dial(ctx, h)
			if err != nil {
				_ = client.Close()
				return
			}
			relay(ctx, client, client, client, back)
		}()
	}
}

// relay copies both ways until the background process ends the connection or ctx ends. It closes both.
// clean tells whether the client ended first, which is how a connection should end; only then is reading
// from the client certainly over, because a standard input cannot be interrupted.
func relay(ctx context.Context, from io.Reader, to io.Writer, client io.Closer, back *backLink) (clean bool) {
	stop := context.AfterFunc(ctx, func() {
		_ = client.Close()
		_ = back.Close()
	})
	defer stop()
	up := make(chan bool, 1)
	go func() {
		_, err := io.Copy(back.Conn, from)
		// Said before the background hears of it, so that its end finds it said.
		up <- err == nil
		if half, ok := back.Conn.(interface{ CloseWrite() error }); ok {
			_ = half.CloseWrite()
		}
	}()
	_, _ = io.Copy(to, back.lines)
	select {
	case clean = <-up:
	default:
	}
	_ = client.Close()
	_ = back.Close()
	return clean
}

// printReceived is the daemon's own output: every message it receives at once. It ends with the connection.
func (in *invocation) printReceived(control *backLink) error {
	quiet, _ := in.params["no-receive-stdout"].(bool)
	for {
		line, err := control.lines.ReadBytes('\n')
		if err != nil {
			return fmt.Errorf("connection to the simulator lost: %w", err)
		}
		var n struct {
			Params json.RawMessage `json:"params"`
		}
		if !quiet && json.Unmarshal(line, &n) == nil {
			in.printPayload(n.Params)
		}
	}
}

// jsonRPC is one connection on standard input and output.
func (in *invocation) jsonRPC(ctx context.Context) error {
	mode, _ := ParseReceiveMode(fmt.Sprint(in.params["receive-mode"]))
	unlock, err := in.lockForLife(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	back, err := in.dial(ctx, hello{Account: in.account, Mode: mode, Stdio: true})
	if err != nil {
		return err
	}
	if !relay(ctx, in.stdin, in.stdout, stdio{in.stdin, in.stdout}, back) && ctx.Err() == nil {
		return &Error{Code: codeInternal, Message: "Failed to read input (StreamConstraintsException)"}
	}
	return nil
}
