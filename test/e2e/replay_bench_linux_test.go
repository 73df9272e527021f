//lint:file-ignore SA1019 nhooyr.io/websocket is what the design names; its successor has the same API.

package e2e_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
	"nhooyr.io/websocket"

	"heliograph/adapters/jetstream"
	"heliograph/domain"
)

const (
	// replayed is how many events are read again.
	replayed = 1_000_000
	// replayedText is the length of each one's text, in bytes; all together take 1 GiB on the disk then.
	replayedText = 520
)

// keep makes dir a gateway's folder with so many events of 50 accounts in its log.
func keep(b *testing.B, dir string, events int) {
	b.Helper()
	store, err := jetstream.Open(b.Context(), jetstream.Options{Dir: filepath.Join(dir, "store")})
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	log, err := store.Log(b.Context(), jetstream.LogOptions{MaxBytes: 4 << 30, DedupWindow: time.Second})
	if err != nil {
		b.Fatal(err)
	}
	defer log.Close()
	for n := 0; n < events; {
		batch := make([]*domain.Event, 0, 500)
		for ; len(batch) < cap(batch) && n < events; n++ {
			account := domain.Account(fmt.Sprintf("+155501001%02d", n%50))
			batch = append(batch, &domain.Event{
				Account: account, Kind: domain.KindMessage, Received: domain.Timestamp(1767225600000 + n), Key: domain.EventKey(fmt.Sprintf("%032x", n)),
				Source: "b8d1c7f2-93a4-4e55-8f0b-1c6a2d9e4f37", Payload: padded(account, n, replayedText),
			})
		}
		if err := log.Append(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
}

// serveKept starts a gateway on a folder and says how long it took until it was ready. dedup is its event_log.dedup_window.
func serveKept(b *testing.B, n *network, dir, dedup string) (g gateway, took time.Duration) {
	b.Helper()
	began := time.Now()
	g = serve(b, "MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_ADDRESS="+n.address, "HELIOGRAPH_DATA_DIR="+dir, "HELIOGRAPH_EVENT_LOG_MAX_BYTES=4GiB",
		"HELIOGRAPH_EVENT_LOG_DEDUP_WINDOW="+dedup)
	awaitHealthy(b, g)
	return g, time.Since(began)
}

func (g gateway) end() {
	g.signal(syscall.SIGTERM)
	<-g.ended
}

// replays are the ways to read everything again; each reads until it has seen so many events.
var replays = []struct {
	name string
	read func(b *testing.B, g gateway, events int)
}{
	{"poll", func(b *testing.B, g gateway, events int) { replayPoll(b, g, "", events) }},
	{"poll-named", func(b *testing.B, g gateway, events int) { replayPoll(b, g, "bench", events) }},
	{"sse", replaySSE},
	{"websocket", replayWebSocket},
}

// BenchmarkReplay has a reader read 1,000,000 events from the oldest on; an op is all of them. The reader shares the machine.
func BenchmarkReplay(b *testing.B) {
	n, dir := startNetwork(b, 1), b.TempDir()
	keep(b, dir, replayed)
	for _, way := range replays {
		b.Run(way.name, func(b *testing.B) {
			peak := 0
			for range b.N {
				b.StopTimer()
				g, _ := serveKept(b, n, dir, "1s")
				b.StartTimer()
				way.read(b, g, replayed)
				b.StopTimer()
				peak = max(peak, g.peakMemory(b))
				g.end()
				b.StartTimer()
			}
			b.ReportMetric(replayed*float64(b.N)/b.Elapsed().Seconds(), "events/s")
			b.ReportMetric(float64(peak)/1024, "peak-MiB")
		})
	}
}

func replayPoll(b *testing.B, g gateway, name string, events int) {
	query := eventsFrom("oldest", name)
	query.Set("limit", "1000")
	for read := 0; read < events; {
		_, answer := g.get(b, "/v1/events?"+query.Encode())
		_, next, found := strings.Cut(answer[max(0, len(answer)-100):], `"next":"`)
		count := strings.Count(answer, `{"cursor":`)
		if !found || count == 0 {
			b.Fatalf("after %d events: %.200s", read, answer)
		}
		read += count
		query.Set("after", strings.TrimSuffix(next, `"}`))
	}
}

func replaySSE(b *testing.B, g gateway, events int) {
	request, err := http.NewRequestWithContext(within(b), http.MethodGet, g.url+"/v1/events?after=oldest", nil)
	if err != nil {
		b.Fatal(err)
	}
	request.Header.Set("Accept", "text/event-stream")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // it was read
	lines := bufio.NewReaderSize(response.Body, 1<<16)
	for read := 0; read < events; {
		line, err := lines.ReadSlice('\n')
		if err != nil {
			b.Fatalf("after %d events: %v", read, err)
		}
		if bytes.HasPrefix(line, []byte(`data: {"cursor":`)) {
			read++
		}
	}
}

func replayWebSocket(b *testing.B, g gateway, events int) {
	ctx := within(b)
	conn, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(g.url, "http")+"/v1/events?after=oldest", nil)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.CloseNow() //nolint:errcheck // it was read
	for read := range events {
		_, frame, err := conn.Reader(ctx)
		if err == nil {
			_, err = io.Copy(io.Discard, frame)
		}
		if err != nil {
			b.Fatalf("after %d events: %v", read, err)
		}
	}
}

// BenchmarkStart starts gateways until they are ready; an op is five of them, and their pauses. What is in the log was stored long ago, as most is, or within the window in which a
// message that comes twice is recognised.
func BenchmarkStart(b *testing.B) {
	n, full, filled := startNetwork(b, 1), b.TempDir(), false
	for _, c := range []struct {
		name, dedup, dir string
		readers          int
	}{
		{"empty", "1h", b.TempDir(), 0},
		{"readers=1000", "1h", b.TempDir(), 1000},
		{"1GiB", "1s", full, 0},
		{"1GiB-of-this-hour", "1h", full, 0},
	} {
		b.Run(c.name, func(b *testing.B) {
			const starts = 5
			if c.dir == full && !filled {
				keep(b, full, replayed)
				filled = true
			}
			g, _ := serveKept(b, n, c.dir, c.dedup)
			g.askUnderNames(b, c.readers)
			g.end()
			b.ResetTimer()
			var took time.Duration
			idle, asked := 0, 0
			for range b.N * starts {
				g, t := serveKept(b, n, c.dir, c.dedup)
				took += t
				time.Sleep(time.Second) // what a start needs is given back
				idle = max(idle, g.memory(b, "VmRSS:"))
				g.askUnderNames(b, c.readers)
				asked = max(asked, g.memory(b, "VmRSS:"))
				g.end()
			}
			b.ReportMetric(0, "ns/op") // the next tells
			b.ReportMetric(float64(took.Microseconds())/1000/float64(b.N*starts), "ready-ms")
			b.ReportMetric(float64(idle)/1024, "idle-MiB")
			if c.readers > 0 {
				b.ReportMetric(float64(asked)/1024, "all-asked-MiB")
			}
		})
	}
}

// askUnderNames has so many readers with names ask for what there is, some at a time.
func (g gateway) askUnderNames(b *testing.B, readers int) {
	b.Helper()
	var asking errgroup.Group
	asking.SetLimit(8)
	for n := range readers {
		asking.Go(func() error {
			_, err := g.page(b.Context(), url.Values{"reader": {fmt.Sprint("reader ", n)}, "limit": {"1"}})
			return err
		})
	}
	if err := asking.Wait(); err != nil {
		b.Fatal(err)
	}
}
