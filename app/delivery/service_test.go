package delivery_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"heliograph/adapters/hub"
	"heliograph/adapters/memlog"
	"heliograph/app/delivery"
	"heliograph/domain"
	"heliograph/ports"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const alice, bob domain.Account = "+15550100001", "+15550100002"

// hook is a webhook that does what a test says.
type hook struct {
	answer func(ctx context.Context, body string) error

	mu  sync.Mutex // guards the following
	got []string
}

func (h *hook) Deliver(ctx context.Context, body []byte) error {
	h.mu.Lock()
	h.got = append(h.got, string(body))
	h.mu.Unlock()
	if h.answer == nil {
		return nil
	}
	return h.answer(ctx, string(body))
}

// attempts are the bodies it was called with.
func (h *hook) attempts() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.got
}

// counts is an observer.
type counts struct {
	mu                          sync.Mutex // guards the following
	delivered, dropped, retried int
}

func (c *counts) count(of *int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	*of++
}
func (c *counts) Delivered() { c.count(&c.delivered) }
func (c *counts) Dropped()   { c.count(&c.dropped) }
func (c *counts) Retried()   { c.count(&c.retried) }

func (c *counts) want(t *testing.T, delivered, dropped, retried int) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	got := [3]int{c.delivered, c.dropped, c.retried}
	if want := [3]int{delivered, dropped, retried}; got != want {
		t.Errorf("delivered, dropped, retried: %v, want %v", got, want)
	}
}

// rig is a service on a hub of its own.
type rig struct {
	t     *testing.T
	store ports.EventLog
	hub   *hub.SubscriptionHub
	counts
	lines bytes.Buffer
	// end ends the service, endHub the hub; ended gives what Run returned.
	end, endHub context.CancelFunc
	ended       chan error
}

func start(t *testing.T, h *hook, store ports.EventLog, options delivery.Options) *rig {
	t.Helper()
	r := &rig{t: t, store: store, hub: hub.New(store, hub.Options{PublishInterval: -1}), ended: make(chan error, 1)}
	options.Observer, options.Logger = &r.counts, slog.New(slog.NewTextHandler(&r.lines, nil))
	var hubEnded, ended = make(chan struct{}), make(chan struct{})
	life, end := context.WithCancel(t.Context())
	hubLife, endHub := context.WithCancel(t.Context())
	r.end, r.endHub = end, endHub
	go func() {
		defer close(hubEnded)
		_ = r.hub.Run(hubLife) // its tests say how it ends
	}()
	service := delivery.New(r.hub, h, options)
	go func() {
		defer close(ended)
		r.ended <- service.Run(life)
	}()
	t.Cleanup(func() {
		end()
		<-ended
		endHub()
		<-hubEnded
		if strings.Contains(r.lines.String(), "+1555") {
			t.Errorf("the log names numbers:\n%s", &r.lines)
		}
	})
	return r
}

// message is the n-th event of account.
func message(account domain.Account, n int) *domain.Event {
	return &domain.Event{Account: account, Kind: domain.KindMessage, Key: domain.EventKey(fmt.Sprint(account, n)), Payload: []byte(payload(account, n))}
}

func payload(account domain.Account, n int) string {
	return fmt.Sprintf(`{"envelope":{"n":%d, "x":1.0},"account":%q}`, n, account)
}

func notification(account domain.Account, n int) string {
	return `{"jsonrpc":"2.0","method":"receive","params":` + payload(account, n) + `}`
}

func (r *rig) put(events ...*domain.Event) {
	r.t.Helper()
	for _, e := range events {
		if err := r.store.Append(context.Background(), []*domain.Event{e}); err != nil {
			r.t.Fatal(err)
		}
	}
	synctest.Wait()
}

func failing(kind domain.Kind) error { return domain.Errorf(kind, "webhook", "told to fail") }

// isEvent says which event of alice a body brings.
func isEvent(body string, n int) bool { return strings.Contains(body, fmt.Sprintf(`"n":%d,`, n)) }

func TestEventsOfAllAccountsArriveInOrderUntouched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hook{}
		store := memlog.New(memlog.Options{})
		if err := store.Append(t.Context(), []*domain.Event{message(alice, 1)}); err != nil {
			t.Fatal(err)
		}
		r := start(t, h, store, delivery.Options{}) // begins with what is retained
		r.put(message(bob, 1), message(alice, 2),
			&domain.Event{Kind: domain.KindReceiveError, Key: "e", Payload: []byte(`{"error":{"code":-1,"data":null}}`)},
			&domain.Event{Account: bob, Kind: domain.KindOther, Key: "o", Payload: []byte(`{"new":[1.0]}`)})
		want := []string{
			notification(alice, 1), notification(bob, 1), notification(alice, 2),
			`{"jsonrpc":"2.0","method":"receive","error":{"code":-1,"data":null}}`,
			`{"jsonrpc":"2.0","method":"receive","params":{"new":[1.0]}}`,
		}
		if diff := cmp.Diff(want, h.attempts()); diff != "" {
			t.Error(diff)
		}
		r.want(t, 5, 0, 0)
		if r.lines.Len() > 0 {
			t.Errorf("logged:\n%s", &r.lines)
		}
	})
}

func TestWhatFailsIsTriedAgainBeforeTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failures := []domain.Kind{domain.Unavailable, domain.Timeout, domain.Unavailable}
		var times []time.Time
		h := &hook{answer: func(_ context.Context, body string) error {
			times = append(times, time.Now())
			if isEvent(body, 1) && len(failures) > 0 {
				kind := failures[0]
				failures = failures[1:]
				return failing(kind)
			}
			return nil
		}}
		r := start(t, h, memlog.New(memlog.Options{}), delivery.Options{})
		r.put(message(alice, 1), message(alice, 2))
		time.Sleep(time.Minute)
		synctest.Wait()
		first := notification(alice, 1)
		if diff := cmp.Diff([]string{first, first, first, first, notification(alice, 2)}, h.attempts()); diff != "" {
			t.Error(diff)
		}
		for i, at := range times[1:4] {
			if pause := at.Sub(times[i]); pause < 20*time.Millisecond {
				t.Errorf("attempt %d came after %s", i+2, pause)
			}
		}
		r.want(t, 2, 0, 3)
		if told := r.lines.String(); strings.Count(told, "does not take events") != 1 || strings.Count(told, "takes events again") != 1 {
			t.Errorf("an outage is told once, and once when it is over:\n%s", told)
		}
	})
}

func TestWhatFailsForTooLongIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hook{answer: func(_ context.Context, body string) error {
			if isEvent(body, 1) {
				time.Sleep(10 * time.Second)
				return failing(domain.Timeout)
			}
			return nil
		}}
		r := start(t, h, memlog.New(memlog.Options{}), delivery.Options{GiveUpAfter: 5 * time.Minute})
		r.put(message(alice, 1), message(alice, 2))
		time.Sleep(4 * time.Minute)
		synctest.Wait()
		for _, body := range h.attempts() {
			if !isEvent(body, 1) {
				t.Fatal("it was given up too soon")
			}
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		attempts := h.attempts()
		if len(attempts) < 10 || attempts[len(attempts)-1] != notification(alice, 2) {
			t.Errorf("%d attempts, the last %s", len(attempts), attempts[len(attempts)-1])
		}
		r.want(t, 1, 1, len(attempts)-2)
		if !strings.Contains(r.lines.String(), `level=WARN msg="an event was given up`) {
			t.Errorf("logged:\n%s", &r.lines)
		}
	})
}

func TestWhatIsRefusedIsGivenUpAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hook{answer: func(_ context.Context, body string) error {
			if isEvent(body, 1) {
				return failing(domain.Invalid)
			}
			return nil
		}}
		r := start(t, h, memlog.New(memlog.Options{}), delivery.Options{})
		r.put(message(alice, 1), message(alice, 2))
		if diff := cmp.Diff([]string{notification(alice, 1), notification(alice, 2)}, h.attempts()); diff != "" {
			t.Error(diff)
		}
		r.want(t, 1, 1, 0)
	})
}

// A webhook that hangs holds up no other reader; what retention takes meanwhile is told, and what is left arrives.
func TestHangingWebhookLosesOnlyItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		h := &hook{answer: func(context.Context, string) error {
			<-release
			return nil
		}}
		const events = 5000
		r := start(t, h, memlog.New(memlog.Options{MaxBytes: 64 << 10}), delivery.Options{})
		other, err := r.hub.Subscribe(t.Context(), ports.Reader{Transport: "websocket", Filter: domain.Filter{Account: alice}})
		if err != nil {
			t.Fatal(err)
		}
		defer other.Stop()
		var into [1]*domain.Event
		for n := range events {
			r.put(message(alice, n))
			if _, err := other.Next(t.Context(), into[:]); err != nil || string(into[0].Payload) != payload(alice, n) {
				t.Fatalf("the other reader got %v, %v", into[0], err)
			}
		}
		close(release)
		synctest.Wait()
		attempts := h.attempts()
		if len(attempts) >= events || attempts[len(attempts)-1] != notification(alice, events-1) {
			t.Errorf("%d attempts, the last %s", len(attempts), attempts[len(attempts)-1])
		}
		if !strings.Contains(r.lines.String(), "given up by retention") {
			t.Errorf("logged:\n%s", &r.lines)
		}
		r.want(t, len(attempts), 0, 0)
	})
}

func TestEnd(t *testing.T) {
	hang := func(ctx context.Context) error {
		<-ctx.Done()
		return failing(domain.Canceled)
	}
	for name, c := range map[string]struct {
		answer    func(ctx context.Context) error
		delivered int
		takes     time.Duration
	}{
		"lets an attempt finish":     {func(context.Context) error { time.Sleep(1500 * time.Millisecond); return nil }, 1, time.Second},
		"ends one that hangs":        {hang, 0, 2 * time.Second},
		"does not wait to try again": {func(context.Context) error { return failing(domain.Unavailable) }, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := &hook{answer: func(ctx context.Context, _ string) error { return c.answer(ctx) }}
				r := start(t, h, memlog.New(memlog.Options{}), delivery.Options{EndGrace: 2 * time.Second})
				r.put(message(alice, 1), message(alice, 2))
				time.Sleep(500 * time.Millisecond)
				began := time.Now()
				r.end()
				if err := <-r.ended; domain.KindOf(err) != domain.Canceled {
					t.Errorf("Run: %v", err)
				}
				if took := time.Since(began); took != c.takes {
					t.Errorf("it took %s", took)
				}
				for _, body := range h.attempts() {
					if isEvent(body, 2) {
						t.Error("an attempt was begun after the end")
					}
				}
				r.mu.Lock()
				defer r.mu.Unlock()
				if r.delivered != c.delivered || r.dropped != 0 {
					t.Errorf("delivered %d, dropped %d", r.delivered, r.dropped)
				}
				if !strings.Contains(r.lines.String(), "before the webhook got all events") {
					t.Errorf("logged:\n%s", &r.lines)
				}
			})
		})
	}
}

func TestEndsWithTheSubscription(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, &hook{}, memlog.New(memlog.Options{}), delivery.Options{})
		r.put(message(alice, 1))
		r.endHub()
		if err := <-r.ended; domain.KindOf(err) != domain.Unavailable {
			t.Errorf("Run: %v", err)
		}
	})
}
