package realcli_test

import (
	"bufio"
	"fmt"
	"net"
	"slices"
	"testing"
	"time"

	"heliograph/test/realcli"
)

// BenchmarkVersion measures one request at a time on a kept connection:
//
//	go test ./test/realcli -run '^$' -bench Version
//
// Over TCP signal-cli sends an answer in two writes without TCP_NODELAY. The
// second waits until the first is acknowledged, which Linux delays by 40 ms
// unless the client asks for TCP_QUICKACK before it reads.
func BenchmarkVersion(b *testing.B) {
	rig := realcli.Start(b, realcli.Options{})
	daemon := rig.StartDaemon(b, realcli.DaemonOptions{TCP: true})
	for _, way := range []struct {
		name, network, addr string
		prepare             func(net.Conn) error
	}{
		{"unix", "unix", daemon.Socket, nil},
		{"tcp", "tcp", daemon.TCP, nil},
		{"tcp-quickack", "tcp", daemon.TCP, quickAck},
	} {
		b.Run(way.name, func(b *testing.B) {
			if way.name == "tcp-quickack" && quickAck == nil {
				b.Skip("TCP_QUICKACK exists on Linux only")
			}
			conn, err := net.Dial(way.network, way.addr)
			if err != nil {
				b.Fatal(err)
			}
			defer conn.Close()
			measureVersion(b, conn, way.prepare)
		})
	}
}

// measureVersion reports the median and the 99th percentile; prepare is called
// before each read of the socket.
func measureVersion(b *testing.B, conn net.Conn, prepare func(net.Conn) error) {
	reader := bufio.NewReader(preparedReader{conn, prepare})
	ask := func(id int) time.Duration {
		start := time.Now()
		if _, err := fmt.Fprintf(conn, `{"jsonrpc":"2.0","method":"version","id":%d}`+"\n", id); err != nil {
			b.Fatal(err)
		}
		if _, err := reader.ReadSlice('\n'); err != nil {
			b.Fatal(err)
		}
		return time.Since(start)
	}
	for id := range 50 { // lets the JVM compile
		ask(id)
	}
	var took []time.Duration
	for b.Loop() {
		took = append(took, ask(len(took)))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

type preparedReader struct {
	net.Conn
	prepare func(net.Conn) error
}

func (r preparedReader) Read(p []byte) (int, error) {
	if r.prepare != nil {
		if err := r.prepare(r.Conn); err != nil {
			return 0, err
		}
	}
	return r.Conn.Read(p)
}
