package accounts_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/app/accounts"
	"heliograph/domain"
	"heliograph/ports"
)

const bob = domain.Account("+15550100002")

// listing is a backend's list; each look at it takes delay.
type listing struct {
	ports.Accounts
	mu    sync.Mutex // guards what follows
	list  []domain.Account
	err   error
	delay time.Duration
	looks int
}

func (l *listing) List(ctx context.Context) ([]domain.Account, error) {
	l.mu.Lock()
	l.looks++
	delay := l.delay
	l.mu.Unlock()
	select {
	case <-time.After(delay):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.list, l.err
}

func (l *listing) Verify(context.Context, domain.Account, string, string) error { return nil }

func (l *listing) set(list []domain.Account, err error, delay time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list, l.err, l.delay = list, err, delay
}

func (l *listing) wantLooks(t *testing.T, want int) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.looks != want {
		t.Errorf("%d looks at the list, want %d", l.looks, want)
	}
}

func wantUnknown(t *testing.T, err error) {
	t.Helper()
	if domain.KindOf(err) != domain.UnknownAccount {
		t.Errorf("got %v, want unknown_account", err)
	}
}

func wantPass(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("got %v", err)
	}
}

func TestCheckRefusesOnlyWhoIsCertainlyNotThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &listing{list: []domain.Account{alice}}
		s := accounts.New(l, slog.New(slog.DiscardHandler))
		wantPass(t, s.Check(t.Context(), alice))
		wantPass(t, s.Check(t.Context(), alice))
		l.wantLooks(t, 1)
		time.Sleep(10 * time.Second)
		wantUnknown(t, s.Check(t.Context(), bob)) // the list is looked at anew
		l.wantLooks(t, 2)
		wantUnknown(t, s.Check(t.Context(), bob)) // and not by everybody
		l.wantLooks(t, 2)
		l.set([]domain.Account{alice, bob}, nil, 0)
		time.Sleep(2 * time.Second)
		wantPass(t, s.Check(t.Context(), bob)) // linked by other means
		l.wantLooks(t, 3)
		l.set([]domain.Account{bob}, nil, 0)
		time.Sleep(2 * time.Minute)
		wantUnknown(t, s.Check(t.Context(), alice)) // dropped
	})
}

func TestCheckLetsPassWhileThereIsNoList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &listing{err: errors.New("away")}
		s := accounts.New(l, slog.New(slog.DiscardHandler))
		wantPass(t, s.Check(t.Context(), bob))
		wantPass(t, s.Check(t.Context(), bob)) // without another look
		l.wantLooks(t, 1)
		l.set(nil, nil, time.Hour)
		time.Sleep(time.Minute)
		began := time.Now()
		wantPass(t, s.Check(t.Context(), bob))
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("a backend that hangs keeps a reader for %v", took)
		}
		l.set([]domain.Account{alice}, nil, 0)
		time.Sleep(time.Minute)
		wantUnknown(t, s.Check(t.Context(), bob))
	})
}

func TestChecksSideBySideAskOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &listing{list: []domain.Account{alice}, delay: 100 * time.Millisecond}
		s := accounts.New(l, slog.New(slog.DiscardHandler))
		var group sync.WaitGroup
		for range 50 {
			group.Go(func() { wantPass(t, s.Check(t.Context(), alice)) })
			group.Go(func() { wantUnknown(t, s.Check(t.Context(), bob)) })
		}
		group.Wait()
		l.wantLooks(t, 1)
	})
}

// A caller that goes away says nothing of the list: the next one looks.
func TestCheckEndsWithItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &listing{list: []domain.Account{alice}, delay: time.Second}
		s := accounts.New(l, slog.New(slog.DiscardHandler))
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		_ = s.Check(ctx, bob) // nobody waits for it any more
		wantUnknown(t, s.Check(t.Context(), bob))
		l.wantLooks(t, 2)
	})
}

func TestCheckRememberedAsksNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &listing{list: []domain.Account{alice}}
		s := accounts.New(l, slog.New(slog.DiscardHandler))
		wantPass(t, s.CheckRemembered(t.Context(), bob))
		l.wantLooks(t, 0)
		if _, err := s.List(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantPass(t, s.CheckRemembered(t.Context(), alice))
		wantUnknown(t, s.CheckRemembered(t.Context(), bob))
		wantPass(t, s.Verify(t.Context(), bob, "123456", "")) // which adds an account
		wantPass(t, s.CheckRemembered(t.Context(), bob))
		if _, err := s.List(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		wantPass(t, s.CheckRemembered(t.Context(), bob))
		l.wantLooks(t, 2)
	})
}
