package reading_test

import (
	"strconv"
	"testing"

	"heliograph/adapters/memlog"
	"heliograph/domain"
	"heliograph/ports"
)

// What one more open named reader costs, the place in the store included.
func BenchmarkOpenNamedReader(b *testing.B) {
	g := start(b, memlog.Options{})
	b.ReportAllocs()
	var open []ports.Stream
	for n := 0; b.Loop(); n++ {
		s, err := g.Subscribe(b.Context(), ports.Reader{Transport: "websocket", Remember: "/" + strconv.Itoa(n), From: domain.Latest})
		if err != nil {
			b.Fatal(err)
		}
		open = append(open, s)
	}
	for _, s := range open {
		s.Stop()
	}
}

// An event from the log to the reader, and its acknowledgement to the store.
func BenchmarkReadAndAcknowledge(b *testing.B) {
	for name, remember := range map[string]string{"unnamed": "", "named": "/bot"} {
		b.Run(name, func(b *testing.B) {
			g := start(b, memlog.Options{})
			s, err := g.Subscribe(b.Context(), ports.Reader{Transport: "websocket", Remember: remember, From: domain.Latest})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Stop()
			into := make([]*domain.Event, 1)
			b.ReportAllocs()
			for b.Loop() {
				g.add(b, alice, 1, 1)
				if _, err := s.Next(b.Context(), into); err != nil {
					b.Fatal(err)
				}
				if err := s.Ack(b.Context(), into[0].Cursor); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
