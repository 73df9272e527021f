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
		leave, err := v.q.enter(v.t.Context(), account, r)
		if err != nil {
			v.t.Errorf("%s: %v", name, err)
			return
		}
		v.mu.Lock()
		v.turns = append(v.turns, fmt.Sprint(name, "@", int(time.Since(start)/time.Second)))
		v.mu.Unlock()
		time.Sleep(time.Second)
		leave()
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
			v.visit("", calls, "3")
		}, []string{"1@0", "2@0", "3@0"}},
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
				v := &visitors{t: t, q: newQueue(c.limit, 8)}
				c.visit(v)
				time.Sleep(time.Minute)
				if got := v.seen(); !slices.Equal(got, c.want) {
					t.Errorf("turns %q, want %q", got, c.want)
				}
			})
		})
	}
}

func TestQueueIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(4, 2)
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

func TestQueueForgetsWhoWentAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &visitors{t: t, q: newQueue(4, 2)}
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
		if want := []string{"1@0", "2@1", "3@60"}; !slices.Equal(v.seen(), want) {
			t.Errorf("turns %q, want %q", v.seen(), want)
		}
		time.Sleep(time.Minute)
	})
}

func TestQueueClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(4, 8)
		leave, err := q.enter(t.Context(), alice, calls)
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
		leave()
	})
}

// Turns that are given and contexts that end in the same instant lose no turn.
func TestQueueLosesNoTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(2, 1000)
		for i := range 300 {
			go func() {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i%7)*time.Millisecond)
				defer cancel()
				leave, err := q.enter(ctx, []domain.Account{alice, bob, carol}[i%3], rank(i%2))
				if err != nil {
					return
				}
				time.Sleep(time.Duration(i%3) * time.Millisecond)
				leave()
			}()
		}
		time.Sleep(time.Minute)
		q.mu.Lock()
		defer q.mu.Unlock()
		if q.turns != 0 || len(q.busy) != 0 || len(q.lines[0])+len(q.lines[1]) != 0 {
			t.Errorf("left: %d turns, %d accounts, lines %v", q.turns, len(q.busy), q.lines)
		}
	})
}
