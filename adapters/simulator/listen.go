package simulator

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
)

// Pipe returns a connection to the simulator inside the process. It is a net.Conn with deadlines and
// CloseWrite. Closing it ends the connection.
func (s *Simulator) Pipe() net.Conn {
	client, server := newPipe()
	if !s.begin() {
		_ = server.Close()
		return client
	}
	go func() {
		defer s.running.Done()
		_ = s.ServeConn(context.Background(), server)
	}()
	return client
}

// Serve accepts connections until ctx ends or the listener fails, then cuts them and returns when all
// are done. It closes the listener. The result is nil when ctx ended.
func (s *Simulator) Serve(ctx context.Context, l net.Listener) error {
	return s.accept(ctx, l, func(ctx context.Context, c net.Conn) { _ = s.ServeConn(ctx, c) })
}

func (s *Simulator) accept(ctx context.Context, l net.Listener, serve func(context.Context, net.Conn)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()
	var conns sync.WaitGroup
	defer conns.Wait()
	defer cancel()
	for {
		c, err := l.Accept()
		if err != nil {
			_ = l.Close()
			if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
				return nil
			}
			return err
		}
		conns.Add(1)
		go func() {
			defer conns.Done()
			serve(ctx, c)
		}()
	}
}

// ServeStdio serves one connection on a pair of streams, as signal-cli's jsonRpc command does: until in
// ends and the running requests are answered, or ctx ends. in is closed when ctx ends, if it can be.
func (s *Simulator) ServeStdio(ctx context.Context, in io.Reader, out io.Writer) error {
	return s.serve(ctx, stdio{in, out}, session{account: s.opt.Account, mode: s.opt.ReceiveMode, stdio: true})
}

// stdio makes one stream of two.
type stdio struct {
	io.Reader
	io.Writer
}

// Close closes the reading side when it can be closed, which ends the reader.
func (s stdio) Close() error {
	if c, ok := s.Reader.(io.Closer); ok {
		return c.Close()
	}
	return nil
}
