package e2e_test

import (
	"context"
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"heliograph/adapters/hub"
	"heliograph/adapters/jetstream"
	"heliograph/adapters/memkv"
	"heliograph/adapters/memlog"
	"heliograph/app/receiving"
	"heliograph/domain"
	"heliograph/ports"
	"heliograph/test/natsserver"
)

// keptLogs are the ways to keep what was received, side by side.
var keptLogs = []struct {
	name string
	open func(b *testing.B) jetstream.Options
}{
	{"memory", nil},
	{"embedded", func(b *testing.B) jetstream.Options { return jetstream.Options{Dir: b.TempDir()} }},
	{"sync-always", func(b *testing.B) jetstream.Options { return jetstream.Options{Dir: b.TempDir(), SyncAlways: true} }},
	{"cluster-r3", func(b *testing.B) jetstream.Options {
		return jetstream.Options{URL: natsserver.StartCluster(b, 3, natsserver.Options{}).URL(), Replicas: 3}
	}},
}

// house is receiving, a log and a hub, with readers of everything.
type house struct {
	service *receiving.Service
	streams []ports.Stream
}

func newHouse(b *testing.B, open func(b *testing.B) jetstream.Options, readers int) house {
	b.Helper()
	var log ports.EventLog = memlog.New(memlog.Options{MaxBytes: 256 << 20})
	if open != nil {
		store, err := jetstream.Open(b.Context(), open(b))
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(store.Close)
		kept, err := store.Log(b.Context(), jetstream.LogOptions{})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(kept.Close)
		log = kept
	}
	subscriptions := hub.New(log, hub.Options{})
	h := house{service: receiving.New(log, memkv.New(), subscriptions, receiving.Options{})}
	ctx, cancel := context.WithCancel(context.WithoutCancel(b.Context()))
	var parts errgroup.Group
	parts.Go(func() error { return subscriptions.Run(ctx) })
	parts.Go(func() error { return h.service.Run(ctx) })
	b.Cleanup(func() {
		cancel()
		_ = parts.Wait()
	})
	for range readers {
		stream, err := subscriptions.Subscribe(b.Context(), ports.Reader{From: domain.Latest})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(stream.Stop)
		h.streams = append(h.streams, stream)
	}
	return h
}

// readAll has each reader take so many events, and tells seen of each.
func (h house) readAll(ctx context.Context, events int, seen func(*domain.Event)) error {
	var readers errgroup.Group
	for _, stream := range h.streams {
		readers.Go(func() error {
			var batch [64]*domain.Event
			for read := 0; read < events; {
				n, err := stream.Next(ctx, batch[:])
				if err != nil {
					return err
				}
				for _, e := range batch[:n] {
					seen(e)
				}
				read += n
			}
			return nil
		})
	}
	return readers.Wait()
}

func usedCPU() time.Duration {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// BenchmarkThrough takes messages of 5,000 accounts through receiving, the log and the hub, as fast as they go; an op is a message that all
// readers have. The servers of the cluster share the machine.
func BenchmarkThrough(b *testing.B) {
	for _, kept := range keptLogs {
		for _, readers := range []int{1, 10} {
			b.Run(fmt.Sprintf("%s/readers=%d", kept.name, readers), func(b *testing.B) {
				h := newHouse(b, kept.open, readers)
				before := usedCPU()
				b.ResetTimer()
				var sending errgroup.Group
				sending.Go(func() error {
					for n := range b.N {
						account := domain.Account(fmt.Sprintf("+1555010%04d", n%5000))
						if err := h.service.Receive(b.Context(), numbered(account, n)); err != nil {
							return err
						}
					}
					return nil
				})
				if err := h.readAll(b.Context(), b.N, func(*domain.Event) {}); err != nil {
					b.Fatal(err)
				}
				_ = sending.Wait() // a failure shows as missing events
				b.StopTimer()
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
				b.ReportMetric(float64((usedCPU()-before).Nanoseconds())/float64(b.N), "cpu-ns/op")
			})
		}
	}
}

// BenchmarkDelay sends 1,000 messages a second and tells how long they take to a reader; an op is a message.
func BenchmarkDelay(b *testing.B) {
	for _, kept := range keptLogs {
		b.Run(kept.name, func(b *testing.B) {
			h := newHouse(b, kept.open, 1)
			b.ResetTimer()
			begun := time.Now()
			due := func(n int) time.Time { return begun.Add(time.Duration(n) * time.Millisecond) }
			var sending errgroup.Group
			sending.Go(func() error {
				for n := range b.N {
					time.Sleep(time.Until(due(n)))
					account := domain.Account(fmt.Sprintf("+1555010%04d", n%100))
					if err := h.service.Receive(b.Context(), numbered(account, n)); err != nil {
						return err
					}
				}
				return nil
			})
			took := make([]time.Duration, 0, b.N)
			if err := h.readAll(b.Context(), b.N, func(*domain.Event) { took = append(took, time.Since(due(len(took)))) }); err != nil {
				b.Fatal(err)
			}
			_ = sending.Wait() // a failure shows as missing events
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
		})
	}
}
