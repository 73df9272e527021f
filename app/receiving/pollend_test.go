package receiving_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/adapters/memlog"
	"heliograph/app/receiving"
	"heliograph/domain"
	"heliograph/ports"
	"heliograph/test/fake"
)

// lingering is a poller that works as signal-cli does: asked to end it hands over what it has acknowledged already.
type lingering struct {
	after   time.Duration // from the end of its context to what it hands over, and to its own end
	running atomic.Int32
	failed  atomic.Int32 // times that what it handed over was refused
}

func (p *lingering) Poll(ctx context.Context, account domain.Account, _ ports.PollOptions, receive func([]byte) error) error {
	p.running.Add(1)
	defer p.running.Add(-1)
	<-ctx.Done()
	time.Sleep(p.after)
	if err := receive(payload(account, 0)); err != nil {
		p.failed.Add(1)
		return err
	}
	return ctx.Err()
}

func TestWhatAPollBringsAtTheEndIsStored(t *testing.T) {
	for name, c := range map[string]struct {
		by      func(s *receiving.Service)
		options receiving.Options
	}{
		"a poll of a drain": {by: func(s *receiving.Service) {
			_, _ = drainOnce(context.Background(), s, alice, ports.DrainOptions{Timeout: -1})
		}},
		"a poll for readers": {options: receiving.Options{Readership: readership(alice)}},
		"a poll of the schedule": {options: receiving.Options{
			Schedule: func(now time.Time) time.Time { return now.Truncate(time.Second).Add(time.Second) },
		}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &lingering{after: 2 * time.Second}
				log := memlog.New(memlog.Options{})
				c.options.Poller, c.options.Accounts = p, list(alice)
				s, stop := start(t, log, c.options)
				if c.by != nil {
					go c.by(s)
				}
				time.Sleep(1500 * time.Millisecond)
				if n := p.running.Load(); n != 1 {
					t.Fatalf("%d polls", n)
				}
				stop()
				if p.failed.Load() > 0 {
					t.Error("what the poll brought was refused")
				}
				wantStored(t, log, alice, 0, 0)
			})
		})
	}
}

// The end is bounded: a poll that never ends is not waited for longer than what was received may take to be stored.
func TestTheEndOfPollsIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &lingering{after: time.Minute}
		log := fake.NewEventLog(memlog.New(memlog.Options{}))
		s, stop := start(t, log, receiving.Options{Poller: p, Accounts: list(alice), Readership: readership(alice)})
		synctest.Wait()
		receive(t, s, payload(bob, 0))
		time.AfterFunc(receiving.DefaultPollEnd+time.Second, func() {
			if err := s.Receive(context.Background(), payload(bob, 1)); domain.KindOf(err) != domain.Unavailable {
				t.Errorf("after the time for polls: %v", err)
			}
		})
		stop()
		if p.failed.Load() != 1 {
			t.Error("the poll could store after the end")
		}
		wantStored(t, log, bob, 0, 0)
	})
}

// EndPolls lets who waits for a poll have what it brought, and starts no more.
func TestEndPolls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &lingering{}
		s, _ := start(t, memlog.New(memlog.Options{}), receiving.Options{Poller: p, Accounts: list(alice)})
		time.AfterFunc(time.Second, s.EndPolls)
		began := time.Now()
		wantPayloads(t, drain(t, s, alice, ports.DrainOptions{Timeout: -1}), alice, 0, 0)
		if took := time.Since(began); took != time.Second {
			t.Errorf("it took %v", took)
		}
		if _, err := drainOnce(t.Context(), s, alice, ports.DrainOptions{Timeout: -1}); domain.KindOf(err) != domain.Unavailable {
			t.Errorf("a drain after the end of polls: %v", err)
		}
		receive(t, s, payload(bob, 1)) // what else comes is stored
	})
}

func TestAPollEndsWithItsClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &lingering{after: time.Second}
		log := memlog.New(memlog.Options{})
		s, _ := start(t, log, receiving.Options{Poller: p, Accounts: list(alice)})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if _, err := drainOnce(ctx, s, alice, ports.DrainOptions{Timeout: -1}); domain.KindOf(err) != domain.Timeout {
			t.Fatal(err)
		}
		if took := time.Since(began); took != time.Second {
			t.Errorf("it took %v", took)
		}
		time.Sleep(2 * time.Second)
		if p.running.Load() != 0 {
			t.Error("a poll runs for nobody")
		}
		wantStored(t, log, alice, 0, 0) // what it had is for the next
	})
}

// What a poll hands over after its end waits for room as everything does.
func TestAPollThatEndsWaitsForRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &lingering{}
		log := fake.NewEventLog(memlog.New(memlog.Options{}))
		s, _ := start(t, log, receiving.Options{Poller: p, Accounts: list(alice), Readership: readership(alice), BufferBytes: 700})
		synctest.Wait()
		release := log.Stall()
		receive(t, s, payload(bob, 0))
		s.EndPolls()
		synctest.Wait()
		if !s.Stalled() {
			t.Error("there is room")
		}
		release()
		synctest.Wait()
		if p.failed.Load() > 0 {
			t.Error("what the poll brought was refused")
		}
		wantStored(t, log, alice, 0, 0)
	})
}
