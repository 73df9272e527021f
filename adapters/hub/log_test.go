package hub_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/adapters/hub"
	"heliograph/adapters/memlog"
	"heliograph/domain"
	"heliograph/ports"
)

// lines collects what is logged.
type lines struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// with counts the lines that hold all words.
func (l *lines) with(words ...string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range strings.Lines(l.text.String()) {
		all := true
		for _, word := range words {
			all = all && strings.Contains(line, word)
		}
		if all {
			n++
		}
	}
	return n
}

func (l *lines) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// named opens a reader with a name.
func named(t testing.TB, h *hub.SubscriptionHub, from domain.Cursor) ports.Stream {
	t.Helper()
	s, err := h.Subscribe(t.Context(), ports.Reader{Transport: "sse", Name: "sse +1555…01", Filter: domain.Filter{Account: alice}, From: from})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s
}

func TestTheLogNamesReadersThatFallBehindAndThatLoseEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var logged lines
		log := memlog.New(memlog.Options{MaxBytes: 10_000})
		h, stop := start(t, log, hub.Options{MaxQueueMessages: 8, PublishInterval: -1, Logger: logged.logger()})
		s := named(t, h, domain.Latest)
		idle(t, s)
		for range 100 {
			appendTo(t, log, large(1, 1000)...)
			synctest.Wait()
		}
		if err := take(s, 1); err != nil {
			t.Fatal(err)
		}
		if n := logged.with("level=DEBUG", "fell behind", `reader="sse +1555…01"`); n != 1 {
			t.Errorf("%d lines say that the reader fell behind", n)
		}
		if n := logged.with("level=WARN", "lost events", "kind=gap", `reader="sse +1555…01"`); n != 1 {
			t.Errorf("%d lines say that it lost events", n)
		}
		if err := take(named(t, h, domain.Cursor{Epoch: 1, Seq: 5}), 1); err != nil {
			t.Fatal(err)
		}
		if n := logged.with("level=WARN", "lost events", "kind=reset"); n != 1 {
			t.Errorf("%d lines tell of the reset", n)
		}
		stop()
	})
}

// failing is a log that cannot be read for a while.
type failing struct {
	ports.EventLog
	until time.Time
}

func (f failing) Read(ctx context.Context, filter domain.Filter, from domain.Cursor, limit int) (ports.Page, error) {
	if time.Now().Before(f.until) {
		return ports.Page{}, domain.Errorf(domain.Unavailable, "read", "the disk is gone")
	}
	return f.EventLog.Read(ctx, filter, from, limit)
}

func TestAnOutageOfTheLogIsLoggedOnceAReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var logged lines
		log := memlog.New(memlog.Options{})
		appendTo(t, log, event(alice, 1))
		h, stop := start(t, failing{log, time.Now().Add(time.Minute)}, hub.Options{Logger: logged.logger()})
		if err := take(named(t, h, domain.Oldest), 1); err != nil {
			t.Fatal(err)
		}
		if n := logged.with("level=WARN", "cannot be read", "unavailable", `reader="sse +1555…01"`); n != 1 {
			t.Errorf("%d lines about the outage, want 1", n)
		}
		if n := logged.with("level=INFO", "can be read again", `reader="sse +1555…01"`); n != 1 {
			t.Errorf("%d lines about its end, want 1", n)
		}
		stop()
	})
}
