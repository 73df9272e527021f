package hub_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/adapters/hub"
	"heliograph/adapters/memlog"
	"heliograph/domain"
	"heliograph/ports"
	"heliograph/test/fake"
)

// counts is an Observer.
type counts struct{ opened, closed, delivered, catchUps, gaps atomic.Int64 }

func (c *counts) ReaderOpened(string)       { c.opened.Add(1) }
func (c *counts) ReaderClosed(string)       { c.closed.Add(1) }
func (c *counts) Delivered(_ string, n int) { c.delivered.Add(int64(n)) }
func (c *counts) CatchUp(string)            { c.catchUps.Add(1) }
func (c *counts) Gap(string)                { c.gaps.Add(1) }

func accountOf(n int) domain.Account { return domain.Account(fmt.Sprintf("+1555010%04d", n)) }

// read reads n events and demands that they are the messages first… of account.
func read(t testing.TB, s ports.Stream, account domain.Account, first, n int) {
	t.Helper()
	if err := tryRead(s, account, first, n); err != nil {
		t.Fatal(err)
	}
}

// tryRead is read for goroutines.
func tryRead(s ports.Stream, account domain.Account, first, n int) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	into := make([]*domain.Event, n)
	for got := 0; got < n; {
		more, err := s.Next(ctx, into[got:])
		if err != nil {
			return fmt.Errorf("after %d of %d events: %w", got, n, err)
		}
		got += more
	}
	for i, e := range into {
		if want := string(event(account, first+i).Payload); string(e.Payload) != want {
			return fmt.Errorf("got %s %s, want %s", e.Kind, e.Payload, want)
		}
	}
	return nil
}

// readBeside reads in a goroutine of group.
func readBeside(t testing.TB, group *sync.WaitGroup, s ports.Stream, account domain.Account, first, n int) {
	group.Go(func() {
		if err := tryRead(s, account, first, n); err != nil {
			t.Error(err)
		}
	})
}

// idle makes a stream live: it waits in Next until there is nothing more to do.
func idle(t testing.TB, s ports.Stream) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if n, err := s.Next(ctx, make([]*domain.Event, 1)); err == nil {
		t.Fatalf("got %d events, want none", n)
	}
}

// Of many readers some never read, some crash without Stop, some read slowly, some come and
// go, while the appender never pauses; those that behave get everything.
func TestHostileReadersHarmNobody(t *testing.T) {
	const events = 5_000
	observer := &counts{}
	log := memlog.New(memlog.Options{})
	h, stop := start(t, log, hub.Options{MaxQueueMessages: 256, Observer: observer})
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	hostile, leave := context.WithCancel(ctx)
	var misbehaving, behaving sync.WaitGroup
	for i := range 100 {
		s := subscribe(t, h, []domain.Account{"", alice}[i%2], domain.Oldest)
		if i%4 == 0 {
			moment, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
			_, _ = s.Next(moment, make([]*domain.Event, 1)) // makes it live: there is nothing yet
			cancel()
		}
		misbehaving.Go(func() {
			into := make([]*domain.Event, 10)
			switch i % 4 {
			case 0: // stuck
				<-hostile.Done()
			case 1: // crashes
				defer func() { _ = recover() }()
				_, _ = s.Next(hostile, into)
				panic("a reader crashed")
			case 2: // slow
				for hostile.Err() == nil {
					_, _ = s.Next(hostile, into)
					time.Sleep(5 * time.Millisecond)
				}
			case 3: // comes and goes
				for hostile.Err() == nil {
					other, err := h.Subscribe(hostile, ports.Reader{Transport: "sse", From: domain.Latest})
					if err != nil {
						return
					}
					waiting, cancel := context.WithTimeout(hostile, time.Duration(rand.IntN(2000))*time.Microsecond)
					_, _ = other.Next(waiting, into)
					cancel()
					other.Stop()
				}
			}
		})
	}
	for i := range 20 {
		account := []domain.Account{alice, bob}[i%2]
		s := subscribe(t, h, account, domain.Oldest)
		readBeside(t, &behaving, s, account, 0, events)
	}
	for n := range events {
		appendTo(t, log, event(alice, n), event(bob, n))
	}
	behaving.Wait()
	leave()
	misbehaving.Wait()
	stop()
	if opened, closed := observer.opened.Load(), observer.closed.Load(); opened != closed || opened < 120 {
		t.Errorf("%d readers opened, %d closed", opened, closed)
	}
	if observer.catchUps.Load() == 0 {
		t.Error("no reader ever fell behind: the test tests nothing")
	}
	if observer.gaps.Load() != 0 {
		t.Errorf("%d gaps", observer.gaps.Load())
	}
}

func TestTenThousandReaders(t *testing.T) {
	const readers, accounts, rounds = 10_000, 1_000, 5
	observer := &counts{}
	log := memlog.New(memlog.Options{})
	h, stop := start(t, log, hub.Options{Observer: observer})
	var group sync.WaitGroup
	for i := range readers {
		account := accountOf(i % accounts)
		s := subscribe(t, h, account, domain.Latest)
		readBeside(t, &group, s, account, 0, rounds)
	}
	for n := range rounds {
		batch := make([]*domain.Event, accounts)
		for a := range batch {
			batch[a] = event(accountOf(a), n)
		}
		appendTo(t, log, batch...)
	}
	group.Wait()
	if got := observer.delivered.Load(); got != readers*rounds {
		t.Errorf("%d events delivered, want %d", got, readers*rounds)
	}
	stop()
	if opened, closed := observer.opened.Load(), observer.closed.Load(); opened != readers || closed != readers {
		t.Errorf("%d readers opened, %d closed", opened, closed)
	}
}

func TestAFailingLogIsWaitedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := fake.NewEventLog(memlog.New(memlog.Options{}))
		h, _ := start(t, log, hub.Options{})
		live, past := subscribe(t, h, alice, domain.Latest), subscribe(t, h, alice, domain.Oldest)
		idle(t, live)
		log.FailReads(10, domain.Unavailable)
		appendTo(t, log, event(alice, 1), event(alice, 2))
		read(t, past, alice, 1, 2)
		read(t, live, alice, 1, 2)
		log.FailReads(4, domain.Internal)
		appendTo(t, log, event(alice, 3))
		read(t, live, alice, 3, 1)
		read(t, past, alice, 3, 1)
	})
}

func TestStopAndCancelEndAReadOfAStalledLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := fake.NewEventLog(memlog.New(memlog.Options{}))
		h, stop := start(t, log, hub.Options{MaxCatchUps: 1})
		release := log.StallReads()
		defer release()
		ends := make(chan error, 3)
		next := func(ctx context.Context, s ports.Stream) {
			_, err := s.Next(ctx, make([]*domain.Event, 1))
			ends <- err
		}
		// The first reads, the others wait for their turn to.
		for range 2 {
			s := subscribe(t, h, alice, domain.Oldest)
			go next(t.Context(), s)
			synctest.Wait()
			s.Stop()
			if err := <-ends; domain.KindOf(err) != domain.Unavailable {
				t.Errorf("after Stop: %v", err)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		for range 2 {
			go next(ctx, subscribe(t, h, alice, domain.Oldest))
		}
		go next(t.Context(), subscribe(t, h, alice, domain.Oldest))
		synctest.Wait()
		cancel()
		for range 2 {
			if err := <-ends; domain.KindOf(err) != domain.Canceled {
				t.Errorf("after cancel: %v", err)
			}
		}
		stop()
		if err := <-ends; domain.KindOf(err) != domain.Unavailable {
			t.Errorf("after the end of Run: %v", err)
		}
	})
}

func TestGapOpensInTheMiddleOfACatchUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		observer := &counts{}
		log := memlog.New(memlog.Options{MaxBytes: 1 << 20})
		h, _ := start(t, log, hub.Options{Observer: observer})
		s := subscribe(t, h, alice, domain.Oldest)
		for n := range 1000 {
			appendTo(t, log, event(alice, n))
		}
		read(t, s, alice, 0, 300)
		var last domain.Cursor
		for n := 1000; n < 8000; n++ {
			e := event(alice, n)
			appendTo(t, log, e)
			last = e.Cursor
		}
		into := make([]*domain.Event, 50)
		expected, gaps := uint64(301), 0
		for expected <= last.Seq {
			n, err := s.Next(t.Context(), into)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range into[:n] {
				if e.Kind == domain.KindGap {
					gaps++
					if e.Gap.After.Seq != expected-1 || e.Gap.Next.Seq <= expected {
						t.Fatalf("gap %+v, expected was %d", e.Gap, expected)
					}
					expected = e.Gap.Next.Seq
					continue
				}
				if e.Cursor.Seq != expected {
					t.Fatalf("event %d, want %d", e.Cursor.Seq, expected)
				}
				expected++
			}
		}
		if gaps != 1 || observer.gaps.Load() != 1 {
			t.Errorf("%d gaps, %d counted", gaps, observer.gaps.Load())
		}
		idle(t, s)
	})
}

// The publisher itself may find that retention was faster. Then each reader is told what it lost.
func TestGapBeforeThePublisherIsToldToLiveReaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := fake.NewEventLog(memlog.New(memlog.Options{MaxBytes: 100_000}))
		h, _ := start(t, log, hub.Options{})
		reading, behind := subscribe(t, h, alice, domain.Latest), subscribe(t, h, alice, domain.Latest)
		idle(t, behind)
		idle(t, reading)
		appendTo(t, log, event(alice, 1))
		read(t, reading, alice, 1, 1)
		release := log.StallReads()
		for n := 2; n < 5000; n++ {
			appendTo(t, log, event(alice, n))
		}
		time.Sleep(time.Second)
		release()
		synctest.Wait()
		for name, c := range map[string]struct {
			stream ports.Stream
			after  uint64
		}{"reading": {reading, 1}, "behind": {behind, 0}} {
			into := make([]*domain.Event, 1)
			if _, err := c.stream.Next(t.Context(), into); err != nil || into[0].Kind != domain.KindGap || into[0].Gap.After.Seq != c.after {
				t.Fatalf("%s: %v, %s %+v", name, err, into[0].Kind, into[0].Gap)
			}
			next := into[0].Gap.Next
			read(t, c.stream, alice, int(next.Seq), 4999-int(next.Seq)+1)
		}
	})
}

func TestQueuesOfAllReadersTogetherAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		observer := &counts{}
		log := memlog.New(memlog.Options{})
		h, _ := start(t, log, hub.Options{MaxTotalBytes: 10_000, Observer: observer})
		streams := make([]ports.Stream, 100)
		for i := range streams {
			streams[i] = subscribe(t, h, alice, domain.Latest)
			idle(t, streams[i])
		}
		for n := range 20 {
			appendTo(t, log, event(alice, n))
			time.Sleep(10 * time.Millisecond)
		}
		if n := observer.catchUps.Load(); n < 50 || n == 100 {
			t.Errorf("%d of 100 readers fell behind", n)
		}
		for _, s := range streams {
			read(t, s, alice, 0, 20)
		}
		observer.catchUps.Store(0)
		for n := range 3 { // all has been given back
			appendTo(t, log, event(alice, 20+n))
			time.Sleep(10 * time.Millisecond)
			for _, s := range streams {
				read(t, s, alice, 20+n, 1)
			}
		}
		if n := observer.catchUps.Load(); n != 0 {
			t.Errorf("%d readers fell behind with nothing queued", n)
		}
	})
}

func TestALargeEventGoesThroughASmallQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := memlog.New(memlog.Options{})
		h, _ := start(t, log, hub.Options{MaxQueueBytes: 100})
		s := subscribe(t, h, alice, domain.Latest)
		idle(t, s)
		e := event(alice, 1)
		e.Payload = make([]byte, 1<<20)
		appendTo(t, log, e)
		into := make([]*domain.Event, 1)
		if n, err := s.Next(t.Context(), into); n != 1 || err != nil || len(into[0].Payload) != 1<<20 {
			t.Fatal(n, err)
		}
	})
}

func TestReadersBeforeRunAreServedOnceItRuns(t *testing.T) {
	log := memlog.New(memlog.Options{})
	h := hub.New(log, hub.Options{})
	s := subscribe(t, h, alice, domain.Latest)
	appendTo(t, log, event(alice, 1))
	read(t, s, alice, 1, 1)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	var group sync.WaitGroup
	readBeside(t, &group, s, alice, 2, 1)
	go func() { done <- h.Run(ctx) }()
	appendTo(t, log, event(alice, 2))
	group.Wait()
	cancel()
	<-done
}
