package simulator_test

import (
	"bufio"
	"fmt"
	"io"
	"testing"

	"heliograph/adapters/simulator"
)

// BenchmarkSend is one send with its answer over a pipe, the notification and the receipt included.
func BenchmarkSend(b *testing.B) {
	sim := start(b, simulator.Options{})
	conn := sim.Pipe()
	defer conn.Close()
	lines := bufio.NewReader(conn)
	if _, err := io.WriteString(conn, `{"jsonrpc":"2.0","method":"subscribeReceive","id":0}`+"\n"); err != nil {
		b.Fatal(err)
	}
	if _, err := lines.ReadString('\n'); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		fmt.Fprintf(conn, `{"jsonrpc":"2.0","method":"send","params":{"account":"+15550100001","recipient":["+15550100002"],"message":"hello"},"id":%d}`+"\n", i)
		for range 3 {
			if _, err := lines.ReadString('\n'); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkInject is one event on its way to a subscriber.
func BenchmarkInject(b *testing.B) {
	sim := start(b, simulator.Options{})
	c := open(b, sim)
	c.ok("subscribeReceive", object{"account": bob})
	payload := []byte(`{"envelope":{"source":"+15550100001","timestamp":1767225601111,"dataMessage":{"timestamp":1767225601111,"message":"x"}},"account":"+15550100002"}`)
	b.ReportAllocs()
	for b.Loop() {
		sim.Inject(bob, payload)
		if _, err := c.readLine(); err != nil {
			b.Fatal(err)
		}
	}
}
