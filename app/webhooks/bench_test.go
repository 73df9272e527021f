package webhooks_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"heliograph/adapters/memlog"
	"heliograph/adapters/webhook"
	"heliograph/app/webhooks"
	"heliograph/domain"
	"heliograph/ports"
)

// counter is a caller whose receivers take everything at once.
type counter struct{ calls atomic.Int64 }

func (c *counter) Call(context.Context, ports.WebhookCall) (ports.WebhookAnswer, error) {
	c.calls.Add(1)
	return ports.WebhookAnswer{Status: 204}, nil
}

// await waits until n calls were made.
func (c *counter) await(b *testing.B, n int64) {
	b.Helper()
	for began := time.Now(); c.calls.Load() < n; {
		time.Sleep(time.Millisecond)
		if time.Since(began) > time.Minute {
			b.Fatalf("%d of %d calls", c.calls.Load(), n)
		}
	}
}

// many are webhooks of the configuration file.
func many(n int, url string) (options webhooks.Options) {
	for i := range n {
		h := domain.Webhook{
			ID: fmt.Sprint("hook", i), URL: url, Enabled: true, Concurrency: 16,
			Secrets: []domain.WebhookSecret{{Value: "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"}},
		}
		options.Configured = append(options.Configured, webhooks.Configured{Webhook: h.WithDefaults(), FromOldest: true})
	}
	return options
}

// begin starts a gateway with caller.
func begin(b *testing.B, w *world, caller ports.WebhookCaller, options webhooks.Options) {
	b.Helper()
	w.caller = caller
	w.start(options)
}

func events(from, n int) []*domain.Event {
	list := make([]*domain.Event, n)
	for i := range list {
		list[i] = message(alice, fmt.Sprintf("d4f1a2b4-0000-4000-8000-%012d", (from+i)%100), from+i)
	}
	return list
}

// BenchmarkDeliver delivers new events of 100 conversations, to receivers in the process and over HTTP; an operation is a delivery.
func BenchmarkDeliver(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	defer server.Close()
	for _, hooks := range []int{1, 100} {
		for _, over := range []string{"memory", "HTTP"} {
			b.Run(fmt.Sprintf("%d, %s", hooks, over), func(b *testing.B) {
				w := newWorld(b)
				counted := &counter{}
				var caller ports.WebhookCaller = counted
				if over == "HTTP" {
					client := webhook.NewCaller(webhook.CallerOptions{})
					defer client.Close()
					caller = &counting{client, counted}
				}
				begin(b, w, caller, many(hooks, server.URL))
				time.Sleep(50 * time.Millisecond)
				before := cpu(b)
				const batch = 100
				b.ResetTimer()
				for put := 0; put < b.N; put += batch * hooks {
					w.put(events(put/hooks, batch)...)
					counted.await(b, int64(put-10*batch*hooks))
				}
				counted.await(b, int64(b.N))
				b.ReportMetric(float64((cpu(b)-before).Nanoseconds())/float64(b.N), "ns-CPU/op")
			})
		}
	}
}

// BenchmarkLatency is the time from an event's being stored to its call's reaching a receiver over HTTP, at 500 events/s of 100
// conversations; without the hub's publish interval.
func BenchmarkLatency(b *testing.B) {
	arrived := make(chan time.Time, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		arrived <- time.Now()
		w.WriteHeader(http.StatusNoContent)
	}))
	defer server.Close()
	client := webhook.NewCaller(webhook.CallerOptions{})
	defer client.Close()
	w := newWorld(b)
	begin(b, w, client, many(1, server.URL))
	time.Sleep(50 * time.Millisecond)
	var took []time.Duration
	pace := time.NewTicker(2 * time.Millisecond)
	defer pace.Stop()
	n := 0
	for b.Loop() {
		<-pace.C
		began := time.Now()
		w.put(events(n, 1)...)
		n++
		took = append(took, (<-arrived).Sub(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

// counting counts what another caller delivers.
type counting struct {
	ports.WebhookCaller
	counted *counter
}

func (c *counting) Call(ctx context.Context, call ports.WebhookCall) (ports.WebhookAnswer, error) {
	answer, err := c.WebhookCaller.Call(ctx, call)
	c.counted.calls.Add(1)
	return answer, err
}

// BenchmarkCatchUp delivers what an hour's outage left in the log; an operation is a delivery.
func BenchmarkCatchUp(b *testing.B) {
	w := newWorld(b)
	w.log = memlog.New(memlog.Options{MaxBytes: 4 << 30})
	for put := 0; put < b.N; put += 1000 {
		w.put(events(put, 1000)...)
	}
	counted := &counter{}
	before := cpu(b)
	b.ResetTimer()
	begin(b, w, counted, many(1, "http://a.test"))
	counted.await(b, int64(b.N))
	b.ReportMetric(float64((cpu(b)-before).Nanoseconds())/float64(b.N), "ns-CPU/op")
}

// BenchmarkIdle starts with 1,000 webhooks that nothing happens to.
func BenchmarkIdle(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		w := newWorld(b)
		options := many(1000, "http://a.test")
		before, goroutines := heap(), runtime.NumGoroutine()
		b.StartTimer()
		w.caller = &counter{}
		g := w.start(options)
		for { // the last is loaded when it stands where the log is
			if kept, err := w.store.List(b.Context(), "webhookstates"); err != nil || len(kept) == 1000 {
				break
			}
			time.Sleep(time.Millisecond)
		}
		b.StopTimer()
		b.ReportMetric(float64(heap()-before)/1000, "B/webhook")
		b.ReportMetric(float64(runtime.NumGoroutine()-goroutines), "goroutines")
		g.stop()
		b.StartTimer()
	}
}

// heap is what is in use.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
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
