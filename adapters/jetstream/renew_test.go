package jetstream_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"heliograph/adapters/jetstream"
	"heliograph/domain"
)

// A stream that was deleted under the gateway, and one that lost its end with a server's power, give positions a second time. Readers are told
// that another epoch began, and get what there is.
func TestAnotherEpochBeginsWhenEventsAreLost(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lose func(context.Context, *jetstream.Log) error
		left []string
	}{
		"deleted":     {func(ctx context.Context, l *jetstream.Log) error { return l.DeleteStream(ctx) }, nil},
		"without end": {func(ctx context.Context, l *jetstream.Log) error { return l.LoseEnd(ctx, message(alice, 1)) }, []string{`{"n":1}`}},
	} {
		t.Run(name, func(t *testing.T) {
			store := open(t, jetstream.Options{Dir: t.TempDir()})
			log, other := openLog(t, store, jetstream.LogOptions{}), openLog(t, store, jetstream.LogOptions{})
			running, stop := context.WithCancel(t.Context())
			var group errgroup.Group
			group.Go(func() error { return store.Run(running) })
			defer func() {
				stop()
				if err := group.Wait(); !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
			}()
			last := message(alice, 3)
			add(t, log, message(alice, 1), message(alice, 2), last)
			before := last.Cursor
			read(t, other, domain.Filter{}, domain.Oldest)
			if err := c.lose(t.Context(), log); err != nil {
				t.Fatal(err)
			}
			for _, l := range []*jetstream.Log{log, other} {
				awaitAnotherEpoch(t, l, before.Epoch)
			}
			add(t, log, message(bob, 4))
			want := append(c.left, `{"n":4}`)
			for _, l := range []*jetstream.Log{log, other} {
				await(t, l, domain.Filter{}, len(want))
				if page := read(t, l, domain.Filter{}, before); !page.Reset || len(page.Events) != len(want) || page.Next.Epoch == before.Epoch {
					t.Fatal(page)
				}
				if got := payloads(t, l, domain.Filter{}, domain.Oldest); !cmp.Equal(got, want) {
					t.Fatal(got)
				}
			}
		})
	}
}

func awaitAnotherEpoch(t *testing.T, log *jetstream.Log, before domain.Epoch) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		if last, _, err := log.Tail(ctx); err == nil && last.Epoch != before {
			return
		}
		if ctx.Err() != nil {
			t.Fatal("no other epoch has begun")
		}
		time.Sleep(20 * time.Millisecond)
	}
}
