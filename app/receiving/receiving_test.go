package receiving_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sync/errgroup"

	"heliograph/adapters/hub"
	"heliograph/adapters/memkv"
	"heliograph/adapters/memlog"
	"heliograph/app/receiving"
	"heliograph/domain"
	"heliograph/ports"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const alice, bob domain.Account = "+15550100001", "+15550100002"

// payload is the n-th message of the sender to account.
func payload(account domain.Account, n int) []byte {
	return fmt.Appendf(nil, `{"envelope":{"source":"+15550100123","sourceUuid":"b8d1c7f2-93a4-4e55-8f0b-1c6a2d9e4f37",`+
		`"sourceDevice":1,"timestamp":%d,"dataMessage":{"timestamp":%d,"message":"n=%d"}},"account":%q}`,
		1767225600000+n, 1767225600000+n, n, account)
}

// start runs a service and a hub on log until the end of the test, or stop.
func start(t testing.TB, log ports.EventLog, options receiving.Options) (s *receiving.Service, stop func()) {
	t.Helper()
	return startOn(t, log, memkv.New(), options)
}

// startOn is start with a KeyValue of the test's.
func startOn(t testing.TB, log ports.EventLog, values ports.KeyValue, options receiving.Options) (s *receiving.Service, stop func()) {
	t.Helper()
	h := hub.New(log, hub.Options{PublishInterval: -1})
	if options.Poller != nil && options.Readership == nil {
		options.Readership = h
	}
	s = receiving.New(log, values, h, options)
	ctx, cancel := context.WithCancel(context.Background())
	var group errgroup.Group
	group.Go(func() error { return h.Run(ctx) })
	group.Go(func() error { return s.Run(ctx) })
	done := false
	stop = func() {
		if done {
			return
		}
		done = true
		cancel()
		if err := group.Wait(); !errors.Is(err, context.Canceled) {
			t.Errorf("Run: %v", err)
		}
	}
	t.Cleanup(stop)
	return s, stop
}

func receive(t testing.TB, s *receiving.Service, payload []byte) {
	t.Helper()
	if err := s.Receive(context.Background(), payload); err != nil {
		t.Fatal(err)
	}
}

func drain(t testing.TB, s *receiving.Service, account domain.Account, options ports.DrainOptions) []*domain.Event {
	t.Helper()
	events, err := drainOnce(context.Background(), s, account, options)
	if err != nil {
		t.Fatal(err)
	}
	return events
}

// drainOnce takes what it is handed.
func drainOnce(ctx context.Context, s *receiving.Service, account domain.Account, options ports.DrainOptions) (events []*domain.Event, err error) {
	err = s.Drain(ctx, account, options, func(handed []*domain.Event) error {
		events = handed
		return nil
	})
	return events, err
}

func TestWhatIsReceivedIsDrainedOnce(t *testing.T) {
	s, _ := start(t, memlog.New(memlog.Options{}), receiving.Options{})
	receive(t, s, payload(alice, 1))
	receive(t, s, payload(alice, 1))
	receive(t, s, payload(bob, 1))
	events := drain(t, s, alice, ports.DrainOptions{Timeout: time.Minute})
	if len(events) != 1 || string(events[0].Payload) != string(payload(alice, 1)) {
		t.Fatal(events)
	}
	if events := drain(t, s, alice, ports.DrainOptions{}); len(events) != 0 {
		t.Fatal(events)
	}
}
