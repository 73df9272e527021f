package webhooks_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/adapters/memlog"
	"heliograph/app/webhooks"
	"heliograph/domain"
	"heliograph/ports"
)

// failsFor answers 500 to the messages of a sender, and takes the others.
func failsFor(source string, status int) answer {
	return func(_ context.Context, c ports.WebhookCall) (ports.WebhookAnswer, error) {
		if sourceOf(c) == source {
			return ports.WebhookAnswer{Status: status}, nil
		}
		return ports.WebhookAnswer{Status: 200}, nil
	}
}

// of are the calls for a sender.
func of(calls []ports.WebhookCall, source string) (list []ports.WebhookCall) {
	for _, c := range calls {
		if sourceOf(c) == source {
			list = append(list, c)
		}
	}
	return list
}

// A conversation that fails holds up itself alone; once it is taken, everything of it comes in order, under the same IDs.
func TestFailingConversationWaitsAlone(t *testing.T) {
	for name, does := range map[string]answer{
		"500": says(500), "404": says(404), "302": says(302), "408": says(408), "409": says(409), "425": says(425), "429": says(429), "100": says(100),
		"unreachable": fails(domain.Unavailable), "timeout": hangs,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.set("http://a.test", func(ctx context.Context, c ports.WebhookCall) (ports.WebhookAnswer, error) {
					if sourceOf(c) == carol {
						return does(ctx, c)
					}
					return ports.WebhookAnswer{Status: 200}, nil
				})
				g := w.start(webhooks.Options{})
				settle()
				made := g.create(hook("http://a.test"))
				settle()
				const each = 300 // more than are held in memory
				for n := range each {
					w.put(message(alice, carol, n), message(alice, dave, n))
				}
				pass(time.Hour)
				wantInOrder(t, of(w.callsOf("http://a.test"), dave), []string{dave}, each)
				tried := of(w.callsOf("http://a.test"), carol)
				for _, c := range tried {
					if !is(c, carol, 0) || c.ID != tried[0].ID {
						t.Fatalf("%s was tried before text 0 was taken, under %s and %s", textOf(c), c.ID, tried[0].ID)
					}
				}
				if n := len(tried); n < 15 || n > 60 {
					t.Errorf("%d attempts in an hour", n)
				}
				s := g.status(made.ID)
				if s.State != ports.WebhookFailing || s.FailingLanes != 1 || s.NextTry.IsZero() || s.LastError == "" || s.LagEvents != 2*each || s.Lag < time.Hour {
					t.Errorf("%+v", s)
				}
				w.set("http://a.test", nil)
				pass(10 * time.Minute)
				wantInOrder(t, of(w.callsOf("http://a.test"), carol)[len(tried):], []string{carol}, each)
				if s := g.status(made.ID); s.State != ports.WebhookWorking || s.FailingLanes != 0 || s.LagEvents != 0 || s.Lag != 0 || !s.NextTry.IsZero() {
					t.Errorf("afterwards: %+v", s)
				}
				if g.again != len(tried) || g.givenUp != 0 {
					t.Errorf("%d attempts counted, %d given up", g.again, g.givenUp)
				}
			})
		})
	}
}

// Pauses grow from 100 ms to the most that was asked for, and at least half of each is kept.
func TestPausesGrow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		var times []time.Time
		w.set("http://a.test", func(context.Context, ports.WebhookCall) (ports.WebhookAnswer, error) {
			times = append(times, time.Now())
			return ports.WebhookAnswer{Status: 500}, nil
		})
		g := w.start(webhooks.Options{})
		settle()
		h := hook("http://a.test")
		h.Retry.MaxPause = time.Minute
		g.create(h)
		settle()
		w.put(message(alice, carol, 1))
		pass(10 * time.Minute)
		if len(times) < 15 {
			t.Fatalf("%d attempts", len(times))
		}
		for i, at := range times[1:] {
			most := min(100*time.Millisecond<<i, time.Minute)
			if pause := at.Sub(times[i]); pause < most/2 || pause > most+time.Millisecond {
				t.Errorf("pause %d is %s, want %s to %s", i+1, pause, most/2, most)
			}
		}
	})
}

// Retry-After holds for the whole webhook.
func TestRetryAfterIsHonoured(t *testing.T) {
	for _, status := range []int{429, 503} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			w.set("http://a.test", func(context.Context, ports.WebhookCall) (ports.WebhookAnswer, error) {
				return ports.WebhookAnswer{Status: status, RetryAfter: 20 * time.Minute}, nil
			})
			g := w.start(webhooks.Options{})
			settle()
			made := g.create(hook("http://a.test"))
			settle()
			w.put(message(alice, carol, 1))
			settle()
			began := time.Now()
			w.set("http://a.test", nil)
			w.put(message(alice, dave, 1))
			pass(20*time.Minute - time.Second)
			if n := len(w.callsOf("http://a.test")); n != 1 {
				t.Errorf("%d calls before the time that it asked for", n)
			}
			if next := g.status(made.ID).NextTry; !next.Equal(began.Add(20 * time.Minute)) {
				t.Errorf("the next try is in %s", next.Sub(began))
			}
			pass(2 * time.Second)
			if n := len(w.callsOf("http://a.test")); n != 3 {
				t.Errorf("%d calls afterwards", n)
			}
		})
	}
}

func TestGoneIsCalledNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.set("http://a.test", says(410))
		g := w.start(webhooks.Options{})
		settle()
		made := g.create(hook("http://a.test"))
		settle()
		w.put(message(alice, carol, 0))
		settle()
		w.set("http://a.test", nil)
		w.put(message(alice, carol, 1), message(alice, dave, 0))
		pass(48 * time.Hour)
		if n := len(w.callsOf("http://a.test")); n != 1 {
			t.Errorf("%d calls", n)
		}
		if s := g.status(made.ID); s.State != ports.WebhookGone || s.LastError != "it answered 410" {
			t.Errorf("%+v", s)
		}
		g.stop()
		g = w.start(webhooks.Options{})
		pass(time.Hour)
		if s := g.status(made.ID); s.State != ports.WebhookGone {
			t.Errorf("after a restart: %+v", s)
		}
		if _, err := g.Update(t.Context(), made.ID, func(h *domain.Webhook) error { h.Enabled = true; return nil }); err != nil {
			t.Fatal(err)
		}
		pass(time.Minute)
		wantInOrder(t, of(w.callsOf("http://a.test")[1:], carol), []string{carol}, 2)
		if got := w.callsOf("http://a.test"); len(got) != 4 || got[0].ID != of(got[1:], carol)[0].ID {
			t.Errorf("%d calls after it was enabled", len(got)-1)
		}
	})
}

// A delivery is given up after its time, and those that stood behind it after theirs: not each for that long anew.
func TestDeadLetters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.set("http://a.test", failsFor(carol, 503))
		g := w.start(webhooks.Options{})
		settle()
		made := g.create(hook("http://a.test"))
		settle()
		for n := range 10 {
			w.put(message(alice, carol, n))
			time.Sleep(time.Hour)
		}
		pass(14*time.Hour + 30*time.Minute) // 24.5 h after the first
		letters, err := g.DeadLetters(t.Context(), made.ID)
		if err != nil || len(letters) != 1 {
			t.Fatalf("%d dead letters, %v", len(letters), err)
		}
		if l := letters[0]; l.Delivery != w.callsOf("http://a.test")[0].ID || l.Account != alice || l.Kind != domain.KindMessage ||
			l.Attempts < 100 || l.Error != "it answered 503" || l.At.IsZero() || l.Received == 0 {
			t.Errorf("%+v", l)
		}
		pass(9 * time.Hour)
		if n := g.status(made.ID).DeadLetters; n != 10 {
			t.Errorf("%d dead letters", n)
		}
		sum := 0
		letters, _ = g.DeadLetters(t.Context(), made.ID)
		for _, l := range letters {
			sum += l.Attempts
		}
		if made := len(of(w.callsOf("http://a.test"), carol)); sum != made {
			t.Errorf("they tell of %d attempts, there were %d", sum, made)
		}
		if g.givenUp != 10 {
			t.Errorf("%d counted", g.givenUp)
		}
		if s := g.status(made.ID); s.State != ports.WebhookWorking || s.LagEvents != 0 {
			t.Errorf("%+v", s)
		}
		w.put(message(alice, dave, 1))
		settle()
		if len(of(w.callsOf("http://a.test"), dave)) != 1 {
			t.Error("nothing else arrives")
		}
		redeliver(t, g, made.ID, letters[0].Delivery)
	})
}

// redeliver goes through what can be done with ten dead letters.
func redeliver(t *testing.T, g *gateway, id, first string) {
	t.Helper()
	if a, err := g.Redeliver(t.Context(), id, first); err != nil || a.Status != 503 || a.Outcome != ports.OutcomeFailed {
		t.Errorf("%+v, %v", a, err)
	}
	g.set("http://a.test", nil)
	if a, err := g.Redeliver(t.Context(), id, first); err != nil || a.Status != 200 || a.Delivery != first {
		t.Errorf("%+v, %v", a, err)
	}
	if _, err := g.Redeliver(t.Context(), id, first); domain.KindOf(err) != domain.NotFound {
		t.Errorf("again: %v", err)
	}
	letters, _ := g.DeadLetters(t.Context(), id)
	if err := g.DropDeadLetters(t.Context(), id, letters[0].Delivery); err != nil {
		t.Error(err)
	}
	if err := g.DropDeadLetters(t.Context(), id, letters[0].Delivery); domain.KindOf(err) != domain.NotFound {
		t.Errorf("again: %v", err)
	}
	if delivered, left, err := g.RedeliverAll(t.Context(), id); delivered != 8 || left != 0 || err != nil {
		t.Errorf("%d delivered, %d left, %v", delivered, left, err)
	}
	calls := g.callsOf("http://a.test")
	for n, c := range calls[len(calls)-8:] {
		if !is(c, carol, n+2) {
			t.Errorf("redelivery %d is %s", n, textOf(c))
		}
	}
}

func TestDeadLettersAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.set("http://a.test", says(404))
		g := w.start(webhooks.Options{MaxDeadLetters: 20})
		settle()
		h := hook("http://a.test")
		h.Retry.DropRefused = true
		made := g.create(h)
		settle()
		for n := range 100 {
			w.put(message(alice, carol, n))
			settle()
		}
		letters, err := g.DeadLetters(t.Context(), made.ID)
		if err != nil || len(letters) > 20 || len(letters) < 18 {
			t.Errorf("%d dead letters, %v", len(letters), err)
		}
		if last := letters[len(letters)-1]; last.Delivery != w.callsOf("http://a.test")[99].ID {
			t.Errorf("the newest is %+v", last)
		}
		if n := len(w.callsOf("http://a.test")); n != 100 {
			t.Errorf("%d calls: what is refused is given up at once here", n)
		}
	})
}

// With too many failing conversations it goes no further, and on when there are fewer.
func TestTooManyFailingLanes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.set("http://a.test", says(500))
		g := w.start(webhooks.Options{MaxLanes: 10})
		settle()
		made := g.create(hook("http://a.test"))
		settle()
		var sources []string
		for n := range 500 {
			sources = append(sources, fmt.Sprint("s", n, "."))
			w.put(message(alice, sources[n], 0), message(alice, sources[n], 1))
		}
		pass(time.Hour)
		if s := g.status(made.ID); s.State != ports.WebhookStalled || s.LagEvents != 1000 || s.FailingLanes < 10 || s.FailingLanes > 10+256 {
			t.Errorf("%+v", s)
		}
		before := len(w.callsOf("http://a.test"))
		w.set("http://a.test", nil)
		pass(time.Hour)
		wantInOrder(t, w.callsOf("http://a.test")[before:], sources, 2)
		if s := g.status(made.ID); s.State != ports.WebhookWorking || s.LagEvents != 0 {
			t.Errorf("%+v", s)
		}
	})
}

// What retention takes from a conversation that fails is counted and told; the rest arrives.
func TestRetentionTakesFromAFailingLane(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.log = memlog.New(memlog.Options{MaxBytes: 64 << 10})
		w.set("http://a.test", failsFor(carol, 500))
		g := w.start(webhooks.Options{})
		settle()
		made := g.create(hook("http://a.test"))
		settle()
		const each = 1000
		for n := range each {
			w.put(message(alice, carol, n), message(alice, dave, n))
			settle()
		}
		tried := len(of(w.callsOf("http://a.test"), carol))
		w.set("http://a.test", nil)
		pass(time.Hour)
		got := of(w.callsOf("http://a.test"), carol)[tried:]
		for i, c := range got {
			if !is(c, carol, each-len(got)+i) {
				t.Fatalf("%s came as number %d of %d", textOf(c), i, len(got))
			}
		}
		if len(got) == 0 || len(got) == each {
			t.Errorf("%d arrived", len(got))
		}
		wantInOrder(t, of(w.callsOf("http://a.test"), dave), []string{dave}, each)
		s := g.status(made.ID)
		if s.LostRanges != 1 || s.Lost == nil || s.Lost.After.Seq != 0 || g.lost[domain.KindGap] != 1 || s.State != ports.WebhookWorking {
			t.Errorf("%+v, counted %v", s, g.lost)
		}
	})
}

// A webhook that hangs is behind, and told what retention took meanwhile.
func TestRetentionTakesFromAWebhook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.log = memlog.New(memlog.Options{MaxBytes: 256 << 10})
		release := make(chan struct{})
		w.set("http://a.test", func(context.Context, ports.WebhookCall) (ports.WebhookAnswer, error) {
			<-release
			return ports.WebhookAnswer{Status: 200}, nil
		})
		g := w.start(webhooks.Options{})
		settle()
		h := hook("http://a.test")
		h.Concurrency = 1
		made := g.create(h)
		settle()
		const events = 5000
		for n := range events {
			w.put(message(alice, fmt.Sprint("s", n, "."), 0))
			settle()
		}
		if s := g.status(made.ID); s.State != ports.WebhookBehind || s.LagEvents != events {
			t.Errorf("%+v", s)
		}
		close(release)
		settle()
		calls := w.callsOf("http://a.test")
		if last := calls[len(calls)-1]; len(calls) >= events || sourceOf(last) != fmt.Sprint("s", events-1, ".") {
			t.Errorf("%d calls, the last for %s", len(calls), sourceOf(last))
		}
		if s := g.status(made.ID); s.LostRanges != 1 || s.LagEvents != 0 || s.Lost.Next.Seq-s.Lost.After.Seq != uint64(events-len(calls))+1 {
			t.Errorf("%+v with %d calls", s, len(calls))
		}
	})
}

// An address that may not be called pauses the webhook; nothing is given up before its time.
func TestForbiddenAddressPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.set("http://a.test", fails(domain.Invalid))
		g := w.start(webhooks.Options{})
		settle()
		made := g.create(hook("http://a.test"))
		settle()
		for n := range 20 {
			w.put(message(alice, fmt.Sprint(n), 0))
		}
		pass(24 * time.Hour)
		if n := len(w.callsOf("http://a.test")); n > 2*24*12 {
			t.Errorf("%d calls a day", n)
		}
		if s := g.status(made.ID); s.LastError != "the address is refused" || s.DeadLetters != 0 {
			t.Errorf("%+v", s)
		}
		before := len(w.callsOf("http://a.test"))
		w.set("http://a.test", nil)
		pass(time.Hour)
		if n := len(w.callsOf("http://a.test")) - before; n != 20 {
			t.Errorf("%d arrived afterwards", n)
		}
	})
}
