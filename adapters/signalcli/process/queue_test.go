package process

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/domain"
)

// The queue is tested from inside: its order cannot be seen through processes without waiting for them.

const (
	alice = domain.Account("+15550100001")
	bob   = domain.Account("+15550100002")
	carol = domain.Account("+15550100003")
)

// visitors enter a queue and write down when they had their turn.
type visitors struct {
	t *testing.T
	q *queue

	mu    sync.Mutex
	turns []string
}

// seen is who had a turn, and when; in order.
func (v *visitors) seen() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.turns
}

// visit enters, stays for a second and leaves.
func (v *visitors) visit(account domain.Account, r rank, name string) {
	go func() {
		turn, err := v.q.enter(v.t.Context(), account, r)
		if err != nil {
			v.t.Errorf("%s: %v", name, err)
			return
		}
		v.mu.Lock()
		v.turns = append(v.turns, fmt.Sprint(name, "@", int(time.Since(start)/time.Second)))
		v.mu.Unlock()
		time.Sleep(time.Second)
		turn.leave()
	}()
	synctest.Wait()
}

var start = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // of synctest's clock

func TestQueueOrder(t *testing.T) {
	for name, c := range map[string]struct {
		limit int
		visit func(v *visitors)
		want  []string
	}{
		"one account, one after the other": {4, func(v *visitors) {
			v.visit(alice, calls, "1")
			v.visit(alice, calls, "2")
			v.visit(alice, calls, "3")
		}, []string{"1@0", "2@1", "3@2"}},
		"accounts side by side": {4, func(v *visitors) {
			v.visit(alice, calls, "1")
			v.visit(bob, calls, "2")
			v.visit(carol, calls, "3")
		}, []string{"1@0", "2@0", "3@0"}},
		"all accounts alone": {4, func(v *visitors) {
			v.visit(alice, calls, "1")
			v.visit("", calls, "all")
			v.visit("", calls, "all again")
			v.visit(bob, calls, "2")
			v.visit(carol, polls, "poll")
		}, []string{"1@0", "all@1", "all again@2", "2@3", "poll@3"}},
		"all accounts behind calls": {4, func(v *visitors) {
			v.visit(alice, calls, "1")
			v.visit("", polls, "all")
			v.visit(bob, polls, "poll")
			v.visit(bob, calls, "2")
			v.visit(alice, calls, "3")
		}, []string{"1@0", "2@0", "3@1", "all@2", "poll@3"}},
		"so many at once": {2, func(v *visitors) {
			v.visit(alice, calls, "1")
			v.visit(bob, calls, "2")
			v.visit(carol, calls, "3")
		}, []string{"1@0", "2@0", "3@1"}},
		"polls behind calls": {4, func(v *visitors) {
			v.visit(alice, calls, "1")
			v.visit(alice, polls, "poll")
			v.visit(alice, calls, "2")
		}, []string{"1@0", "2@1", "poll@2"}},
		"the last turn is no poll's": {2, func(v *visitors) {
			v.visit(alice, polls, "poll 1")
			v.visit(bob, polls, "poll 2")
			v.visit(carol, calls, "1")
		}, []string{"poll 1@0", "1@0", "poll 2@1"}},
		"a poll with one turn in all": {1, func(v *visitors) {
			v.visit(alice, polls, "poll")
			v.visit(bob, calls, "1")
		}, []string{"poll@0", "1@1"}},
		"who waits for an account blocks no other": {2, func(v *visitors) {
			v.visit(alice, calls, "1")
			v.visit(alice, calls, "2")
			v.visit(bob, calls, "3")
		}, []string{"1@0", "3@0", "2@1"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v := &visitors{t: t, q: newQueue(c.limit, 1, 8, 100)}
				c.visit(v)
				time.Sleep(time.Minute)
				if got := v.seen(); !slices.Equal(sorted(got), sorted(c.want)) {
					t.Errorf("turns %q, want %q", got, c.want)
				}
			})
		})
	}
}

// Calls of one account may run side by side, but take no turn for which another account waits.
func TestQueueSharesTurns(t *testing.T) {
	for name, c := range map[string]struct {
		limit, same int
		visit       func(v *visitors)
		want        []string
	}{
		"two of an account": {4, 2, func(v *visitors) {
			v.visit(alice, calls, "1")
			v.visit(alice, calls, "2")
			v.visit(alice, calls, "3")
		}, []string{"1@0", "2@0", "3@1"}},
		"the first of another goes before the second": {2, 2, func(v *visitors) {
			v.visit(carol, calls, "1")
			v.visit(carol, calls, "2")
			v.visit(alice, calls, "3")
			v.visit(alice, calls, "4")
			v.visit(bob, calls, "5")
		}, []string{"1@0", "2@0", "3@1", "5@1", "4@2"}},
		"a poll alone": {4, 2, func(v *visitors) {
			v.visit(alice, polls, "poll")
			v.visit(alice, calls, "1")
			v.visit(alice, calls, "2")
			v.visit(alice, polls, "poll again")
		}, []string{"poll@0", "1@1", "2@1", "poll again@2"}},
		"all accounts alone": {4, 2, func(v *visitors) {
			v.visit(alice, calls, "1")
			v.visit(alice, calls, "2")
			v.visit("", calls, "all")
			v.visit(alice, calls, "3")
			v.visit(bob, calls, "4")
		}, []string{"1@0", "2@0", "all@1", "3@2", "4@2"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v := &visitors{t: t, q: newQueue(c.limit, c.same, 8, 100)}
				c.visit(v)
				time.Sleep(time.Minute)
				if got := v.seen(); !slices.Equal(sorted(got), sorted(c.want)) {
					t.Errorf("turns %q, want %q", got, c.want)
				}
			})
		})
	}
}

// sorted is a copy in order: those who get a turn at one instant note it in any.
func sorted(turns []string) []string {
	turns = slices.Clone(turns)
	slices.Sort(turns)
	return turns
}

func TestQueueIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(4, 1, 2, 100)
		v := &visitors{t: t, q: q}
		v.visit(alice, calls, "1")
		v.visit(alice, calls, "2")
		v.visit(alice, polls, "3")
		_, err := q.enter(t.Context(), alice, calls)
		var backoff *domain.Backoff
		if domain.KindOf(err) != domain.Unavailable || !errors.As(err, &backoff) || backoff.RetryAfter <= 0 {
			t.Errorf("the full queue says %v", err)
		}
		v.visit(bob, calls, "other account")
		time.Sleep(time.Minute)
		if got := v.seen(); len(got) != 4 {
			t.Errorf("turns %q", got)
		}
	})
}

// However many accounts are named, existing or not, only so many calls wait.
func TestQueueIsBoundedOverAllAccounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(2, 1, 8, 50)
		ctx, cancel := context.WithCancel(t.Context())
		var mu sync.Mutex
		turns, full := 0, 0
		for i := range 10_000 {
			go func() {
				_, err := q.enter(ctx, domain.Account(fmt.Sprintf("+15550%06d", i)), rank(i%2))
				var backoff *domain.Backoff
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					turns++
				} else if domain.KindOf(err) == domain.Unavailable && errors.As(err, &backoff) && backoff.RetryAfter > 0 {
					full++
				}
			}()
		}
		synctest.Wait()
		q.mu.Lock()
		waiting := len(q.lines[0]) + len(q.lines[1])
		q.mu.Unlock()
		if turns != 2 || waiting != 50 || full != 10_000-52 {
			t.Errorf("%d turns, %d wait, %d were sent away", turns, waiting, full)
		}
		cancel()
		synctest.Wait()
	})
}

// A poll is told when a call waits for its end, and only then.
func TestQueueAsksPollsForTheirTurn(t *testing.T) {
	for name, c := range map[string]struct {
		limit  int
		holder domain.Account
		rank   rank
		by     domain.Account
		as     rank
		want   bool
	}{
		"a call of the account":        {4, alice, polls, alice, calls, true},
		"a poll of the account":        {4, alice, polls, alice, polls, false},
		"a call of another":            {4, alice, polls, bob, calls, false},
		"a call of another, one turn":  {1, alice, polls, bob, calls, true},
		"a call of all accounts":       {4, alice, polls, "", calls, true},
		"a call while a call is made":  {4, alice, calls, alice, calls, false},
		"a poll of another, one turn":  {1, alice, polls, bob, polls, false},
		"a call while all are in turn": {4, "", polls, alice, calls, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v := &visitors{t: t, q: newQueue(c.limit, 1, 8, 100)}
				turn, err := v.q.enter(t.Context(), c.holder, c.rank)
				if err != nil {
					t.Fatal(err)
				}
				for range 2 {
					v.visit(c.by, c.as, "other")
				}
				asked := false
				select {
				case <-turn.wanted:
					asked = true
				default:
				}
				if asked != c.want {
					t.Errorf("asked %v, want %v", asked, c.want)
				}
				turn.leave()
				time.Sleep(time.Minute)
			})
		})
	}
}

func TestQueueForgetsWhoWentAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &visitors{t: t, q: newQueue(4, 1, 2, 100)}
		v.visit(alice, calls, "1")
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		if _, err := v.q.enter(ctx, alice, calls); domain.KindOf(err) != domain.Timeout {
			t.Errorf("error %v", err)
		}
		v.visit(alice, calls, "2")
		time.Sleep(time.Minute)
		canceled, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := v.q.enter(canceled, alice, calls); domain.KindOf(err) != domain.Canceled {
			t.Errorf("error %v", err)
		}
		v.visit(alice, calls, "3")
		all, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		go func() { _, _ = v.q.enter(all, "", calls) }()
		synctest.Wait()
		v.visit(bob, calls, "behind all")
		<-all.Done()
		synctest.Wait()
		if want := []string{"1@0", "2@1", "3@60", "behind all@60"}; !slices.Equal(v.seen(), want) {
			t.Errorf("turns %q, want %q", v.seen(), want)
		}
		time.Sleep(time.Minute)
	})
}

func TestQueueClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(4, 1, 8, 100)
		turn, err := q.enter(t.Context(), alice, calls)
		if err != nil {
			t.Fatal(err)
		}
		waiting := make(chan error, 1)
		go func() {
			_, err := q.enter(t.Context(), alice, calls)
			waiting <- err
		}()
		synctest.Wait()
		q.close()
		if err := <-waiting; domain.KindOf(err) != domain.Unavailable {
			t.Errorf("who waited: %v", err)
		}
		if _, err := q.enter(t.Context(), bob, calls); domain.KindOf(err) != domain.Unavailable {
			t.Errorf("who comes: %v", err)
		}
		turn.leave()
	})
}

// Turns that are given and contexts that end in the same instant lose no turn.
func TestQueueLosesNoTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(2, 1, 1000, 1000)
		for i := range 300 {
			go func() {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i%7)*time.Millisecond)
				defer cancel()
				turn, err := q.enter(ctx, []domain.Account{alice, bob, carol, ""}[i%4], rank(i/4%2))
				if err != nil {
					return
				}
				time.Sleep(time.Duration(i%3) * time.Millisecond)
				turn.leave()
			}()
		}
		time.Sleep(time.Minute)
		q.mu.Lock()
		defer q.mu.Unlock()
		if len(q.held) != 0 || len(q.lines[0])+len(q.lines[1]) != 0 {
			t.Errorf("left: %d turns, lines %v", len(q.held), q.lines)
		}
	})
}
