package jetstream_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"heliograph/adapters/jetstream"
	"heliograph/domain"
	"heliograph/ports"
)

const (
	alice domain.Account = "+15550100001"
	bob   domain.Account = "+15550100002"
)

func message(account domain.Account, n int) *domain.Event {
	return &domain.Event{
		Account: account, Kind: domain.KindMessage, Key: domain.EventKey(fmt.Sprintf("%s|%d", account, n)),
		Received: domain.Timestamp(1767225600000 + n), Payload: fmt.Appendf(nil, `{"n":%d}`, n),
	}
}

func add(t testing.TB, log ports.EventLog, events ...*domain.Event) {
	t.Helper()
	if err := log.Append(t.Context(), events); err != nil {
		t.Fatal(err)
	}
}

// payloads reads what is after from, in pages of 100.
func payloads(t testing.TB, log ports.EventLog, filter domain.Filter, from domain.Cursor) (all []string) {
	t.Helper()
	for {
		page, err := log.Read(t.Context(), filter, from, 100)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Events) == 0 {
			return all
		}
		for _, e := range page.Events {
			all = append(all, string(e.Payload))
		}
		from = page.Next
	}
}

// await waits until the log gives as many events of filter.
func await(t testing.TB, log ports.EventLog, filter domain.Filter, events int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		if got := payloads(t, log, filter, domain.Oldest); len(got) == events {
			return
		} else if ctx.Err() != nil {
			t.Fatalf("%d events, want %d", len(got), events)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func TestEverythingIsThereAfterARestart(t *testing.T) {
	dir := t.TempDir()
	var cursors []domain.Cursor
	for life := range 3 {
		store, err := jetstream.Open(t.Context(), jetstream.Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		log, err := store.Log(t.Context(), jetstream.LogOptions{})
		if err != nil {
			t.Fatal(err)
		}
		add(t, log, message(alice, 10*life-1), message(alice, 10*life)) // the first one is a double but for the first life
		e := message(alice, 10*life+9)
		add(t, log, e)
		cursors = append(cursors, e.Cursor)
		if got := payloads(t, log, domain.Filter{}, domain.Oldest); len(got) != 3+2*life {
			t.Fatalf("life %d: %q", life, got)
		}
		if got := payloads(t, log, domain.Filter{}, cursors[0]); len(got) != 2*life {
			t.Fatalf("life %d: after the first cursor %q", life, got)
		}
		if cursors[life].Epoch != cursors[0].Epoch {
			t.Fatalf("epoch %v after %v", cursors[life].Epoch, cursors[0].Epoch)
		}
		log.Close()
		store.Close()
	}
}

func TestKindsAreKeptForTheirTime(t *testing.T) {
	store := open(t, jetstream.Options{Dir: t.TempDir()})
	log := openLog(t, store, jetstream.LogOptions{MaxAgeOf: map[domain.EventKind]time.Duration{domain.KindTyping: time.Second}})
	typing := message(alice, 2)
	typing.Kind = domain.KindTyping
	first := message(alice, 1)
	add(t, log, first, typing, message(alice, 3))
	later := openLog(t, store, jetstream.LogOptions{}) // which has nothing in memory
	await(t, log, domain.Filter{}, 2)
	await(t, later, domain.Filter{}, 2)
	page, err := later.Read(t.Context(), domain.Filter{}, first.Cursor, 10)
	if err != nil || page.Gap != nil || len(page.Events) != 1 {
		t.Fatalf("%+v, %v", page, err)
	}
}

func TestReaderThatComesBackAfterRetentionIsToldOfTheGap(t *testing.T) {
	store := open(t, jetstream.Options{Dir: t.TempDir()})
	log := openLog(t, store, jetstream.LogOptions{MaxAge: time.Second})
	first, second := message(alice, 1), message(bob, 2)
	add(t, log, first, second)
	await(t, log, domain.Filter{}, 0)
	for _, filter := range []domain.Filter{{}, {Account: alice}} {
		page, err := log.Read(t.Context(), filter, first.Cursor, 10)
		if err != nil || page.Gap == nil || page.Gap.After != first.Cursor || page.Next.Seq < second.Cursor.Seq {
			t.Fatalf("%+v, %v", page, err)
		}
	}
}

func TestForgottenAccountsAreGoneForAllGateways(t *testing.T) {
	store := open(t, jetstream.Options{Dir: t.TempDir()})
	log, other := openLog(t, store, jetstream.LogOptions{}), openLog(t, store, jetstream.LogOptions{})
	large := message(alice, 3)
	large.Payload = make([]byte, 9<<20) // kept as a blob
	add(t, log, message(alice, 1), message(bob, 2), large)
	await(t, other, domain.Filter{}, 3)
	if err := log.Forget(t.Context(), alice); err != nil {
		t.Fatal(err)
	}
	await(t, other, domain.Filter{}, 1)
	blobs, err := store.Blobs(t.Context(), jetstream.BlobsOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := blobs.Get(t.Context(), jetstream.BlobName(large)); domain.KindOf(err) != domain.NotFound {
		t.Fatal(err)
	}
}

// The newest events are read from memory, older ones from the server, and where the two meet nothing is lost or doubled.
func TestReadersPassFromTheServerToMemory(t *testing.T) {
	store := open(t, jetstream.Options{Dir: t.TempDir()})
	log := openLog(t, store, jetstream.LogOptions{MaxBytes: 1 << 20}) // a quarter of it in memory
	var want []string
	for n := range 900 {
		e := message(alice, n)
		e.Payload = fmt.Appendf(nil, `{"n":%d,"fill":"%0500d"}`, n, 0)
		want = append(want, string(e.Payload))
		add(t, log, e)
	}
	for _, filter := range []domain.Filter{{}, {Account: alice}, {Senders: []string{"nobody"}}} {
		got := payloads(t, log, filter, domain.Oldest)
		if len(filter.Senders) > 0 {
			want = nil
		}
		if len(got) != len(want) {
			t.Fatalf("%d events, want %d", len(got), len(want))
		}
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("event %d is %.20s", i, got[i])
			}
		}
	}
}
