package jsonrpc_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"testing"

	"heliograph/adapters/signalcli"
	"heliograph/adapters/signalcli/jsonrpc"
)

// BenchmarkTwoPartAnswer is a call to a daemon that writes as signal-cli does over TCP: an answer in two parts, and
// without TCP_NODELAY, so that the second waits for the acknowledgement of the first.
func BenchmarkTwoPartAnswer(b *testing.B) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go twoParts(c)
		}
	}()
	for name, wrap := range map[string]func(net.Conn) io.ReadWriteCloser{
		"with TCP_QUICKACK":    func(c net.Conn) io.ReadWriteCloser { return c },
		"without TCP_QUICKACK": func(c net.Conn) io.ReadWriteCloser { return struct{ io.ReadWriteCloser }{c} },
	} {
		b.Run(name, func(b *testing.B) {
			client := jsonrpc.New(func(context.Context) (io.ReadWriteCloser, error) {
				c, err := net.Dial("tcp", l.Addr().String())
				if err != nil {
					return nil, err
				}
				return wrap(c), nil
			}, nil, jsonrpc.Options{})
			ctx, cancel := context.WithCancel(b.Context())
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				_ = client.Run(ctx)
			}()
			for b.Loop() {
				if _, err := client.Call(ctx, signalcli.Call{Method: "version"}); err != nil {
					b.Fatal(err)
				}
			}
			cancel()
			<-ended
		})
	}
}

func twoParts(c net.Conn) {
	_ = c.(*net.TCPConn).SetNoDelay(false)
	in := bufio.NewReader(c)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		id := line[len(line)-18 : len(line)-2]
		if _, err := c.Write([]byte(`{"jsonrpc":"2.0","result":{"version":"0.14.6"},"id":` + string(id) + `}`)); err != nil {
			return
		}
		if _, err := c.Write([]byte("\n")); err != nil {
			return
		}
	}
}
