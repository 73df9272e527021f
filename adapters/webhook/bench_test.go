package webhook_test

import (
	"bytes"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"heliograph/adapters/webhook"
)

// BenchmarkCall calls a receiver that does nothing but find the end of a request and answer 204, so that what is measured is the caller's: time,
// CPU of the process (a quarter of it is that receiver's), allocations. The body is an event of 1 KiB.
func BenchmarkCall(b *testing.B) {
	body := []byte(strings.Repeat("x", 1024-8) + "the end\n")
	address := rawServer(b, func(conn net.Conn) {
		buffer := make([]byte, 16<<10)
		for n := 0; ; {
			read, err := conn.Read(buffer[n:])
			if err != nil {
				return
			}
			if n += read; bytes.HasSuffix(buffer[:n], body[len(body)-8:]) {
				n = 0
				if _, err := io.WriteString(conn, "HTTP/1.1 204 OK\r\n\r\n"); err != nil {
					return
				}
			}
		}
	})
	for name, secrets := range map[string][]string{"unsigned": nil, "signed": {newSecret}, "signed by two": {newSecret, oldSecret}} {
		call := callOf("http://" + address + "/hook")
		call.Body, call.Secrets, call.Header = body, secrets, map[string]string{"Authorization": "Bearer t0ken"}
		c := caller(b, webhook.CallerOptions{})
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			before := cpu(b)
			for b.Loop() {
				if answer, err := c.Call(b.Context(), call); err != nil || answer.Status != 204 {
					b.Fatal(answer, err)
				}
			}
			b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(b.N), "µs-CPU/op")
		})
		b.Run(name+", side by side", func(b *testing.B) {
			b.SetParallelism(8)
			before := cpu(b)
			b.RunParallel(func(p *testing.PB) {
				for p.Next() {
					if answer, err := c.Call(b.Context(), call); err != nil || answer.Status != 204 {
						b.Error(answer, err)
						return
					}
				}
			})
			b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(b.N), "µs-CPU/op")
		})
	}
}

// cpu is the time that the process has computed.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
