package jetstream_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"heliograph/adapters/jetstream"
	"heliograph/domain"
)

// appender appends batches of an account, each until it is stored.
type appender struct {
	log     *jetstream.Log
	account domain.Account
	sent    int
}

func (a *appender) run(ctx context.Context, over *atomic.Bool) error {
	for !over.Load() {
		batch := make([]*domain.Event, 200)
		for i := range batch {
			batch[i] = message(a.account, a.sent+i)
		}
		a.sent += len(batch)
		if err := a.store(ctx, batch); err != nil {
			return err
		}
	}
	return nil
}

// store demands that, after errors which all say that nothing was stored, nothing was.
func (a *appender) store(ctx context.Context, batch []*domain.Event) error {
	unknown := false
	for {
		err := a.log.Append(ctx, batch)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
			for _, e := range batch {
				if e.Cursor.Seq == 0 && !unknown {
					return errors.New("an event was stored by an append that said that nothing was")
				}
			}
			return nil
		case domain.KindOf(err) == domain.OutcomeUnknown:
			unknown = true
		case domain.KindOf(err) != domain.Unavailable:
			return err
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// The server in this process ends again and again, in the middle of appends that are sent ahead of their acknowledgements, and is started again.
func TestAppendsOutliveTheServerInThisProcess(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	store := open(t, jetstream.Options{Dir: t.TempDir()})
	log := openLog(t, store, jetstream.LogOptions{})
	running, stop := context.WithCancel(ctx)
	var over atomic.Bool
	var supervising, appending errgroup.Group
	supervising.Go(func() error { return store.Run(running) })
	var appenders []*appender
	for n := range 4 {
		a := &appender{log: log, account: domain.Account(fmt.Sprintf("+155501001%02d", n))}
		appenders = append(appenders, a)
		appending.Go(func() error { return a.run(ctx, &over) })
	}
	for n := range 5 {
		time.Sleep(time.Duration(100+31*n) * time.Millisecond)
		if err := store.StopServer(); err != nil {
			t.Error(err)
		}
		for !store.Writable() && ctx.Err() == nil {
			time.Sleep(10 * time.Millisecond)
		}
	}
	over.Store(true)
	if err := appending.Wait(); err != nil {
		t.Fatal(err)
	}
	for _, a := range appenders {
		got := payloads(t, log, domain.Filter{Account: a.account}, domain.Oldest)
		for i, payload := range got {
			if payload != fmt.Sprintf(`{"n":%d}`, i) {
				t.Fatalf("event %d is %s", i, payload)
			}
		}
		if len(got) != a.sent {
			t.Fatalf("%d events, want %d", len(got), a.sent)
		}
		t.Logf("%d events", a.sent)
	}
	stop()
	if err := supervising.Wait(); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
