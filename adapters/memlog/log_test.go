package memlog_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"heliograph/adapters/memlog"
	"heliograph/domain"
	"heliograph/ports"
	"heliograph/test/fake"
)

func event(account domain.Account, n int) *domain.Event {
	return &domain.Event{
		Account: account,
		Kind:    domain.KindMessage,
		Key:     domain.EventKey(fmt.Sprintf("%s|%d", account, n)),
		Payload: fmt.Appendf(nil, `{"n":%d}`, n),
	}
}

func accountOf(n int) domain.Account { return domain.Account(fmt.Sprintf("+1555010%04d", n)) }

func add(t rapid.TB, log *memlog.Log, events ...*domain.Event) {
	t.Helper()
	if err := log.Append(context.Background(), events); err != nil {
		t.Fatal(err)
	}
}

func read(t rapid.TB, log *memlog.Log, filter domain.Filter, from domain.Cursor, limit int) ports.Page {
	t.Helper()
	page, err := log.Read(context.Background(), filter, from, limit)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func TestEventsAreForgottenAtTheirAge(t *testing.T) {
	clock := fake.NewClock(time.UnixMilli(1767225600000))
	log := memlog.New(memlog.Options{MaxAge: time.Hour, Now: clock.Now})
	first := event(accountOf(1), 1)
	add(t, log, first)
	clock.Advance(40 * time.Minute)
	add(t, log, event(accountOf(1), 2))
	clock.Advance(30 * time.Minute)
	page := read(t, log, domain.Filter{}, domain.Oldest, 10)
	if len(page.Events) != 1 || string(page.Events[0].Payload) != `{"n":2}` {
		t.Fatalf("%+v", page)
	}
	clock.Advance(time.Hour)
	before, last, err := log.Bounds(context.Background())
	if err != nil || before != last {
		t.Fatalf("bounds %v to %v, %v", before, last, err)
	}
	if page := read(t, log, domain.Filter{}, first.Cursor, 10); page.Gap == nil || page.Next != last {
		t.Fatalf("%+v", page)
	}
}

func TestKeysAreBoundedInNumber(t *testing.T) {
	log := memlog.New(memlog.Options{DedupKeys: 100})
	for n := range 200 {
		add(t, log, event(accountOf(1), n))
	}
	stored := func(n int) bool {
		e := event(accountOf(1), n)
		add(t, log, e)
		return e.Cursor != domain.Cursor{}
	}
	if stored(199) || stored(110) {
		t.Error("a key of the newest 100 was forgotten")
	}
	if !stored(0) {
		t.Error("a key beyond the bound was remembered")
	}
}

func TestEachStartIsANewEpoch(t *testing.T) {
	seen := map[domain.Epoch]bool{}
	for range 100 {
		last, _, err := memlog.New(memlog.Options{}).Tail(context.Background())
		if err != nil || last.Epoch == 0 || seen[last.Epoch] {
			t.Fatal(last, err)
		}
		seen[last.Epoch] = true
	}
}

// The bound is of memory, not of payload alone, and holds with many small events.
func TestMemoryIsBounded(t *testing.T) {
	const bound = 8 << 20
	log := memlog.New(memlog.Options{MaxBytes: bound, DedupKeys: 1000})
	heap := func() uint64 {
		var stats runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc
	}
	before := heap()
	for n := range 100_000 {
		e := event(accountOf(n%3000), n)
		e.Payload = []byte(strings.Repeat("x", 100))
		add(t, log, e)
	}
	if used := heap() - before; used > bound*3/2 {
		t.Errorf("%d bytes of heap for a bound of %d", used, bound)
	}
	runtime.KeepAlive(log)
}

// model is a log as simple as can be.
type model struct {
	events []*domain.Event
	first  int // index of the oldest retained
}

func (m *model) read(filter domain.Filter, after uint64, limit int) (found []string) {
	for _, e := range m.events[m.first:] {
		if e.Cursor.Seq > after && filter.Match(e) && len(found) < limit {
			found = append(found, string(e.Payload))
		}
	}
	return found
}

func TestReadsAgreeWithAModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const size = 1000 // of each payload, so that some 40 fit
		log := memlog.New(memlog.Options{MaxBytes: 50 << 10})
		var m model
		accounts := rapid.SampledFrom([]domain.Account{"", accountOf(1), accountOf(2), accountOf(3)})
		n := 0
		t.Repeat(map[string]func(*rapid.T){
			"append": func(t *rapid.T) {
				var batch []*domain.Event
				for range rapid.IntRange(1, 20).Draw(t, "events") {
					e := event(accounts.Draw(t, "account"), n)
					e.Payload = append(e.Payload, strings.Repeat(" ", size)...)
					batch = append(batch, e)
					n++
				}
				add(t, log, batch...)
				m.events = append(m.events, batch...)
				before, last, err := log.Bounds(context.Background())
				if err != nil || last.Seq != uint64(len(m.events)) {
					t.Fatal(last, err)
				}
				m.first = int(before.Seq)
			},
			"read": func(t *rapid.T) {
				last := uint64(len(m.events))
				epoch := memEpoch(t, log)
				from := domain.Cursor{Epoch: epoch, Seq: rapid.Uint64Range(0, last).Draw(t, "from")}
				filter := domain.Filter{Account: accounts.Draw(t, "filter")}
				limit := rapid.IntRange(1, 100).Draw(t, "limit")
				page := read(t, log, filter, from, limit)
				var got []string
				for _, e := range page.Events {
					got = append(got, string(e.Payload))
				}
				want := m.read(filter, from.Seq, limit)
				if strings.Join(got, ",") != strings.Join(want, ",") {
					t.Fatalf("got %d events, want %d", len(got), len(want))
				}
				if gap := from.Seq < uint64(m.first) && from.Seq < last; gap != (page.Gap != nil) {
					t.Fatalf("gap %v for %v, first retained %d", page.Gap, from, m.first+1)
				}
			},
		})
	})
}

func memEpoch(t rapid.TB, log *memlog.Log) domain.Epoch {
	t.Helper()
	last, _, err := log.Tail(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return last.Epoch
}

func BenchmarkAppend(b *testing.B) {
	for _, size := range []int{1, 10, 100} {
		for _, accounts := range []int{1, 5000} {
			b.Run(fmt.Sprintf("batch=%d/accounts=%d", size, accounts), func(b *testing.B) {
				log := memlog.New(memlog.Options{})
				payload := []byte(strings.Repeat("x", 300))
				events := make([]domain.Event, b.N+size)
				for i := range events {
					events[i] = domain.Event{
						Account: accountOf(i / size % accounts), Kind: domain.KindMessage, Payload: payload,
						Key: domain.EventKey(fmt.Sprintf("+15550100001|b8d1c7f2-93a4-4e55-8f0b-1c6a2d9e4f37|1|%d|message", i)),
					}
				}
				batch := make([]*domain.Event, size)
				b.ReportAllocs()
				b.ResetTimer()
				for i := 0; i < b.N; i += size {
					for j := range batch {
						batch[j] = &events[i+j]
					}
					add(b, log, batch...)
				}
			})
		}
	}
}

func BenchmarkReadOneAccountOfMany(b *testing.B) {
	log := memlog.New(memlog.Options{})
	for n := range 100_000 {
		add(b, log, event(accountOf(n%1000), n))
	}
	b.ReportAllocs()
	for b.Loop() {
		if page := read(b, log, domain.Filter{Account: accountOf(7)}, domain.Oldest, 100); len(page.Events) != 100 {
			b.Fatal(len(page.Events))
		}
	}
}
