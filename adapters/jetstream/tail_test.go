package jetstream_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"heliograph/adapters/jetstream"
	"heliograph/domain"
	"heliograph/ports"
)

// read is one page, in a time that no working log needs.
func read(t testing.TB, log ports.EventLog, filter domain.Filter, from domain.Cursor) ports.Page {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	page, err := log.Read(ctx, filter, from, 100)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// follow has the log follow again, until it knows of last.
func follow(t testing.TB, log *jetstream.Log, last domain.Cursor) {
	t.Helper()
	if err := log.Follow(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		at, more, err := log.Tail(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if at == last {
			return
		}
		select {
		case <-more:
		case <-ctx.Done():
			t.Fatalf("the log's tail is %v, want %v", at, last)
		}
	}
}

func TestWhatWasDeletedBeforeItCameIsAGap(t *testing.T) {
	store := open(t, jetstream.Options{Dir: t.TempDir()})
	log, other := openLog(t, store, jetstream.LogOptions{}), openLog(t, store, jetstream.LogOptions{})
	first, last := message(bob, 1), message(alice, 4)
	add(t, log, first)
	read(t, log, domain.Filter{}, domain.Oldest)
	log.Unfollow()
	add(t, other, message(bob, 2), message(bob, 3))
	if err := other.Forget(t.Context(), bob); err != nil {
		t.Fatal(err)
	}
	add(t, other, last)
	follow(t, log, last.Cursor)
	page := read(t, log, domain.Filter{}, first.Cursor)
	if diff := cmp.Diff(&domain.Gap{After: first.Cursor, Next: last.Cursor}, page.Gap); diff != "" || len(page.Events) != 1 {
		t.Fatal(diff, page)
	}
}

func TestWhatWasDeletedBeforeItCameIsNotWaitedFor(t *testing.T) {
	store := open(t, jetstream.Options{Dir: t.TempDir()})
	log := openLog(t, store, jetstream.LogOptions{})
	log.Unfollow()
	first, second := message(bob, 1), message(alice, 2)
	add(t, log, first)
	if err := log.Forget(t.Context(), bob); err != nil {
		t.Fatal(err)
	}
	follow(t, log, first.Cursor)
	if page := read(t, log, domain.Filter{}, domain.Oldest); page.Next != first.Cursor || len(page.Events) != 0 {
		t.Fatal(page)
	}
	add(t, log, second)
	if page := read(t, log, domain.Filter{}, first.Cursor); page.Next != second.Cursor || len(page.Events) != 1 || page.Gap != nil {
		t.Fatal(page)
	}
}

func TestWhatWasForgottenOnItsWayIsNotRead(t *testing.T) {
	log := openLog(t, open(t, jetstream.Options{Dir: t.TempDir()}), jetstream.LogOptions{})
	log.Unfollow()
	first, second := message(bob, 1), message(alice, 2)
	add(t, log, first, second)
	if err := log.Forget(t.Context(), bob); err != nil {
		t.Fatal(err)
	}
	log.Come(first)
	log.Come(second)
	if got := payloads(t, log, domain.Filter{}, domain.Oldest); !cmp.Equal(got, []string{string(second.Payload)}) {
		t.Fatal(got)
	}
}

// An acknowledgement was lost, and the event is appended again: it is read at once, although it was stored by the append that failed.
func TestDoublesAreSeenAtOnce(t *testing.T) {
	store := open(t, jetstream.Options{Dir: t.TempDir()})
	log, other := openLog(t, store, jetstream.LogOptions{}), openLog(t, store, jetstream.LogOptions{})
	log.Unfollow()
	add(t, other, message(bob, 1))
	add(t, log, message(bob, 1))
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if page, err := log.Read(ctx, domain.Filter{}, domain.Oldest, 1); err == nil {
		t.Fatalf("%+v was read before it came", page)
	}
	if err := log.Follow(t.Context()); err != nil {
		t.Fatal(err)
	}
	if page := read(t, log, domain.Filter{}, domain.Oldest); len(page.Events) != 1 {
		t.Fatal(page)
	}
}
