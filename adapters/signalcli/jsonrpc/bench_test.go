package jsonrpc_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"testing"

	"heliograph/adapters/signalcli"
	"heliograph/adapters/signalcli/jsonrpc"
	"heliograph/domain"
)

// echo answers each request at once.
func echo(c net.Conn) {
	in := bufio.NewReaderSize(c, 64<<10)
	out := bufio.NewWriterSize(c, 64<<10)
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return
		}
		id := line[len(line)-2:]
		for id[0] != ':' {
			id = line[len(line)-len(id)-1:]
		}
		fmt.Fprintf(out, `{"jsonrpc":"2.0","result":{"timestamp":1700000000123,"results":[{"recipientAddress":{"uuid":`+
			`"00000000-0000-4000-8000-000000000001","number":"+15550100002","username":null},"type":"SUCCESS"}]},"id"%s`, id)
		if in.Buffered() == 0 {
			if out.Flush() != nil {
				return
			}
		}
	}
}

// BenchmarkRoundTrip is one send by way of the whole adapter to a daemon on a Unix socket that answers at once.
func BenchmarkRoundTrip(b *testing.B) {
	l, err := net.Listen("unix", filepath.Join(b.TempDir(), "s"))
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
			go echo(c)
		}
	}()
	carrier := jsonrpc.New(func(context.Context) (io.ReadWriteCloser, error) { return net.Dial("unix", l.Addr().String()) },
		nil, jsonrpc.Options{})
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = carrier.Run(ctx)
	}()
	client := signalcli.New(carrier, signalcli.Options{})
	message := domain.Message{Target: domain.Target{Recipients: []domain.Recipient{{Number: "+15550100002"}}}, Text: "hello", NotifySelf: true}
	if _, err := client.Send(ctx, "+15550100001", message); err != nil {
		b.Fatal(err)
	}
	for _, parallel := range []int{1, 32} {
		b.Run(fmt.Sprintf("%d callers", 2*parallel), func(b *testing.B) {
			b.ReportAllocs()
			b.SetParallelism(parallel)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if _, err := client.Send(ctx, "+15550100001", message); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
	cancel()
	<-ended
}
