package receiving_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/adapters/memlog"
	"heliograph/app/receiving"
	"heliograph/domain"
	"heliograph/ports"
	"heliograph/test/fake"
)

// poller answers each poll with what waits for the account, after a while.
type poller struct {
	takes time.Duration

	mu      sync.Mutex // guards all below
	waiting map[domain.Account][][]byte
	fail    error
	polls   []poll
	running int
	most    int
}

type poll struct {
	at      time.Duration
	account domain.Account
	options ports.PollOptions
}

var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // where virtual time begins

func (p *poller) put(account domain.Account, payloads ...[]byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting == nil {
		p.waiting = map[domain.Account][][]byte{}
	}
	p.waiting[account] = append(p.waiting[account], payloads...)
}

func (p *poller) Poll(ctx context.Context, account domain.Account, options ports.PollOptions, receive func([]byte) error) error {
	p.mu.Lock()
	p.polls = append(p.polls, poll{time.Since(epoch), account, options})
	p.running++
	p.most = max(p.most, p.running)
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		p.running--
		p.mu.Unlock()
	}()
	timer := time.NewTimer(p.takes)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return ctx.Err()
	}
	p.mu.Lock()
	payloads, err := p.waiting[account], p.fail
	delete(p.waiting, account)
	p.mu.Unlock()
	buffer := make([]byte, 0, 1000)
	for _, b := range payloads {
		buffer = append(buffer[:0], b...) // used again: receive may not keep it
		if err := receive(buffer); err != nil {
			return err
		}
	}
	return err
}

// times are when account was polled, in seconds since the start.
func (p *poller) times(account domain.Account) (seconds []int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, poll := range p.polls {
		if poll.account == account {
			seconds = append(seconds, int(poll.at/time.Second))
		}
	}
	return seconds
}

// seen are the polls until now, and how many ran at once.
func (p *poller) seen() (polls []poll, most int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.polls), p.most
}

func (p *poller) only(t testing.TB) poll {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.polls) != 1 {
		t.Fatalf("%d polls, want one", len(p.polls))
	}
	return p.polls[0]
}

// list gives the accounts, and counts how often.
func list(accounts ...domain.Account) func(context.Context) ([]domain.Account, error) {
	return func(context.Context) ([]domain.Account, error) { return accounts, nil }
}

func TestDrainPollsFirst(t *testing.T) {
	for _, c := range []struct {
		name    string
		options ports.DrainOptions
		want    ports.PollOptions
	}{
		{"defaults", ports.DrainOptions{}, ports.PollOptions{}},
		{"no end", ports.DrainOptions{Timeout: -1, MaxMessages: 5}, ports.PollOptions{Timeout: -1, MaxMessages: 5}},
		{"all options", ports.DrainOptions{
			Timeout: time.Minute, MaxMessages: 7, IgnoreAttachments: true, IgnoreAvatars: true,
			IgnoreStickers: true, IgnoreStories: true, SendReadReceipts: true,
		}, ports.PollOptions{
			Timeout: time.Minute, MaxMessages: 7, IgnoreAttachments: true, IgnoreAvatars: true,
			IgnoreStickers: true, IgnoreStories: true, SendReadReceipts: true,
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &poller{takes: 2 * time.Second}
				s, _ := start(t, memlog.New(memlog.Options{}), receiving.Options{Poller: p, Accounts: list(alice)})
				p.put(alice, payload(alice, 0), payload(alice, 1), payload(alice, 2))
				wantPayloads(t, drain(t, s, alice, c.options), alice, 0, 2)
				if got := p.only(t); got.options != c.want || got.account != alice {
					t.Errorf("%+v, want %+v", got, c.want)
				}
				began := time.Now()
				wantPayloads(t, drain(t, s, alice, c.options), alice, 0, -1)
				if took := time.Since(began); took != p.takes {
					t.Errorf("a drain without messages took %v, the poll %v", took, p.takes)
				}
			})
		})
	}
}

func TestAPayloadWithoutAccountIsOfTheAccountThatWasPolled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &poller{}
		s, _ := start(t, memlog.New(memlog.Options{}), receiving.Options{Poller: p, Accounts: list(alice)})
		p.put(alice, []byte(`{"callId":1,"state":"RINGING"}`), payload(bob, 0))
		if events := drain(t, s, alice, ports.DrainOptions{}); len(events) != 1 || events[0].Kind != domain.KindCallEvent {
			t.Errorf("%d events for alice", len(events))
		}
		wantPayloads(t, drain(t, s, bob, ports.DrainOptions{}), bob, 0, 0)
	})
}

func TestTheFailureOfThePollIsTheAnswerOfDrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &poller{fail: domain.Errorf(domain.Backend, "receive", "connection closed")}
		s, _ := start(t, memlog.New(memlog.Options{}), receiving.Options{Poller: p, Accounts: list(alice)})
		p.put(alice, payload(alice, 0))
		if _, err := drainOnce(t.Context(), s, alice, ports.DrainOptions{}); domain.KindOf(err) != domain.Backend {
			t.Fatal(err)
		}
		p.mu.Lock()
		p.fail = nil
		p.mu.Unlock()
		p.put(alice, payload(alice, 1))
		wantPayloads(t, drain(t, s, alice, ports.DrainOptions{}), alice, 0, 1)
	})
}

func TestNothingIsPolledThatCannotBeStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &poller{}
		log := fake.NewEventLog(memlog.New(memlog.Options{}))
		s, _ := start(t, log, receiving.Options{Poller: p, Accounts: list(alice), Readership: readership(alice)})
		time.Sleep(time.Second)
		log.FailAppends(100, domain.Unavailable) // for some minutes
		receive(t, s, payload(bob, 1))
		synctest.Wait()
		if _, err := drainOnce(t.Context(), s, alice, ports.DrainOptions{}); domain.KindOf(err) != domain.Unavailable {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Minute)
		times := p.times(alice)
		if len(times) < 2 || times[1] < 100 {
			t.Errorf("polled at %v s while nothing could be stored", times)
		}
	})
}

// readers is a Readership that never changes.
type readers struct {
	all      bool
	accounts []domain.Account
}

func (r readers) Readers() (bool, []domain.Account, <-chan struct{}) { return r.all, r.accounts, nil }

func readership(accounts ...domain.Account) readers { return readers{accounts: accounts} }

func TestAccountsWithReadersArePolledRegularly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &poller{takes: 3 * time.Second}
		log := memlog.New(memlog.Options{})
		s, _ := start(t, log, receiving.Options{Poller: p, Accounts: list(alice, bob)})
		time.Sleep(100 * time.Second)
		if got := p.times(alice); len(got) != 0 {
			t.Fatalf("polled at %v s without readers", got)
		}
		_ = s
	})
	synctest.Test(t, func(t *testing.T) {
		p := &poller{takes: 3 * time.Second}
		log := memlog.New(memlog.Options{})
		start(t, log, receiving.Options{Poller: p, Accounts: list(alice, bob), Readership: readership(alice)})
		p.put(alice, payload(alice, 0))
		time.Sleep(100 * time.Second)
		if got := p.times(alice); !slices.Equal(got, []int{0, 30, 60, 90}) {
			t.Errorf("alice was polled at %v s", got)
		}
		if got := p.times(bob); len(got) != 0 {
			t.Errorf("bob was polled at %v s", got)
		}
		if polls, _ := p.seen(); polls[0].options != (ports.PollOptions{Timeout: 5 * time.Second, MaxMessages: 100}) {
			t.Errorf("polled with %+v", polls[0].options)
		}
		wantStored(t, log, alice, 0, 0)
	})
	synctest.Test(t, func(t *testing.T) {
		p := &poller{takes: 3 * time.Second}
		start(t, memlog.New(memlog.Options{}), receiving.Options{
			Poller: p, Accounts: list(alice, bob), Readership: readers{all: true}, ReceiveInterval: 10 * time.Second,
		})
		time.Sleep(25 * time.Second)
		for _, account := range []domain.Account{alice, bob} {
			if got := p.times(account); !slices.Equal(got, []int{0, 10, 20}) {
				t.Errorf("%s was polled at %v s", account.Short(), got)
			}
		}
	})
}

func TestAnAccountIsPolledOnceAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &poller{takes: 70 * time.Second}
		start(t, memlog.New(memlog.Options{}), receiving.Options{Poller: p, Accounts: list(alice), Readership: readership(alice)})
		time.Sleep(200 * time.Second)
		if got := p.times(alice); !slices.Equal(got, []int{0, 70, 140}) {
			t.Errorf("polled at %v s", got)
		}
	})
}

func TestPollsOfManyAccountsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var accounts []domain.Account
		for n := range 50 {
			accounts = append(accounts, accountOf(n))
		}
		p := &poller{takes: time.Second}
		start(t, memlog.New(memlog.Options{}), receiving.Options{
			Poller: p, Accounts: list(accounts...), Readership: readers{all: true}, PollConcurrency: 3,
		})
		time.Sleep(29 * time.Second)
		if polls, most := p.seen(); most != 3 || len(polls) != 50 {
			t.Errorf("%d polls, %d at once", len(polls), most)
		}
	})
}

func TestTheSchedulePollsAllAccounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &poller{takes: 3 * time.Second}
		options := ports.PollOptions{Timeout: 10 * time.Second, IgnoreStories: true}
		log := memlog.New(memlog.Options{})
		start(t, log, receiving.Options{
			Poller: p, Accounts: list(alice, bob), ScheduledPoll: options,
			Schedule: func(now time.Time) time.Time { return now.Truncate(time.Minute).Add(time.Minute) },
		})
		p.put(bob, payload(bob, 0))
		time.Sleep(200 * time.Second)
		for _, account := range []domain.Account{alice, bob} {
			if got := p.times(account); !slices.Equal(got, []int{60, 120, 180}) {
				t.Errorf("%s was polled at %v s", account.Short(), got)
			}
		}
		if polls, _ := p.seen(); polls[0].options != options {
			t.Errorf("polled with %+v", polls[0].options)
		}
		wantStored(t, log, bob, 0, 0)
	})
}

func TestAPollThatFailsIsTriedAtItsNextTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &poller{fail: domain.Errorf(domain.Unavailable, "receive", "no program")}
		lists := 0
		s, _ := start(t, memlog.New(memlog.Options{}), receiving.Options{
			Poller: p, Readership: readers{all: true},
			Accounts: func(context.Context) ([]domain.Account, error) {
				if lists++; lists < 3 {
					return nil, fmt.Errorf("no answer %d", lists)
				}
				return []domain.Account{alice}, nil
			},
		})
		time.Sleep(100 * time.Second)
		if got := p.times(alice); !slices.Equal(got, []int{60, 90}) {
			t.Errorf("polled at %v s", got)
		}
		_ = s
	})
}
