package hub_test

import (
	"context"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/adapters/hub"
	"heliograph/adapters/memlog"
	"heliograph/domain"
	"heliograph/ports"
)

// slowLog reads at once and answers when it is told to.
type slowLog struct {
	ports.EventLog
	// reads are those of an account ("" is the publisher's) that wait to be answered; accounts that are not in it get their answer at once.
	reads map[domain.Account]chan slowRead
}

type slowRead struct {
	from   domain.Cursor
	answer chan struct{} // to be closed
}

func (l slowLog) Read(ctx context.Context, filter domain.Filter, from domain.Cursor, limit int) (ports.Page, error) {
	page, err := l.EventLog.Read(ctx, filter, from, limit)
	if reads := l.reads[filter.Account]; reads != nil {
		r := slowRead{from: from, answer: make(chan struct{})}
		select {
		case reads <- r:
			<-r.answer
		case <-ctx.Done():
			return ports.Page{}, ctx.Err()
		}
	}
	return page, err
}

// answerAll answers all reads of the account from now on.
func (l slowLog) answerAll(ctx context.Context, account domain.Account) {
	for {
		select {
		case r := <-l.reads[account]:
			close(r.answer)
		case <-ctx.Done():
			return
		}
	}
}

// A reader finds nothing more in the log; before it can ask to join, an event
// is published. It is not live from there on: it reads on.
func TestWhoIsBehindThePublishedCursorReadsOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inner := memlog.New(memlog.Options{})
		log := slowLog{inner, map[domain.Account]chan slowRead{bob: make(chan slowRead)}}
		h, _ := start(t, log, hub.Options{PublishInterval: -1})
		other := subscribe(t, h, alice, domain.Latest)
		idle(t, other)
		late := subscribe(t, h, bob, domain.Oldest)
		done := make(chan error, 1)
		go func() { done <- tryRead(late, bob, 1, 2) }()
		found := <-log.reads[bob] // nothing
		appendTo(t, log, event(bob, 1), event(alice, 1))
		read(t, other, alice, 1, 1) // it is published
		close(found.answer)
		go log.answerAll(t.Context(), bob)
		synctest.Wait()
		appendTo(t, log, event(bob, 2))
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	})
}

// The same while the last live reader leaves in the middle of the publisher's read: the
// page that it has in hand begins behind the newcomer.
func TestAPageThatBeginsBehindANewcomerIsReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inner := memlog.New(memlog.Options{})
		log := slowLog{inner, map[domain.Account]chan slowRead{bob: make(chan slowRead), "": make(chan slowRead)}}
		h, _ := start(t, log, hub.Options{PublishInterval: -1})
		other := subscribe(t, h, alice, domain.Latest)
		ctx, cancel := context.WithCancel(t.Context())
		go func() { _, _ = other.Next(ctx, make([]*domain.Event, 1)) }()
		late := subscribe(t, h, bob, domain.Oldest)
		done := make(chan error, 1)
		go func() { done <- tryRead(late, bob, 1, 3) }()
		found := <-log.reads[bob] // nothing
		appendTo(t, log, event(bob, 1))
		publisher := <-log.reads[""]
		for publisher.from.Seq == 0 { // until the first is published
			close(publisher.answer)
			publisher = <-log.reads[""]
		}
		appendTo(t, log, event(bob, 2))
		cancel()
		other.Stop()
		close(found.answer)
		synctest.Wait() // late asks to join from before the first on
		close(publisher.answer)
		go log.answerAll(t.Context(), "")
		go log.answerAll(t.Context(), bob)
		synctest.Wait()
		appendTo(t, log, event(bob, 3))
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	})
}

// Readers fall behind and join again one after the other: each stays in the index once.
func TestReadersThatJoinAgainGetEachEventOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := memlog.New(memlog.Options{})
		h, _ := start(t, log, hub.Options{MaxQueueMessages: 5, PublishInterval: -1})
		const readers = 5
		streams, got := make([]ports.Stream, readers), make([]int, readers)
		for i := range streams {
			streams[i] = subscribe(t, h, alice, domain.Latest)
			idle(t, streams[i])
		}
		for n := range 500 {
			appendTo(t, log, event(alice, n))
			synctest.Wait()
			for i, s := range streams {
				// Each pauses for some events, at another time than the others.
				if behind := n + 1 - got[i]; rand.IntN(8) == 0 {
					read(t, s, alice, got[i], behind)
					got[i] += behind
				}
			}
			if n%20 == 19 { // all are live again
				for i, s := range streams {
					if behind := n + 1 - got[i]; behind > 0 {
						read(t, s, alice, got[i], behind)
						got[i] += behind
					}
					idle(t, s)
				}
			}
		}
	})
}

func TestStoppedReadersLeaveNothing(t *testing.T) {
	log := memlog.New(memlog.Options{})
	h, _ := start(t, log, hub.Options{PublishInterval: -1})
	heap := func() int64 {
		var stats runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&stats)
		return int64(stats.HeapAlloc)
	}
	var before int64
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for round := range 11 {
		if round == 1 {
			before = heap()
		}
		streams := make([]ports.Stream, 1000)
		var group sync.WaitGroup
		for i := range streams {
			s, err := h.Subscribe(ctx, ports.Reader{Filter: domain.Filter{Account: []domain.Account{alice, bob, ""}[i%3]}, From: domain.Latest})
			if err != nil {
				t.Fatal(err)
			}
			streams[i] = s
			group.Go(func() { _, _ = streams[i].Next(ctx, make([]*domain.Event, 1)) })
		}
		appendTo(t, log, event(alice, round), event(bob, round))
		group.Wait() // all are live, or were
		for i := range streams {
			streams[rand.IntN(i+1)].Stop()
		}
		for _, s := range streams {
			s.Stop()
		}
	}
	if more := heap() - before; more > 2<<20 {
		t.Errorf("10,000 readers that are gone hold %d bytes", more)
	}
}
