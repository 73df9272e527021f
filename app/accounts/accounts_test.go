package accounts_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"

	"heliograph/app/accounts"
	"heliograph/domain"
	"heliograph/ports"
)

const alice = domain.Account("+15550100001")

// directory is a ports.Accounts that writes down what it is asked.
type directory struct {
	ports.Accounts
	calls []string
	fail  map[string]error
	links []*link
}

func (d *directory) call(name string) error {
	d.calls = append(d.calls, name)
	return d.fail[name]
}

func (d *directory) Unregister(context.Context, domain.Account, bool) error {
	return d.call("unregister")
}

func (d *directory) DeleteLocalData(context.Context, domain.Account, bool) error {
	return d.call("deleteLocalAccountData")
}

func (d *directory) Verify(context.Context, domain.Account, string, string) error {
	return d.call("verify")
}

func (d *directory) StartLink(context.Context, string) (ports.PendingLink, error) {
	if err := d.call("startLink"); err != nil {
		return nil, err
	}
	l := &link{scanned: make(chan struct{}), closed: make(chan struct{})}
	d.links = append(d.links, l)
	return l, nil
}

type link struct {
	scanned, closed chan struct{}
}

func (l *link) URI() string { return "sgnl://linkdevice?uuid=x" }
func (l *link) Close()      { close(l.closed) }
func (l *link) Wait(ctx context.Context) (domain.Account, error) {
	select {
	case <-l.scanned:
		return alice, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// DEFECTS 33: local data was deleted even when unregistering had failed.
func TestDefect33LocalDataStaysWhenUnregisteringFails(t *testing.T) {
	d := &directory{fail: map[string]error{"unregister": errors.New("no server")}}
	err := accounts.New(d, slog.New(slog.DiscardHandler)).Unregister(t.Context(), alice, ports.UnregisterOptions{DeleteLocalData: true})
	if err == nil || !slices.Equal(d.calls, []string{"unregister"}) {
		t.Errorf("%v after %v", err, d.calls)
	}
}

func TestUnregisterDeletesLocalDataAfterwards(t *testing.T) {
	d := &directory{}
	err := accounts.New(d, slog.New(slog.DiscardHandler)).Unregister(t.Context(), alice, ports.UnregisterOptions{DeleteLocalData: true})
	if err != nil || !slices.Equal(d.calls, []string{"unregister", "deleteLocalAccountData"}) {
		t.Errorf("%v after %v", err, d.calls)
	}
}

func TestVerifyWantsACode(t *testing.T) {
	d := &directory{}
	err := accounts.New(d, slog.New(slog.DiscardHandler)).Verify(t.Context(), alice, "", "")
	if domain.KindOf(err) != domain.Invalid || len(d.calls) != 0 {
		t.Errorf("%v after %v", err, d.calls)
	}
}

func TestLinksAreFinishedClosedAndBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &directory{}
		s := accounts.New(d, slog.New(slog.DiscardHandler))
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- s.Run(ctx) }()

		for range accounts.MaxPendingLinks {
			if uri, err := s.Link(t.Context(), "desk"); err != nil || uri == "" {
				t.Fatalf("%q, %v", uri, err)
			}
		}
		if _, err := s.Link(t.Context(), "desk"); domain.KindOf(err) != domain.Unavailable {
			t.Errorf("one link too many: %v", err)
		}
		close(d.links[0].scanned)
		<-d.links[0].closed
		synctest.Wait()
		if _, err := s.Link(t.Context(), "desk"); err != nil {
			t.Errorf("after one was scanned: %v", err)
		}
		if _, err := s.Link(t.Context(), ""); domain.KindOf(err) != domain.Invalid {
			t.Errorf("without a name: %v", err)
		}
		stop()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		for i, l := range d.links {
			select {
			case <-l.closed:
			default:
				t.Errorf("link %d was left open", i)
			}
		}
	})
}

func TestFailedLinkFreesItsPlace(t *testing.T) {
	d := &directory{fail: map[string]error{"startLink": errors.New("no server")}}
	s := accounts.New(d, slog.New(slog.DiscardHandler))
	for range 3 * accounts.MaxPendingLinks {
		if _, err := s.Link(t.Context(), "desk"); err == nil || domain.KindOf(err) == domain.Unavailable {
			t.Fatal(err)
		}
	}
}
