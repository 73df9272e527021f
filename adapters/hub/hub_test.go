package hub_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"go.uber.org/goleak"

	"heliograph/adapters/hub"
	"heliograph/adapters/memlog"
	"heliograph/domain"
	"heliograph/ports"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const alice, bob domain.Account = "+15550100001", "+15550100002"

// event makes the n-th event of account.
func event(account domain.Account, n int) *domain.Event {
	return &domain.Event{
		Account: account,
		Kind:    domain.KindMessage,
		Key:     domain.EventKey(fmt.Sprintf("%s|%d", account, n)),
		Payload: fmt.Appendf(nil, `{"account":%q,"n":%d}`, account, n),
	}
}

func appendTo(t testing.TB, log ports.EventLog, events ...*domain.Event) {
	t.Helper()
	if err := log.Append(context.Background(), events); err != nil {
		t.Fatal(err)
	}
}

// start runs a hub on log; stop ends it and waits.
func start(t testing.TB, log ports.EventLog, options hub.Options) (h *hub.SubscriptionHub, stop func()) {
	t.Helper()
	h = hub.New(log, options)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.Run(ctx) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Run: %v", err)
		}
	}
	t.Cleanup(stop)
	return h, stop
}

func subscribe(t testing.TB, h *hub.SubscriptionHub, account domain.Account, from domain.Cursor) ports.Stream {
	t.Helper()
	s, err := h.Subscribe(context.Background(), ports.Reader{
		Transport: "poll", Filter: domain.Filter{Account: account}, From: from})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s
}

func TestEventsArriveLiveAndFromThePast(t *testing.T) {
	log := memlog.New(memlog.Options{})
	h, _ := start(t, log, hub.Options{})
	appendTo(t, log, event(alice, 1), event(bob, 1), event(alice, 2))
	s := subscribe(t, h, alice, domain.Oldest)
	into := make([]*domain.Event, 10)
	n, err := s.Next(context.Background(), into)
	if err != nil || n != 2 || string(into[1].Payload) != `{"account":"+15550100001","n":2}` {
		t.Fatal(n, err)
	}
	for i := 3; i < 100; i++ {
		appendTo(t, log, event(bob, i), event(alice, i))
		n, err := s.Next(context.Background(), into)
		if err != nil || n != 1 || string(into[0].Payload) != fmt.Sprintf(`{"account":"+15550100001","n":%d}`, i) {
			t.Fatal(n, err)
		}
	}
}
