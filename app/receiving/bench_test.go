package receiving_test

import (
	"context"
	"fmt"
	"testing"

	"heliograph/adapters/memlog"
	"heliograph/app/receiving"
)

// BenchmarkReceive takes payloads until they are stored; one op is one payload.
func BenchmarkReceive(b *testing.B) {
	for _, accounts := range []int{1, 1000} {
		b.Run(fmt.Sprintf("accounts=%d", accounts), func(b *testing.B) {
			payloads := make([][]byte, b.N)
			for n := range payloads {
				payloads[n] = payload(accountOf(n%accounts), n)
			}
			s, stop := start(b, memlog.New(memlog.Options{}), receiving.Options{})
			b.ReportAllocs()
			b.ResetTimer()
			for _, p := range payloads {
				if err := s.Receive(context.Background(), p); err != nil {
					b.Fatal(err)
				}
			}
			stop() // stores what is left
		})
	}
}
