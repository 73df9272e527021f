package jetstream_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"heliograph/adapters/jetstream"
	"heliograph/domain"
	"heliograph/test/natsserver"
)

// A stream that was deleted under the gateway gives positions a second time. Readers are told that another epoch began, and get what there is.
func TestAnotherEpochBeginsWhereTheStreamIsReplaced(t *testing.T) {
	t.Parallel()
	store := open(t, jetstream.Options{Dir: t.TempDir()})
	log, other := openLog(t, store, jetstream.LogOptions{}), openLog(t, store, jetstream.LogOptions{})
	run(t, store)
	before := fill(t, log, 1, 3)
	read(t, other, domain.Filter{}, domain.Oldest)
	if err := log.DeleteStream(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, l := range []*jetstream.Log{log, other} {
		awaitEnd(t, l, func(last domain.Cursor) bool { return last.Epoch != before.Epoch })
	}
	fill(t, log, 4, 4)
	for _, l := range []*jetstream.Log{log, other} {
		await(t, l, domain.Filter{}, 1)
		if page := read(t, l, domain.Filter{}, before); !page.Reset || len(page.Events) != 1 || page.Next.Epoch == before.Epoch {
			t.Fatal(page)
		}
		if got := payloads(t, l, domain.Filter{}, domain.Oldest); !cmp.Equal(got, numbered(4, 4)) {
			t.Fatal(got)
		}
	}
}

// A server elsewhere loses its end with the power, and takes events before anybody has looked. Readers who were beyond its end get these, and what
// comes later; nobody gets anything twice.
func TestNothingNewIsPassedOverWhereAServerLostItsEnd(t *testing.T) {
	t.Parallel()
	for name, until := range map[string]int{"nothing": 10, "fewer than were lost": 12, "more than were lost": 19} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			loseEnd(t, until)
		})
	}
}

// loseEnd has events 6 to 10 lost, and those up to until stored before the stores run.
func loseEnd(t *testing.T, until int) {
	server := natsserver.Start(t, natsserver.Options{})
	store, second := open(t, jetstream.Options{URL: server.URL()}), open(t, jetstream.Options{URL: server.URL()})
	log, other := openLog(t, store, jetstream.LogOptions{}), openLog(t, second, jetstream.LogOptions{})
	at3 := fill(t, log, 1, 3)
	fill(t, log, 4, 5)
	data, left := filepath.Join(server.Dir(), "data"), filepath.Join(t.TempDir(), "left")
	if err := os.CopyFS(left, os.DirFS(data)); err != nil {
		t.Fatal(err)
	}
	at10 := fill(t, log, 6, 10)
	for _, l := range []*jetstream.Log{log, other} {
		await(t, l, domain.Filter{}, 10)
	}
	server.Kill()
	if err := errors.Join(os.RemoveAll(data), os.CopyFS(data, os.DirFS(left))); err != nil {
		t.Fatal(err)
	}
	server.Restart()
	eventually(t, store.Writable)
	fill(t, log, 11, until)
	for _, s := range []*jetstream.Store{store, second} {
		run(t, s)
	}
	for _, l := range []*jetstream.Log{log, other} {
		awaitEnd(t, l, func(last domain.Cursor) bool { return last.Seq > at10.Seq })
		if page := read(t, l, domain.Filter{}, at10); page.Reset || page.Gap != nil || page.Next.Epoch != at10.Epoch {
			t.Fatal(page)
		}
	}
	fill(t, log, until+1, until+1)
	for _, l := range []*jetstream.Log{log, other} {
		await(t, l, domain.Filter{}, until-4)
		if got := payloads(t, l, domain.Filter{}, at10); !cmp.Equal(got, numbered(11, until+1)) {
			t.Fatal(got)
		}
		if got := payloads(t, l, domain.Filter{}, at3); !cmp.Equal(got, append(numbered(4, 5), numbered(11, until+1)...)) {
			t.Fatal(got)
		}
	}
}

func awaitEnd(t *testing.T, log *jetstream.Log, is func(last domain.Cursor) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		if last, _, err := log.Tail(ctx); err == nil && is(last) {
			return
		}
		if ctx.Err() != nil {
			t.Fatal("the log goes on as before")
		}
		time.Sleep(20 * time.Millisecond)
	}
}
