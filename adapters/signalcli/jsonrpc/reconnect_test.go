package jsonrpc_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/adapters/signalcli/jsonrpc"
	"heliograph/domain"
)

var errRefused = errors.New("refused")

func TestDefect5CallsWaitForTheFirstConnectionThenFailAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDialer(t)
		d.refuse(errRefused)
		client := start(t, d, newReceiver(), jsonrpc.Options{ConnectWait: 2 * time.Second})
		first := <-calling(client, t.Context(), send("x"))
		wantKind(t, first.err, domain.Unavailable)
		if first.after != 2*time.Second {
			t.Errorf("waited %v, want 2s", first.after)
		}
		if !errors.Is(first.err, errRefused) {
			t.Errorf("the cause is not in the error: %v", first.err)
		}
		second := <-calling(client, t.Context(), send("x"))
		wantKind(t, second.err, domain.Unavailable)
		if second.after != 0 {
			t.Errorf("waited %v once more", second.after)
		}
		d.refuse(nil)
		time.Sleep(2 * time.Second) // the longest pause is one second and a half
		call := calling(client, t.Context(), send("x"))
		p := <-d.peers
		p.answer(p.next(), `{}`)
		if got := <-call; got.err != nil {
			t.Error(got.err)
		}
	})
}

func TestCallAfterALossWaitsForTheNextConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDialer(t)
		client := start(t, d, newReceiver(), jsonrpc.Options{})
		(<-d.peers).conn.Close()
		synctest.Wait()
		call := calling(client, t.Context(), send("x"))
		p := <-d.peers
		p.answer(p.next(), `{}`)
		if got := <-call; got.err != nil || got.after > 100*time.Millisecond {
			t.Errorf("got %v after %v", got.err, got.after)
		}
	})
}

func TestDefect6ItConnectsAgainForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDialer(t)
		client := start(t, d, newReceiver(), jsonrpc.Options{})
		p := <-d.peers
		d.refuse(errRefused)
		p.conn.Close()
		time.Sleep(time.Hour)
		d.refuse(nil)
		time.Sleep(2 * time.Second)
		if !client.Connected() {
			t.Error("not connected two seconds after signal-cli came back")
		}
	})
}

func TestSilentConnectionIsReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDialer(t)
		client := start(t, d, newReceiver(), jsonrpc.Options{IdlePing: 30 * time.Second})
		p := <-d.peers
		go func() { // it takes everything and says nothing
			for {
				if _, err := p.read(); err != nil {
					return
				}
			}
		}()
		call := calling(client, t.Context(), send("x"))
		second := <-d.peers
		got := <-call
		wantKind(t, got.err, domain.OutcomeUnknown)
		if got.after != 30*time.Second {
			t.Errorf("noticed after %v, want 30s", got.after)
		}
		again := calling(client, t.Context(), send("y"))
		second.answer(second.next(), `{}`)
		if got := <-again; got.err != nil {
			t.Error(got.err)
		}
	})
}

func TestClosedClientIsUnavailableAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDialer(t)
		client := jsonrpc.New(d.dial, newReceiver(), jsonrpc.Options{})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- client.Run(ctx) }()
		p := <-d.peers
		pending := calling(client, t.Context(), send("x"))
		p.next()
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Run returned %v", err)
		}
		wantKind(t, (<-pending).err, domain.OutcomeUnknown)
		got := <-calling(client, t.Context(), send("x"))
		wantKind(t, got.err, domain.Unavailable)
		if got.after != 0 {
			t.Errorf("after %v", got.after)
		}
	})
}

func TestVersionIsAskedOnceAConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDialer(t)
		client := start(t, d, newReceiver(), jsonrpc.Options{})
		for _, want := range []string{"0.13.19", "0.14.6"} {
			p := <-d.peers
			r, err := p.read()
			if err != nil || r.Method != "version" {
				t.Fatalf("got %v, %v", r, err)
			}
			p.answer(r, `{"version":"`+want+`"}`)
			for range 2 {
				if got, err := client.Version(t.Context()); err != nil || got != want {
					t.Errorf("got %s, %v", got, err)
				}
			}
			p.conn.Close()
			synctest.Wait()
		}
	})
}

func TestTooLongLineEndsTheConnectionByName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDialer(t)
		client := start(t, d, newReceiver(), jsonrpc.Options{MaxLine: 100_000})
		p := <-d.peers
		call := calling(client, t.Context(), read())
		r := p.next()
		p.answer(r, `"`+strings.Repeat("x", 99_900)+`"`)
		if got := <-call; got.err != nil || len(got.result) != 99_902 {
			t.Fatalf("line within the limit: %v", got.err)
		}
		call = calling(client, t.Context(), read())
		r = p.next()
		p.answer(r, `"`+strings.Repeat("x", 300_000)+`"`)
		got := <-call
		wantKind(t, got.err, domain.Unavailable)
		if !errors.Is(got.err, jsonrpc.ErrLineTooLong) {
			t.Errorf("got %v", got.err)
		}
		call = calling(client, t.Context(), read())
		p = <-d.peers
		p.answer(p.next(), `[]`)
		if got := <-call; got.err != nil {
			t.Error(got.err)
		}
	})
}

func TestALongOutageIsNotToldEverySecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &logged{}
		d := newDialer(t)
		d.refuse(errRefused)
		start(t, d, newReceiver(), jsonrpc.Options{Logger: slog.New(slog.NewTextHandler(log, nil))})
		time.Sleep(10 * time.Minute)
		if n := log.count("no connection to signal-cli"); n < 9 || n > 11 {
			t.Errorf("told %d times in ten minutes", n)
		}
	})
}
