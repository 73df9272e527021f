package jetstream_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"heliograph/adapters/jetstream"
	"heliograph/adapters/memlog"
	"heliograph/domain"
	"heliograph/ports"
	"heliograph/test/natsserver"
)

// logs are the ways to keep a log, side by side.
var logs = []struct {
	name string
	open func(b *testing.B) ports.EventLog
}{
	{"memory", func(*testing.B) ports.EventLog { return memlog.New(memlog.Options{MaxBytes: 1 << 30}) }},
	{"embedded", func(b *testing.B) ports.EventLog {
		return openLog(b, open(b, jetstream.Options{Dir: b.TempDir()}), jetstream.LogOptions{})
	}},
	{"sync-always", func(b *testing.B) ports.EventLog {
		return openLog(b, open(b, jetstream.Options{Dir: b.TempDir(), SyncAlways: true}), jetstream.LogOptions{})
	}},
	{"server", func(b *testing.B) ports.EventLog {
		return openLog(b, open(b, jetstream.Options{URL: natsserver.Start(b, natsserver.Options{}).URL()}), jetstream.LogOptions{})
	}},
	{"cluster-r3", func(b *testing.B) ports.EventLog {
		url := natsserver.StartCluster(b, 3, natsserver.Options{}).URL()
		return openLog(b, open(b, jetstream.Options{URL: url, Replicas: 3}), jetstream.LogOptions{})
	}},
}

func benchmarkEvent(account, n int) *domain.Event {
	return &domain.Event{
		Account: domain.Account(fmt.Sprintf("+1555010%04d", account)), Kind: domain.KindMessage, Received: 1767225600000,
		Key:    domain.EventKey(fmt.Sprintf("%032x", n)),
		Source: "b8d1c7f2-93a4-4e55-8f0b-1c6a2d9e4f37", Payload: make([]byte, 500),
	}
}

// cpu is what this process has used, servers elsewhere not counted.
func cpu() time.Duration {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// BenchmarkAppend appends as receiving does: 16 at a time, each of another account. One op is one event.
func BenchmarkAppend(b *testing.B) {
	for _, kept := range logs {
		for _, size := range []int{1, 16} {
			b.Run(fmt.Sprintf("%s/batch=%d", kept.name, size), func(b *testing.B) {
				log := kept.open(b)
				before := cpu()
				b.ResetTimer()
				var n atomic.Int64
				var writers sync.WaitGroup
				for account := range 16 {
					writers.Go(func() {
						for {
							first := int(n.Add(int64(size))) - size
							if first >= b.N {
								return
							}
							batch := make([]*domain.Event, 0, size)
							for i := range size {
								batch = append(batch, benchmarkEvent(account, first+i))
							}
							if err := log.Append(context.Background(), batch); err != nil {
								b.Error(err)
								return
							}
						}
					})
				}
				writers.Wait()
				b.StopTimer()
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
				b.ReportMetric(float64((cpu()-before).Nanoseconds())/float64(b.N), "cpu-ns/op")
			})
		}
	}
}

// BenchmarkRead reads on from the oldest event of a log with 200,000; one op is one event.
func BenchmarkRead(b *testing.B) {
	for _, kept := range logs {
		b.Run(kept.name, func(b *testing.B) {
			const events = 200_000
			log := kept.open(b)
			for n := 0; n < events; n += 500 {
				batch := make([]*domain.Event, 0, 500)
				for i := range 500 {
					batch = append(batch, benchmarkEvent(n%100, n+i))
				}
				if err := log.Append(context.Background(), batch); err != nil {
					b.Fatal(err)
				}
			}
			before := cpu()
			b.ResetTimer()
			from := domain.Oldest
			for read := 0; read < b.N; {
				page, err := log.Read(context.Background(), domain.Filter{}, from, 1000)
				if err != nil {
					b.Fatal(err)
				}
				read += len(page.Events)
				from = page.Next
				if len(page.Events) == 0 {
					from = domain.Oldest
				}
			}
			b.StopTimer()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
			b.ReportMetric(float64((cpu()-before).Nanoseconds())/float64(b.N), "cpu-ns/op")
		})
	}
}
