package receiving_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/adapters/memlog"
	"heliograph/app/receiving"
	"heliograph/domain"
	"heliograph/ports"
	"heliograph/test/fake"
)

func accountOf(n int) domain.Account { return domain.Account(fmt.Sprintf("+1555010%04d", n)) }

// stored gives all that is in log for account.
func stored(t testing.TB, log ports.EventLog, account domain.Account) (events []*domain.Event) {
	t.Helper()
	from := domain.Oldest
	for {
		page, err := log.Read(context.Background(), domain.Filter{Account: account}, from, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Events) == 0 {
			return events
		}
		events, from = append(events, page.Events...), page.Next
	}
}

// wantStored demands that the log holds the messages first to last of account, each once and in order.
func wantStored(t testing.TB, log ports.EventLog, account domain.Account, first, last int) {
	t.Helper()
	events := stored(t, log, account)
	for i, e := range events {
		if string(e.Payload) != string(payload(account, first+i)) {
			t.Fatalf("event %d of %s is %s", i, account.Short(), e.Payload)
		}
	}
	if len(events) != last-first+1 {
		t.Fatalf("%d events of %s are stored, want %d", len(events), account.Short(), last-first+1)
	}
}

func wantWanted(t testing.TB, s *receiving.Service, want bool) <-chan struct{} {
	t.Helper()
	synctest.Wait()
	wanted, changed := s.Wanted()
	if wanted != want {
		t.Fatalf("wanted %v, want %v", wanted, want)
	}
	return changed
}

// A log that stalls for 30 s while 1,000 events/s arrive: nothing is lost, the order is kept,
// memory is bounded, and the backend is told to pause, then not read.
func TestTheBrakeHoldsWhileTheLogStalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const (
			perSecond = 1000
			seconds   = 40
			buffer    = 4 << 20
		)
		log := fake.NewEventLog(memlog.New(memlog.Options{}))
		s, _ := start(t, log, receiving.Options{BufferBytes: buffer})
		wantWanted(t, s, true)
		var release func()
		paused, blocked := time.Duration(0), time.Duration(0)
		began := time.Now()
		for n := range perSecond * seconds {
			due := began.Add(time.Duration(n) * time.Second / perSecond)
			time.Sleep(time.Until(due))
			switch at := time.Since(began); {
			case release == nil && at >= 2*time.Second:
				release = log.Stall()
				time.AfterFunc(30*time.Second, release)
			case release != nil && paused == 0:
				if wanted, _ := s.Wanted(); !wanted {
					paused = at
				}
			}
			before := time.Now()
			receive(t, s, payload(accountOf(n%3), n/3))
			blocked += time.Since(before)
			if used := s.Buffered(); used > buffer {
				t.Fatalf("%d bytes in a buffer of %d", used, buffer)
			}
		}
		if paused == 0 || paused > 13*time.Second {
			t.Errorf("the backend was told to pause after %v", paused)
		}
		if blocked < 10*time.Second {
			t.Errorf("the backend was held for %v: the buffer was never full", blocked)
		}
		wantWanted(t, s, true)
		if s.Stalled() || len(s.Problems()) > 0 || s.Buffered() != 0 {
			t.Errorf("after the stall: %v, %v, %d bytes", s.Stalled(), s.Problems(), s.Buffered())
		}
		total := perSecond * seconds
		for a := range 3 {
			wantStored(t, log, accountOf(a), 0, (total-a-1)/3)
		}
	})
}

func TestReceiveBlocksWhenFullAndSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := fake.NewEventLog(memlog.New(memlog.Options{}))
		s, _ := start(t, log, receiving.Options{BufferBytes: 10_000})
		release := log.Stall()
		changed := wantWanted(t, s, true)
		n := 0
		for ; n < 100; n++ {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			err := s.Receive(ctx, payload(alice, n))
			cancel()
			if err != nil {
				if domain.KindOf(err) != domain.Timeout {
					t.Fatal(err)
				}
				break
			}
		}
		if n < 5 || n > 30 {
			t.Fatalf("%d events in 10,000 bytes", n)
		}
		<-changed
		changed = wantWanted(t, s, false)
		if s.Stalled() {
			t.Error("stalled while nobody waits")
		}
		done := make(chan error)
		go func() { done <- s.Receive(t.Context(), payload(alice, n)) }()
		synctest.Wait()
		if !s.Stalled() || len(s.Problems()) == 0 {
			t.Error("not stalled while Receive waits")
		}
		release()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		<-changed
		wantWanted(t, s, true)
		if s.Stalled() || len(s.Problems()) != 0 {
			t.Error("still stalled", s.Problems())
		}
		wantStored(t, log, alice, 0, n)
	})
}

func TestAPayloadLargerThanTheBufferPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := memlog.New(memlog.Options{})
		s, _ := start(t, log, receiving.Options{BufferBytes: 1000})
		large := fmt.Appendf(nil, `{"envelope":{"source":"+15550100123","timestamp":1},"account":%q,"x":"%05000d"}`, alice, 0)
		receive(t, s, large)
		receive(t, s, payload(alice, 1))
		synctest.Wait()
		if events := stored(t, log, alice); len(events) != 2 || len(events[0].Payload) != len(large) {
			t.Fatalf("%d events", len(events))
		}
	})
}

func TestAppendsThatFailAreMadeAgain(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault func(log *fake.EventLog)
	}{
		{"unavailable", func(log *fake.EventLog) { log.FailAppends(7, domain.Unavailable) }},
		{"internal", func(log *fake.EventLog) { log.FailAppends(3, domain.Internal) }},
		{"every other acknowledgement lost", func(log *fake.EventLog) {
			for range 20 {
				log.PassAppends(1)
				log.DropAcknowledgements(1)
			}
		}},
		{"acknowledgement and then the log lost", func(log *fake.EventLog) {
			log.PassAppends(2)
			log.DropAcknowledgements(1)
			log.FailAppends(3, domain.Unavailable)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				log := fake.NewEventLog(memlog.New(memlog.Options{}))
				s, _ := start(t, log, receiving.Options{BatchEvents: 3})
				c.fault(log)
				for n := range 50 {
					receive(t, s, payload(alice, n))
				}
				time.Sleep(time.Minute)
				wantStored(t, log, alice, 0, 49)
				wantWanted(t, s, true)
			})
		})
	}
}

func TestWithoutKeyNothingDoublesEither(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := fake.NewEventLog(memlog.New(memlog.Options{}))
		s, _ := start(t, log, receiving.Options{})
		log.DropAcknowledgements(3)
		event := fmt.Appendf(nil, `{"account":%q,"callId":1,"state":"RINGING"}`, alice)
		receive(t, s, event)
		receive(t, s, []byte("no JSON at all"))
		time.Sleep(time.Minute)
		receive(t, s, event)
		synctest.Wait()
		if events := stored(t, log, ""); len(events) != 3 {
			t.Fatalf("%d events, want 3: two alike that are no doubles, and one not understood", len(events))
		}
	})
}

func TestLogThatCannotBeWrittenIsAProblemBeforeAnythingIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		writable := false
		s, _ := start(t, memlog.New(memlog.Options{}), receiving.Options{Writable: func() bool { return writable }})
		if got := s.Problems(); len(got) != 1 || got[0] != "received messages cannot be stored" {
			t.Errorf("problems %q", got)
		}
		writable = true
		if got := s.Problems(); len(got) != 0 {
			t.Errorf("problems %q", got)
		}
	})
}

func TestFailingAppendsPauseTheBackend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := fake.NewEventLog(memlog.New(memlog.Options{}))
		s, _ := start(t, log, receiving.Options{})
		changed := wantWanted(t, s, true)
		log.FailAppends(5, domain.Unavailable)
		receive(t, s, payload(alice, 1))
		<-changed
		changed = wantWanted(t, s, false)
		if len(s.Problems()) != 1 {
			t.Errorf("problems %q", s.Problems())
		}
		receive(t, s, payload(bob, 1)) // taken all the same
		<-changed
		wantWanted(t, s, true)
		wantStored(t, log, alice, 1, 1)
		wantStored(t, log, bob, 1, 1)
	})
}

// counts is an Observer.
type counts struct {
	receiving.Observer
	refused, doubles, stored, gaps int
}

func (c *counts) Refused(domain.Kind) { c.refused++ }
func (c *counts) Stored(n int)        { c.stored += n }
func (c *counts) Doubles(n int)       { c.doubles += n }
func (c *counts) Gap()                { c.gaps++ }

func TestOneStrangeEventStopsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		observer := &counts{}
		inner := memlog.New(memlog.Options{MaxBytes: 100_000})
		log := fake.NewEventLog(inner)
		s, _ := start(t, log, receiving.Options{Observer: observer, Writers: 1})
		release := log.Stall()
		for n := range 5 {
			receive(t, s, payload(alice, n))
		}
		receive(t, s, fmt.Appendf(nil, `{"account":%q,"x":"%0200000d"}`, alice, 0))
		for n := 5; n < 10; n++ {
			receive(t, s, payload(alice, n))
		}
		receive(t, s, payload(alice, 3))
		release()
		synctest.Wait()
		wantStored(t, log, alice, 0, 9)
		if observer.refused != 1 || observer.stored != 10 || observer.doubles != 1 {
			t.Errorf("%+v", observer)
		}
		wantWanted(t, s, true)
	})
}

func TestManyAccountsShareAFewWriters(t *testing.T) {
	const accounts, each = 3000, 4
	log := fake.NewEventLog(memlog.New(memlog.Options{}))
	s, stop := start(t, log, receiving.Options{})
	release := log.Stall()
	before := runtime.NumGoroutine()
	for n := range each {
		for a := range accounts {
			receive(t, s, payload(accountOf(a), n))
		}
	}
	if more := runtime.NumGoroutine() - before; more > 100 {
		t.Errorf("%d goroutines more for %d accounts", more, accounts)
	}
	release()
	stop()
	for a := range accounts {
		wantStored(t, log, accountOf(a), 0, each-1)
	}
}

func TestWhatWasTakenIsStoredAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := fake.NewEventLog(memlog.New(memlog.Options{}))
		s, stop := start(t, log, receiving.Options{Writers: 2, FlushTimeout: 5 * time.Second})
		release := log.Stall()
		for n := range 1000 {
			receive(t, s, payload(accountOf(n%10), n/10))
		}
		time.AfterFunc(3*time.Second, release)
		began := time.Now()
		stop()
		if took := time.Since(began); took != 3*time.Second {
			t.Errorf("the end took %v after a stall of 3 s", took)
		}
		for a := range 10 {
			wantStored(t, log, accountOf(a), 0, 99)
		}
		if err := s.Receive(t.Context(), payload(alice, 1)); domain.KindOf(err) != domain.Unavailable {
			t.Errorf("Receive after the end: %v", err)
		}
		if _, err := drainOnce(t.Context(), s, alice, ports.DrainOptions{Timeout: time.Hour}); domain.KindOf(err) != domain.Unavailable {
			t.Errorf("Drain after the end: %v", err)
		}
	})
}

func TestBatchesAreBounded(t *testing.T) {
	for _, c := range []struct {
		name    string
		options receiving.Options
		appends int
	}{
		{"in events", receiving.Options{BatchEvents: 7}, 1 + 100/7},
		{"in bytes", receiving.Options{BatchBytes: 3*len(payload(alice, 100)) + 1}, 1 + 99/3},
		{"an event at least", receiving.Options{BatchBytes: 1}, 100},
		{"by default", receiving.Options{}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				log := fake.NewEventLog(memlog.New(memlog.Options{}))
				s, _ := start(t, log, c.options)
				release := log.Stall()
				receive(t, s, payload(alice, 100))
				synctest.Wait() // it is on its way alone
				for n := 101; n < 200; n++ {
					receive(t, s, payload(alice, n))
				}
				release()
				synctest.Wait()
				wantStored(t, log, alice, 100, 199)
				if got := log.Appends(); got != c.appends && got != c.appends+1 {
					t.Errorf("%d appends, want %d", got, c.appends)
				}
			})
		})
	}
}

func TestTheEndIsBoundedWhenNothingCanBeStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := fake.NewEventLog(memlog.New(memlog.Options{}))
		s, stop := start(t, log, receiving.Options{BufferBytes: 3000})
		defer log.Stall()()
		done := make(chan error)
		go func() {
			for n := 0; ; n++ {
				if err := s.Receive(context.Background(), payload(alice, n)); err != nil {
					done <- err
					return
				}
			}
		}()
		synctest.Wait()
		began := time.Now()
		stop()
		if err := <-done; domain.KindOf(err) != domain.Unavailable {
			t.Errorf("blocked Receive: %v", err)
		}
		if took := time.Since(began); took > receiving.DefaultFlushTimeout {
			t.Errorf("the end took %v", took)
		}
	})
}
