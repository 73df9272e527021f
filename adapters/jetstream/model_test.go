package jetstream_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"heliograph/adapters/jetstream"
	"heliograph/domain"
)

// modelled is a log, and all that was ever stored in it.
type modelled struct {
	dir   string
	store *jetstream.Store
	log   *jetstream.Log
	// stored is by position; an event that was forgotten is nil.
	stored []*domain.Event
	keys   map[domain.EventKey]bool // within the dedup window
	// unsure are keys that the server may know or not: once something was deleted, NATS 2.15.3 does not always find them again when it starts.
	unsure map[domain.EventKey]bool
	forgot bool
	number int
	epoch  domain.Epoch
}

func (m *modelled) open(t *rapid.T) {
	var err error
	if m.store, err = jetstream.Open(t.Context(), jetstream.Options{Dir: m.dir}); err != nil {
		t.Fatal(err)
	}
	if m.log, err = m.store.Log(t.Context(), jetstream.LogOptions{MaxBytes: 96 << 10}); err != nil {
		t.Fatal(err)
	}
	_, last := m.bounds(t)
	if m.epoch == 0 {
		m.epoch = last.Epoch
	}
	if last.Epoch != m.epoch || int(last.Seq) != len(m.stored) {
		t.Fatalf("opened at %v, want %d of epoch %v", last, len(m.stored), m.epoch)
	}
}

func (m *modelled) close() {
	m.log.Close()
	m.store.Close()
}

func (m *modelled) bounds(t *rapid.T) (before, last domain.Cursor) {
	before, last, err := m.log.Bounds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return before, last
}

// between gives the events after from and up to until that are retained and pass the filter.
func (m *modelled) between(t *rapid.T, filter domain.Filter, from, until uint64) (events []*domain.Event) {
	before, _ := m.bounds(t)
	for seq := max(from, before.Seq) + 1; seq <= until; seq++ {
		if e := m.stored[seq-1]; e != nil && filter.Match(e) {
			events = append(events, e)
		}
	}
	return events
}

var (
	modelAccounts = []domain.Account{alice, bob, "+15550100003"}
	modelKinds    = []domain.EventKind{domain.KindMessage, domain.KindReceipt}
)

func (m *modelled) append(t *rapid.T) {
	var batch, want []*domain.Event
	for range rapid.IntRange(1, 12).Draw(t, "events") {
		m.number++
		key := domain.EventKey(fmt.Sprint("key", m.number))
		if rapid.IntRange(0, 3).Draw(t, "double") == 0 {
			key = domain.EventKey(fmt.Sprint("key", rapid.IntRange(1, m.number).Draw(t, "of")))
		}
		e := &domain.Event{
			Account: rapid.SampledFrom(modelAccounts).Draw(t, "account"), Kind: rapid.SampledFrom(modelKinds).Draw(t, "kind"),
			Key: key, Received: domain.Timestamp(m.number), Source: fmt.Sprint("source", m.number%2),
			Payload: fmt.Appendf(nil, "%d%s", m.number, bytes.Repeat([]byte("x"), rapid.SampledFrom([]int{0, 100, 6000}).Draw(t, "bytes"))),
		}
		batch = append(batch, e)
		if !m.keys[key] {
			m.keys[key] = true
			want = append(want, e)
		}
	}
	given := slices.Clone(batch)
	if err := m.log.Append(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	for _, e := range given {
		seq := uint64(0)
		if slices.Contains(want, e) && (!m.unsure[e.Key] || e.Cursor.Seq > 0) {
			m.stored = append(m.stored, e)
			seq = uint64(len(m.stored))
		}
		delete(m.unsure, e.Key)
		if e.Cursor.Seq != seq {
			t.Fatalf("an event with the key %s is at %d, want %d", e.Key, e.Cursor.Seq, seq)
		}
	}
}

func drawFilter(t *rapid.T) (f domain.Filter) {
	if rapid.Bool().Draw(t, "by account") {
		f.Account = rapid.SampledFrom(modelAccounts).Draw(t, "wanted account")
	}
	if rapid.Bool().Draw(t, "by kind") {
		f.Kinds = []domain.EventKind{rapid.SampledFrom(modelKinds).Draw(t, "wanted kind")}
	}
	if rapid.IntRange(0, 3).Draw(t, "by source") == 0 {
		f.Senders = []string{"source0"}
	}
	return f
}

func (m *modelled) read(t *rapid.T) {
	before, last := m.bounds(t)
	filter, limit := drawFilter(t), rapid.IntRange(1, 20).Draw(t, "limit")
	at := uint64(rapid.IntRange(0, len(m.stored)).Draw(t, "from"))
	from := domain.Cursor{Epoch: m.epoch, Seq: at}
	var gap *domain.Gap
	oldest := rapid.IntRange(0, 4).Draw(t, "oldest") == 0
	switch {
	case oldest:
		from, at = domain.Oldest, 0
	case at < before.Seq:
		gap = &domain.Gap{After: from, Next: domain.Cursor{Epoch: m.epoch, Seq: before.Seq + 1}}
	}
	page, err := m.log.Read(t.Context(), filter, from, limit)
	if err != nil {
		t.Fatal(err)
	}
	if page.Reset || (page.Gap == nil) != (gap == nil) || gap != nil && *page.Gap != *gap {
		t.Fatalf("from %v gap %+v, reset %v, want %+v", from, page.Gap, page.Reset, gap)
	}
	want := m.between(t, filter, at, last.Seq)
	if len(want) > limit {
		want = want[:limit]
	}
	sameEvents(t, page.Events, want)
	if len(m.between(t, filter, at, page.Next.Seq)) != len(want) || page.Next.Epoch != m.epoch || len(want) == 0 && page.Next != last {
		t.Fatalf("%d events from %v on, then from %v of %v", len(want), from, page.Next, last)
	}
}

func (m *modelled) readBack(t *rapid.T) {
	_, last := m.bounds(t)
	filter, limit := drawFilter(t), rapid.IntRange(1, 20).Draw(t, "limit")
	until := domain.Cursor{Epoch: m.epoch, Seq: uint64(rapid.IntRange(0, len(m.stored)).Draw(t, "until"))}
	want := m.between(t, filter, 0, until.Seq)
	if rapid.Bool().Draw(t, "latest") {
		until, want = domain.Latest, m.between(t, filter, 0, last.Seq)
	}
	slices.Reverse(want)
	var got []*domain.Event
	for done := false; !done; {
		past, err := m.log.ReadBack(t.Context(), filter, until, limit)
		if err != nil || len(past.Events) > limit || past.Next == until && !past.Done {
			t.Fatalf("%d events back, then %v after %v: %v", len(past.Events), past.Next, until, err)
		}
		got, until, done = append(got, past.Events...), past.Next, past.Done
	}
	sameEvents(t, got, want)
}

func sameEvents(t *rapid.T, got, want []*domain.Event) {
	if len(got) != len(want) {
		t.Fatalf("%d events, want %d", len(got), len(want))
	}
	for i, e := range got {
		w := want[i]
		if e.Cursor != w.Cursor || e.Key != w.Key || e.Account != w.Account || e.Kind != w.Kind || e.Source != w.Source || e.Received != w.Received || !bytes.Equal(e.Payload, w.Payload) {
			t.Fatalf("event %d is %+v, want %+v", i, e, w)
		}
	}
}

func (m *modelled) forget(t *rapid.T) {
	account := rapid.SampledFrom(modelAccounts).Draw(t, "forgotten")
	if err := m.log.Forget(t.Context(), account); err != nil {
		t.Fatal(err)
	}
	m.forgot = true
	for i, e := range m.stored {
		if e != nil && e.Account == account {
			m.stored[i] = nil
		}
	}
}

// reopen ends the server and starts another, which knows the keys of what is retained.
func (m *modelled) reopen(t *rapid.T) {
	if rapid.IntRange(0, 4).Draw(t, "rarely") > 0 {
		return // it takes as long as a hundred reads
	}
	before, _ := m.bounds(t)
	m.close()
	m.open(t)
	clear(m.keys)
	clear(m.unsure)
	for i, e := range m.stored {
		switch {
		case e == nil || uint64(i) < before.Seq:
		case m.forgot:
			m.unsure[e.Key] = true
		default:
			m.keys[e.Key] = true
		}
	}
}

// Whatever is done to it, the log is a list of events, each key once, of which the oldest go first.
func TestLogIsAListOfEvents(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "model")
		if err != nil {
			t.Fatal(err)
		}
		m := &modelled{dir: dir, keys: make(map[domain.EventKey]bool), unsure: make(map[domain.EventKey]bool)}
		defer func() {
			m.close()
			_ = os.RemoveAll(dir)
		}()
		m.open(t)
		t.Repeat(map[string]func(*rapid.T){
			"append": m.append, "append more": m.append, "read": m.read, "read more": m.read, "read back": m.readBack,
			"forget": m.forget, "reopen": m.reopen,
		})
	})
}
