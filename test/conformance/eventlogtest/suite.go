package eventlogtest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

// Settings are what a clause needs of the log.
type Settings struct {
	// RetainBytes is about how many bytes of events the log retains; it may keep up to twice as many.
	RetainBytes int
	// DedupWindow is how long keys are remembered.
	DedupWindow time.Duration
}

// Harness is a fresh log.
type Harness struct {
	Log ports.EventLog
	// Second is another handle of the same log.
	Second ports.EventLog
	// Advance moves the clock of the log.
	Advance func(time.Duration)
	// Broken is a log that can neither store nor read now; nil where an adapter cannot fail.
	Broken ports.EventLog
	// LoseAck makes Log lose the n-th acknowledgement from now (the first is 1) of what it stores; nil where there is none to lose.
	LoseAck func(n int)
	// Reborn makes the same log as it is after a loss of everything: a new epoch, empty.
	Reborn func() ports.EventLog
}

// NewHarness builds a fresh log and frees it at the end of t.
type NewHarness func(t testing.TB, s Settings) Harness

// clause is one promise of the port.
type clause struct {
	name     string
	settings Settings
	check    func(t *testing.T, h Harness)
}

// hang is how long anything may take before it counts as hanging.
const hang = 30 * time.Second

// Run checks each clause on a log of its own.
func Run(t *testing.T, newHarness NewHarness) {
	for _, group := range [][]clause{appending, reading, readingBack, retaining, forgetting} {
		for _, c := range group {
			t.Run(c.name, func(t *testing.T) {
				if c.settings.RetainBytes == 0 {
					c.settings.RetainBytes = 64 << 20
				}
				if c.settings.DedupWindow == 0 {
					c.settings.DedupWindow = time.Hour
				}
				c.check(t, newHarness(t, c.settings))
			})
		}
	}
}

// Accounts of the clauses.
const alice, bob domain.Account = "+15550100001", "+15550100002"

// event makes the n-th message of account.
func event(account domain.Account, n int) *domain.Event {
	return &domain.Event{
		Account:  account,
		Kind:     domain.KindMessage,
		Key:      domain.EventKey(fmt.Sprintf("%s|%d", account, n)),
		Received: domain.Timestamp(1767225600000 + n),
		Source:   "b8d1c7f2-93a4-4e55-8f0b-1c6a2d9e4f37",
		Payload:  fmt.Appendf(nil, `{"account":%q,"n":%d}`, account, n),
	}
}

func large(account domain.Account, n, bytes int) *domain.Event {
	e := event(account, n)
	e.Payload = fmt.Appendf(nil, `{"n":%d,"fill":%q}`, n, strings.Repeat("x", bytes))
	return e
}

func bounded(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), hang)
	t.Cleanup(cancel)
	return ctx
}

func add(t testing.TB, log ports.EventLog, events ...*domain.Event) {
	t.Helper()
	if err := log.Append(bounded(t), events); err != nil {
		t.Fatalf("Append: %v", err)
	}
}

func read(t testing.TB, log ports.EventLog, filter domain.Filter, from domain.Cursor, limit int) ports.Page {
	t.Helper()
	page, err := log.Read(bounded(t), filter, from, limit)
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	if len(page.Events) > limit {
		t.Fatalf("Read gave %d events where %d were asked for", len(page.Events), limit)
	}
	return page
}

// readAll reads on until there is nothing more.
func readAll(t testing.TB, log ports.EventLog, filter domain.Filter, from domain.Cursor, limit int) (events []*domain.Event, next domain.Cursor) {
	t.Helper()
	for {
		page := read(t, log, filter, from, limit)
		if page.Next.Epoch == from.Epoch && page.Next.Seq < from.Seq {
			t.Fatalf("Read went back from %v to %v", from, page.Next)
		}
		if len(page.Events) == 0 {
			return events, page.Next
		}
		events, from = append(events, page.Events...), page.Next
	}
}

// await waits until Tail of log tells of c, which was appended through another handle.
func await(t testing.TB, log ports.EventLog, c domain.Cursor) {
	t.Helper()
	for {
		last, more, err := log.Tail(bounded(t))
		if err != nil {
			t.Fatalf("Tail: %v", err)
		}
		if last.Epoch == c.Epoch && last.Seq >= c.Seq {
			return
		}
		select {
		case <-more:
		case <-time.After(hang):
			t.Fatalf("the other handle was not told of %v", c)
		}
	}
}

func payloads(events []*domain.Event) string {
	var all []string
	for _, e := range events {
		all = append(all, string(e.Payload))
	}
	return strings.Join(all, "\n")
}

func wantPayloads(t testing.TB, got []*domain.Event, want ...*domain.Event) {
	t.Helper()
	if g, w := payloads(got), payloads(want); g != w {
		t.Fatalf("got\n%s\nwant\n%s", g, w)
	}
}

func wantKind(t testing.TB, err error, kinds ...domain.Kind) {
	t.Helper()
	for _, k := range kinds {
		if err != nil && domain.KindOf(err) == k {
			return
		}
	}
	t.Fatalf("error %v (kind %v), want kind %v", err, domain.KindOf(err), kinds)
}
