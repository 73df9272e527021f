package hub_test

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"heliograph/adapters/hub"
	"heliograph/adapters/memlog"
	"heliograph/domain"
	"heliograph/ports"
)

// BenchmarkPublish appends events, ten at a time, as fast as the slowest reader takes them: one op is one event at
// all its readers. ns/delivery is the part of one reader.
func BenchmarkPublish(b *testing.B) {
	for _, readers := range []int{1, 100, 10_000} {
		b.Run(fmt.Sprintf("readers=%d", readers), func(b *testing.B) {
			log := memlog.New(memlog.Options{})
			h, _ := start(b, log, hub.Options{PublishInterval: -1})
			follow := follower(b, h, readers, b.N)
			const window = 500 // events that may be on their way
			events := make([]*domain.Event, 0, 10)
			b.ReportAllocs()
			b.ResetTimer()
			for n := 0; n < b.N; {
				events = events[:0]
				for ; n < b.N && len(events) < cap(events); n++ {
					events = append(events, &domain.Event{Account: alice, Kind: domain.KindMessage, Payload: payload300})
				}
				appendTo(b, log, events...)
				if n%window == 0 {
					follow.until(n - window)
				}
			}
			follow.until(b.N)
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(readers), "ns/delivery")
		})
	}
}

// BenchmarkFanOut appends 10,000 events/s, each by itself, for 100 readers, and reports the CPU
// that one delivery costs in all.
func BenchmarkFanOut(b *testing.B) {
	const readers, perSecond = 100, 10_000
	for _, interval := range []time.Duration{-1, time.Millisecond, 5 * time.Millisecond} {
		b.Run(fmt.Sprintf("interval=%v", interval), func(b *testing.B) {
			log := memlog.New(memlog.Options{})
			h, _ := start(b, log, hub.Options{PublishInterval: interval})
			follow := follower(b, h, readers, b.N)
			b.ReportAllocs()
			b.ResetTimer()
			cpu, began := cpuTime(), time.Now()
			for n := range b.N {
				if ahead := time.Duration(n)*time.Second/perSecond - time.Since(began); ahead > 0 {
					time.Sleep(ahead)
				}
				appendTo(b, log, &domain.Event{Account: alice, Kind: domain.KindMessage, Payload: payload300})
			}
			follow.until(b.N)
			b.ReportMetric(float64((cpuTime()-cpu).Nanoseconds())/float64(b.N)/readers, "cpu-ns/delivery")
		})
	}
}

// BenchmarkIdleReader reports what a reader that waits in Next costs, its goroutine, which belongs to the transport, included.
func BenchmarkIdleReader(b *testing.B) {
	log := memlog.New(memlog.Options{})
	h, stop := start(b, log, hub.Options{})
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var group sync.WaitGroup
	for n := range b.N {
		s := subscribe(b, h, accountOf(n%1000), domain.Latest)
		group.Go(func() { _, _ = s.Next(context.Background(), make([]*domain.Event, 16)) })
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc+after.StackInuse-before.HeapAlloc-before.StackInuse)/float64(b.N), "B/reader")
	stop()
	group.Wait()
}

var payload300 = make([]byte, 300)

// followers are readers that take what comes as fast as they can.
type followers struct {
	mu   sync.Mutex // guards got
	more sync.Cond
	got  []int
}

func follower(b *testing.B, h *hub.SubscriptionHub, readers, events int) *followers {
	b.Helper()
	f := &followers{got: make([]int, readers)}
	f.more.L = &f.mu
	for i := range readers {
		s, err := h.Subscribe(context.Background(), ports.Reader{Filter: domain.Filter{Account: alice, Backend: true}, From: domain.Latest})
		if err != nil {
			b.Fatal(err)
		}
		go func() {
			defer s.Stop()
			into := make([]*domain.Event, 64)
			for got := 0; got < events; {
				n, err := s.Next(context.Background(), into)
				if err != nil {
					return
				}
				got += n
				f.mu.Lock()
				f.got[i] = got
				f.mu.Unlock()
				if got%500 < n || got == events {
					f.more.Signal()
				}
			}
		}()
	}
	return f
}

// until waits until each has got as many.
func (f *followers) until(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.got {
		for f.got[i] < n {
			f.more.Wait()
		}
	}
}

// cpuTime is what the process has used, user and system.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
