package subscriptiontest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

// Settings are what a clause needs.
type Settings struct {
	// RetainBytes is about how many bytes of events the log retains; it may keep up to twice as many.
	RetainBytes int
}

// Harness is a fresh subscription.
type Harness struct {
	Subscription ports.Subscription
	Readership   ports.Readership
	// Log is the log that the subscription reads, Second another handle of it.
	Log, Second ports.EventLog
	// Shutdown begins the end of the subscription and returns when it has ended. Idempotent.
	Shutdown func()
}

// NewHarness builds a fresh subscription.
type NewHarness func(t testing.TB, s Settings) Harness

// clause is one promise of the port. Those where many run at once run in real time, all others in virtual time.
type clause struct {
	name     string
	settings Settings
	realTime bool
	check    func(t *testing.T, h Harness)
}

// hang is how long anything may take before it counts as hanging.
const hang = 30 * time.Second

// Run checks each clause on a subscription of its own.
func Run(t *testing.T, newHarness NewHarness) {
	for _, group := range [][]clause{delivering, keepingUp, ending} {
		for _, c := range group {
			if c.settings.RetainBytes == 0 {
				c.settings.RetainBytes = 64 << 20
			}
			t.Run(c.name, func(t *testing.T) {
				if c.realTime {
					c.check(t, newHarness(t, c.settings))
					return
				}
				synctest.Test(t, func(t *testing.T) { c.check(t, newHarness(t, c.settings)) })
			})
		}
	}
}

// Accounts of the clauses.
const alice, bob domain.Account = "+15550100001", "+15550100002"

// event makes the n-th message of account, numbered from 1.
func event(account domain.Account, n int) *domain.Event {
	return &domain.Event{
		Account:  account,
		Kind:     domain.KindMessage,
		Key:      domain.EventKey(fmt.Sprintf("%s|%d", account, n)),
		Received: numbered(n),
		Payload:  fmt.Appendf(nil, `{"account":%q,"n":%d}`, account, n),
	}
}

// numbered is when the n-th message was received.
func numbered(n int) domain.Timestamp { return domain.Timestamp(1767225600000 + n) }

func large(account domain.Account, n, bytes int) *domain.Event {
	e := event(account, n)
	e.Payload = fmt.Appendf(nil, `{"n":%d,"fill":%q}`, n, strings.Repeat("x", bytes))
	return e
}

func add(t testing.TB, log ports.EventLog, events ...*domain.Event) {
	t.Helper()
	if err := log.Append(context.Background(), events); err != nil {
		t.Fatalf("Append: %v", err)
	}
}

// addNumbered appends the messages from first to last of account.
func addNumbered(t testing.TB, log ports.EventLog, account domain.Account, first, last int) {
	t.Helper()
	for n := first; n <= last; n++ {
		add(t, log, event(account, n))
	}
}

func reader(filter domain.Filter, from domain.Cursor) ports.Reader {
	return ports.Reader{Transport: "poll", Name: "conformance", Filter: filter, From: from}
}

func subscribe(t testing.TB, h Harness, filter domain.Filter, from domain.Cursor) ports.Stream {
	t.Helper()
	s, err := h.Subscription.Subscribe(context.Background(), reader(filter, from))
	if err != nil {
		t.Fatalf("Subscribe: %v", err)
	}
	t.Cleanup(s.Stop)
	return s
}

// next reads until there are n events; more than that is an error, fewer a hang.
func next(t testing.TB, s ports.Stream, n int) (events []*domain.Event) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), hang)
	defer cancel()
	into := make([]*domain.Event, 16)
	for len(events) < n {
		got, err := s.Next(ctx, into[:min(16, n-len(events))])
		if err != nil {
			t.Fatalf("Next after %d of %d events: %v", len(events), n, err)
		}
		if got < 1 {
			t.Fatalf("Next gave %d events and no error", got)
		}
		events = append(events, into[:got]...)
	}
	return events
}

// nothing demands that no event is there, or comes by itself.
func nothing(t testing.TB, s ports.Stream) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	into := make([]*domain.Event, 1)
	if n, err := s.Next(ctx, into); err == nil {
		t.Fatalf("got %d events (%s %s), want none", n, into[0].Kind, into[0].Payload)
	}
}

func wantNumbered(t testing.TB, got []*domain.Event, account domain.Account, first int) {
	t.Helper()
	for i, e := range got {
		if want := string(event(account, first+i).Payload); string(e.Payload) != want {
			t.Fatalf("event %d is %s (%s), want %s", i, e.Payload, e.Kind, want)
		}
	}
}

func wantKind(t testing.TB, err error, kind domain.Kind) {
	t.Helper()
	if err == nil || domain.KindOf(err) != kind {
		t.Fatalf("error %v (kind %v), want kind %v", err, domain.KindOf(err), kind)
	}
}
