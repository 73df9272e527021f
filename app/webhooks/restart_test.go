package webhooks_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"heliograph/adapters/memkv"
	"heliograph/app/webhooks"
	"heliograph/domain"
	"heliograph/ports"
)

// frozen is a KeyValue that keeps nothing any more after freeze, as if the gateway had been killed then.
type frozen struct {
	ports.KeyValue
	mu   sync.Mutex // guards the following
	dead bool
}

func (f *frozen) freeze() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.dead = true
}

func (f *frozen) Put(ctx context.Context, space, key string, value []byte, revision uint64) (uint64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.dead {
		return 0, domain.Errorf(domain.Unavailable, "put", "dead")
	}
	return f.KeyValue.Put(ctx, space, key, value, revision)
}

func (f *frozen) Delete(ctx context.Context, space, key string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.dead {
		return domain.Errorf(domain.Unavailable, "delete", "dead")
	}
	return f.KeyValue.Delete(ctx, space, key)
}

// flaky is a KeyValue that fails now and then, in each way that the port knows.
type flaky struct {
	ports.KeyValue
	fails func() bool
}

func (f *flaky) Put(ctx context.Context, space, key string, value []byte, revision uint64) (uint64, error) {
	switch {
	case f.fails():
		return 0, domain.Errorf(domain.Unavailable, "put", "told to fail")
	case f.fails():
		return 0, domain.Errorf(domain.OutcomeUnknown, "put", "told to fail")
	case f.fails():
		_, _ = f.KeyValue.Put(ctx, space, key, value, revision)
		return 0, domain.Errorf(domain.OutcomeUnknown, "put", "told to fail")
	}
	return f.KeyValue.Put(ctx, space, key, value, revision)
}

func (f *flaky) Get(ctx context.Context, space, key string) (ports.Entry, error) {
	if f.fails() {
		return ports.Entry{}, domain.Errorf(domain.Unavailable, "get", "told to fail")
	}
	return f.KeyValue.Get(ctx, space, key)
}

func (f *flaky) List(ctx context.Context, space string) ([]ports.Entry, error) {
	if f.fails() {
		return nil, domain.Errorf(domain.Unavailable, "list", "told to fail")
	}
	return f.KeyValue.List(ctx, space)
}

// Whenever a gateway is killed, and whatever fails meanwhile: every event arrives in the end, or is a dead letter, the first
// arrivals of a conversation are in order, and one event has one ID.
func TestNothingIsLeftOutAfterCrashes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		seed := rapid.Uint64().Draw(rt, "seed")
		crashes := rapid.IntRange(1, 6).Draw(rt, "crashes")
		lanes := rapid.IntRange(1, 12).Draw(rt, "lanes")
		bound := rapid.SampledFrom([]int{2, 1000}).Draw(rt, "bound")
		failure := rapid.IntRange(0, 60).Draw(rt, "failures in a hundred")
		faults := rapid.SampledFrom([]int{0, 10}).Draw(rt, "faults of the store in a hundred")
		synctest.Test(t, func(t *testing.T) {
			if err := crashing(t, rand.New(rand.NewPCG(seed, 1)), crashes, lanes, bound, failure, faults); err != nil {
				rt.Error(err)
			}
		})
	})
}

func crashing(t *testing.T, chance *rand.Rand, crashes, lanes, bound, failure, faults int) error {
	w := newWorld(t)
	store := w.store
	var mu sync.Mutex // guards the following, and chance
	roll := func(n int) int {
		mu.Lock()
		defer mu.Unlock()
		return chance.IntN(n)
	}
	next := map[string]int{}
	ids := map[string]string{}
	var wrong error
	w.set("http://a.test", func(_ context.Context, c ports.WebhookCall) (ports.WebhookAnswer, error) {
		time.Sleep(time.Duration(roll(300)) * time.Millisecond)
		fate := roll(100)
		mu.Lock()
		defer mu.Unlock()
		if fate < failure {
			return ports.WebhookAnswer{Status: 500}, nil
		}
		source := sourceOf(c)
		var n int
		if _, err := fmt.Sscanf(textOf(c), "text %d", &n); err != nil {
			return ports.WebhookAnswer{}, err
		}
		if n > next[source] {
			wrong = errors.Join(wrong, fmt.Errorf("%s got %d before %d", source, n, next[source]))
		}
		next[source] = max(next[source], n+1)
		if id := ids[source+textOf(c)]; id != "" && id != c.ID {
			wrong = errors.Join(wrong, fmt.Errorf("%s has the IDs %s and %s", textOf(c), id, c.ID))
		}
		ids[source+textOf(c)] = c.ID
		return ports.WebhookAnswer{Status: 200}, nil
	})
	faulty := func() bool {
		mu.Lock()
		defer mu.Unlock()
		return chance.IntN(100) < faults
	}
	put := map[string]int{}
	var id string
	for life := 0; life <= crashes; life++ {
		w.store = store
		if id == "" {
			g := w.start(webhooks.Options{})
			settle()
			id = g.create(hook("http://a.test")).ID
			settle()
			g.stop()
		}
		kept := &frozen{KeyValue: &flaky{store, faulty}}
		w.store = kept
		g := w.start(webhooks.Options{MaxLanes: bound})
		settle()
		for range roll(200) {
			source := fmt.Sprint("s", roll(lanes), ".")
			w.put(message(alice, source, put[source]))
			put[source]++
			time.Sleep(time.Duration(roll(40)) * time.Millisecond)
		}
		if life < crashes {
			time.Sleep(time.Duration(roll(5000)) * time.Millisecond)
			kept.freeze()
			g.stop()
			continue
		}
		mu.Lock()
		failure, faults = 0, 0
		mu.Unlock()
		pass(6 * time.Hour)
		if s := g.status(id); s.LagEvents != 0 || s.State != ports.WebhookWorking {
			wrong = errors.Join(wrong, fmt.Errorf("in the end: %+v", s))
		}
		g.stop()
	}
	mu.Lock()
	defer mu.Unlock()
	for source, n := range put {
		if next[source] != n {
			wrong = errors.Join(wrong, fmt.Errorf("%s got %d of %d", source, next[source], n))
		}
	}
	return wrong
}

// A conversation that waits for its next attempt goes on waiting after a restart, and is given up when it would have been.
func TestFailingLanesOutliveARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.set("http://a.test", failsFor(carol, 500))
		g := w.start(webhooks.Options{})
		settle()
		made := g.create(hook("http://a.test"))
		settle()
		w.put(message(alice, carol, 0), message(alice, dave, 0), message(alice, carol, 1))
		pass(20 * time.Hour)
		next := g.status(made.ID).NextTry
		g.stop()
		g = w.start(webhooks.Options{})
		settle()
		if s := g.status(made.ID); s.State != ports.WebhookFailing || s.NextTry.Sub(next).Abs() > time.Second || s.LastError == "" {
			t.Errorf("%+v, the next try was to be at %s", s, next)
		}
		pass(4*time.Hour + 10*time.Minute)
		letters, err := g.DeadLetters(t.Context(), made.ID)
		if err != nil || len(letters) != 2 || letters[0].Attempts < 200 {
			t.Errorf("%+v, %v", letters, err)
		}
		wantInOrder(t, of(w.callsOf("http://a.test"), dave), []string{dave}, 1)
	})
}

func TestReplay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		g := w.start(webhooks.Options{})
		settle()
		made := g.create(hook("http://a.test"))
		settle()
		events := make([]*domain.Event, 10)
		for n := range events {
			events[n] = message(alice, carol, n)
		}
		w.put(events...)
		settle()
		for name, c := range map[string]struct {
			from domain.Cursor
			want int
		}{
			"from a cursor": {events[6].Cursor, 3}, "from the oldest": {domain.Oldest, 10}, "from the end": {events[9].Cursor, 0},
		} {
			before := w.callsOf("http://a.test")
			if err := g.Replay(t.Context(), made.ID, c.from); err != nil {
				t.Fatal(err)
			}
			settle()
			again := w.callsOf("http://a.test")[len(before):]
			if len(again) != c.want {
				t.Errorf("%s: %d calls, want %d", name, len(again), c.want)
			}
			for i, a := range again {
				if !is(a, carol, 10-c.want+i) || a.ID != before[10-c.want+i].ID {
					t.Errorf("%s: call %d is %s as %s", name, i, textOf(a), a.ID)
				}
			}
		}
		for _, from := range []domain.Cursor{{Epoch: 1, Seq: 1}, {Epoch: events[0].Cursor.Epoch, Seq: 99}, domain.Latest} {
			if err := g.Replay(t.Context(), made.ID, from); domain.KindOf(err) != domain.Invalid {
				t.Errorf("from %v: %v", from, err)
			}
		}
		w.put(message(alice, carol, 10))
		settle()
		if calls := w.callsOf("http://a.test"); !is(calls[len(calls)-1], carol, 10) {
			t.Error("what is new does not arrive afterwards")
		}
	})
}

// Of two gateways on one store one calls; the other takes over at once when it ends, and after the lease when it dies.
func TestOneGatewayAtATime(t *testing.T) {
	for name, killed := range map[string]bool{"ended": false, "killed": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				kept := &frozen{KeyValue: memkv.New()}
				w.store = kept
				first := w.start(webhooks.Options{Owner: "first"})
				settle()
				w.store = kept.KeyValue
				second := w.start(webhooks.Options{Owner: "second"})
				settle()
				made := second.create(hook("http://a.test")) // at the one that does not call
				pass(webhooks.DefaultLease)
				for n := range 20 {
					w.put(message(alice, carol, n))
				}
				pass(time.Minute)
				wantInOrder(t, w.callsOf("http://a.test"), []string{carol}, 20)
				if a, _ := second.Attempts(t.Context(), made.ID); len(a) != 0 {
					t.Error("both call")
				}
				if s := second.status(made.ID); s.LastSuccess.IsZero() || s.LagEvents > 20 {
					t.Errorf("told elsewhere: %+v", s)
				}
				before := len(w.callsOf("http://a.test"))
				if killed {
					kept.freeze()
				}
				first.stop()
				w.put(message(alice, carol, 20))
				pass(webhooks.DefaultLease / 4)
				if n := len(w.callsOf("http://a.test")) - before; killed && n > 0 || !killed && n != 1 {
					t.Errorf("%d calls before the lease was over", n)
				}
				pass(2 * webhooks.DefaultLease)
				if calls := w.callsOf("http://a.test"); !is(calls[len(calls)-1], carol, 20) {
					t.Error("nobody took over")
				}
			})
		})
	}
}

// A gateway that cannot renew its lease calls no more, also when it believes to be alone.
func TestLostLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		kept := &frozen{KeyValue: memkv.New()}
		w.store = kept
		first := w.start(webhooks.Options{Owner: "first"})
		settle()
		first.create(hook("http://a.test"))
		settle()
		kept.freeze()
		w.store = kept.KeyValue
		w.start(webhooks.Options{Owner: "second"})
		pass(3 * webhooks.DefaultLease)
		w.put(message(alice, carol, 0))
		pass(time.Minute)
		if n := len(w.callsOf("http://a.test")); n != 1 {
			t.Errorf("%d calls", n)
		}
	})
}
