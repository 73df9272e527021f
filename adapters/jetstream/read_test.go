package jetstream_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"heliograph/adapters/jetstream"
	"heliograph/domain"
)

// Messages of another program, or of a later version of this one, are passed over, however many there are.
func TestWhatCannotBeReadIsPassedOver(t *testing.T) {
	store := open(t, jetstream.Options{Dir: t.TempDir()})
	log := openLog(t, store, jetstream.LogOptions{})
	first, last := message(alice, 1), message(alice, 2)
	add(t, log, first)
	for range 4100 { // more than are asked for at once
		if _, err := store.Publish(t.Context(), log.Subject(first, true), []byte{99}); err != nil {
			t.Fatal(err)
		}
	}
	add(t, log, last)
	want := []string{string(first.Payload), string(last.Payload)}
	later := openLog(t, store, jetstream.LogOptions{}) // which has nothing in memory
	for _, filter := range []domain.Filter{{}, {Account: alice}} {
		if got := payloads(t, later, filter, domain.Oldest); !cmp.Equal(got, want) {
			t.Fatal(got)
		}
	}
	var back []string
	for until, done := domain.Latest, false; !done; {
		past, err := later.ReadBack(t.Context(), domain.Filter{}, until, 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range past.Events {
			back = append([]string{string(e.Payload)}, back...)
		}
		until, done = past.Next, past.Done
	}
	if !cmp.Equal(back, want) {
		t.Fatal(back)
	}
	if err := later.Forget(t.Context(), alice); err != nil {
		t.Fatal(err)
	}
}

// large is a message whose payload is kept as a blob, and tells the number of its sender.
func large(n int) *domain.Event {
	e := message(alice, n)
	e.Source = "b8d1c7f2-93a4-4e55-8f0b-1c6a2d9e4f37"
	e.Payload = fmt.Appendf(nil, `{"envelope":{"sourceUuid":%q,"sourceNumber":"+15550100003","fill":"%s"}}`, e.Source, strings.Repeat("0", 8<<20))
	return e
}

func TestLargeEventsAreFoundByWhatStandsInThem(t *testing.T) {
	store := open(t, jetstream.Options{Dir: t.TempDir()})
	log := openLog(t, store, jetstream.LogOptions{})
	add(t, log, large(1), message(alice, 2))
	for _, c := range []struct {
		filter domain.Filter
		want   int
	}{
		{domain.Filter{Senders: []string{"+15550100003"}}, 1},
		{domain.Filter{With: "+15550100003"}, 1},
		{domain.Filter{Senders: []string{"+15550100004"}}, 0},
	} {
		if got := payloads(t, log, c.filter, domain.Oldest); len(got) != c.want {
			t.Errorf("%+v: %d events", c.filter, len(got))
		}
		past, err := log.ReadBack(t.Context(), c.filter, domain.Latest, 10)
		if err != nil || len(past.Events) != c.want {
			t.Errorf("%+v: %d events back, %v", c.filter, len(past.Events), err)
		}
	}
}

func TestAPageIsNotEmptyForALargeEventThatIsGone(t *testing.T) {
	store := open(t, jetstream.Options{Dir: t.TempDir()})
	log := openLog(t, store, jetstream.LogOptions{})
	gone, next := large(1), message(alice, 2)
	add(t, log, gone, next)
	if err := blobs(t, store, jetstream.BlobsOptions{MaxAge: jetstream.DefaultMaxAge}).Delete(t.Context(), jetstream.BlobName(gone)); err != nil {
		t.Fatal(err)
	}
	for _, from := range []domain.Cursor{domain.Oldest, {Epoch: next.Cursor.Epoch}} {
		if page := read(t, log, domain.Filter{}, from); len(page.Events) != 1 || page.Next != next.Cursor {
			t.Fatal(page)
		}
	}
}
