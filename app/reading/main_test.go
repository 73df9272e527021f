package reading_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"heliograph/adapters/hub"
	"heliograph/adapters/memkv"
	"heliograph/adapters/memlog"
	"heliograph/app/reading"
	"heliograph/domain"
	"heliograph/ports"
	"heliograph/test/conformance/subscriptiontest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const alice, bob domain.Account = "+15550100001", "+15550100002"

// startHub runs a hub on log until the end of the test, or until stop.
func startHub(t testing.TB, log ports.EventLog) (h *hub.SubscriptionHub, stop func()) {
	t.Helper()
	h = hub.New(log, hub.Options{})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = h.Run(ctx)
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		<-ended
	})
	t.Cleanup(stop)
	return h, stop
}

func harness(t testing.TB, s subscriptiontest.Settings) subscriptiontest.Named {
	log, values := memlog.New(memlog.Options{MaxBytes: s.RetainBytes}), memkv.New()
	h, stop := startHub(t, log)
	return subscriptiontest.Named{
		Harness: subscriptiontest.Harness{
			Subscription: reading.New(h, log, values, reading.Options{}), Readership: h, Log: log, Second: log, Shutdown: stop,
		},
		Again: func() ports.Subscription { return reading.New(h, log, values, reading.Options{}) },
		Reborn: func() (ports.Subscription, ports.EventLog) {
			log := memlog.New(memlog.Options{MaxBytes: s.RetainBytes})
			h, _ := startHub(t, log)
			return reading.New(h, log, values, reading.Options{}), log
		},
	}
}

func TestSubscription(t *testing.T) {
	subscriptiontest.Run(t, func(t testing.TB, s subscriptiontest.Settings) subscriptiontest.Harness {
		return harness(t, s).Harness
	})
	subscriptiontest.RunNamed(t, harness)
}

// gateway is a Service with what it stands on.
type gateway struct {
	*reading.Service
	log    *memlog.Log
	values *memkv.Store
	hub    *hub.SubscriptionHub
}

func start(t testing.TB, o memlog.Options) gateway {
	t.Helper()
	g := gateway{log: memlog.New(o), values: memkv.New()}
	g.hub, _ = startHub(t, g.log)
	g.Service = reading.New(g.hub, g.log, g.values, reading.Options{})
	return g
}

func event(account domain.Account, n int) *domain.Event {
	return &domain.Event{Account: account, Kind: domain.KindMessage, Source: "+15550100009", Payload: fmt.Appendf(nil, `{"n":%d}`, n)}
}

// add stores the messages first to last of account, and gives their cursors.
func (g gateway) add(t testing.TB, account domain.Account, first, last int) (cursors []domain.Cursor) {
	t.Helper()
	for n := first; n <= last; n++ {
		e := event(account, n)
		if err := g.log.Append(context.Background(), []*domain.Event{e}); err != nil {
			t.Fatal(err)
		}
		cursors = append(cursors, e.Cursor)
	}
	return cursors
}

func wantNumbers(t testing.TB, events []*domain.Event, numbers ...int) {
	t.Helper()
	got, want := "", ""
	for _, e := range events {
		got += string(e.Payload)
	}
	for _, n := range numbers {
		want += fmt.Sprintf(`{"n":%d}`, n)
	}
	if got != want {
		t.Fatalf("got %s, want %s", got, want)
	}
}
