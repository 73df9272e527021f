package jsonrpc_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/adapters/signalcli"
	"heliograph/adapters/signalcli/jsonrpc"
	"heliograph/domain"
)

func wantKind(t *testing.T, err error, kind domain.Kind) {
	t.Helper()
	if err == nil || domain.KindOf(err) != kind {
		t.Fatalf("got error %v, want kind %v", err, kind)
	}
}

func TestDefect11AnswersComeInAnyOrderLateDoubledAndMalformed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDialer(t)
		client := start(t, d, newReceiver(), jsonrpc.Options{})
		var calls []<-chan outcome
		for i := range 3 {
			calls = append(calls, calling(client, t.Context(), send(fmt.Sprint(i))))
			synctest.Wait()
		}
		p := <-d.peers
		var requests []request
		for range calls {
			requests = append(requests, p.next())
		}
		p.write(`this is not json`)
		p.write(``)
		p.write(`[]`)
		p.write(`{"jsonrpc":"2.0","result":{},"id":"nobody"}`)
		p.write(`{"jsonrpc":"2.0","result":{},"id":99999}`)
		p.write(`{"jsonrpc":"2.0","result":{},"id":1e2}`)
		p.write(`{"jsonrpc":"2.0","error":{"code":-32700,"message":"parse error","data":null},"id":null}`)
		for i := len(requests) - 1; i >= 0; i-- {
			p.answer(requests[i], fmt.Sprintf(`{"timestamp":%d}`, i))
			p.answer(requests[i], `{"timestamp":-1}`)
		}
		for i, call := range calls {
			got := <-call
			if want := fmt.Sprintf(`{"timestamp":%d}`, i); got.err != nil || got.result != want {
				t.Errorf("call %d: %s, %v; want %s", i, got.result, got.err, want)
			}
		}
	})
}

func TestAnswerBeforeItsRequestIsNoAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDialer(t)
		client := start(t, d, newReceiver(), jsonrpc.Options{})
		p := <-d.peers
		first := calling(client, t.Context(), read())
		r := p.next()
		p.answer(r, `[]`)
		<-first
		id, err := strconv.Atoi(string(r.ID))
		if err != nil {
			t.Fatal(err)
		}
		for i := range 5 {
			p.write(fmt.Sprintf(`{"jsonrpc":"2.0","result":"forged","id":%d}`, id+i))
			p.write(fmt.Sprintf(`{"jsonrpc":"2.0","result":"of another client","id":%d}`, i))
		}
		call := calling(client, t.Context(), read())
		p.answer(p.next(), `[]`)
		if got := <-call; got.result != `[]` {
			t.Errorf("got %v", got)
		}
	})
}

func TestDefect3LostConnectionEndsEveryWaiterAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDialer(t)
		client := start(t, d, newReceiver(), jsonrpc.Options{})
		p := <-d.peers
		effect := calling(client, t.Context(), send("x"))
		p.next()
		pure := calling(client, t.Context(), read())
		p.next()
		unwritten := calling(client, t.Context(), send("y")) // net.Pipe has no buffer: it cannot be written
		synctest.Wait()
		queued := calling(client, t.Context(), send("z"))
		synctest.Wait()
		p.conn.Close()
		for name, one := range map[string]struct {
			call  <-chan outcome
			kinds []domain.Kind
		}{
			"effect that was read": {effect, []domain.Kind{domain.OutcomeUnknown}},
			"pure read":            {pure, []domain.Kind{domain.Unavailable}},
			// Whether the reader or the writer tells of the loss first: the writer knows that nothing was written.
			"effect in the writer":     {unwritten, []domain.Kind{domain.OutcomeUnknown, domain.Unavailable}},
			"effect behind the writer": {queued, []domain.Kind{domain.Unavailable}},
		} {
			got := <-one.call
			if got.err == nil || !slices.Contains(one.kinds, domain.KindOf(got.err)) || got.after != 0 {
				t.Errorf("%s: %v after %v, want %v at once", name, got.err, got.after, one.kinds)
			}
		}
	})
}

func TestCallBehindStuckPeerEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDialer(t)
		client := start(t, d, newReceiver(), jsonrpc.Options{})
		p := <-d.peers // reads nothing
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		stuck := calling(client, ctx, send("stuck in the writer"))
		synctest.Wait()
		behind := calling(client, ctx, send("behind it"))
		got := <-stuck
		if got.after != 3*time.Second {
			t.Errorf("ended after %v", got.after)
		}
		got = <-behind
		wantKind(t, got.err, domain.Timeout) // certainly not sent
		cancel()
		synctest.Wait()
		// What was taken back is not written later.
		call := calling(client, t.Context(), send("after"))
		for {
			r := p.next()
			if strings.Contains(string(r.Params), "behind it") {
				t.Fatal("a call that had ended was written")
			}
			if strings.Contains(string(r.Params), "after") {
				p.answer(r, `{}`)
				break
			}
		}
		if got := <-call; got.err != nil {
			t.Error(got.err)
		}
	})
}

func TestDefect4CallWithoutAnswerEnds(t *testing.T) {
	for name, tc := range map[string]struct {
		call     signalcli.Call
		deadline time.Duration
		cancel   time.Duration
		kind     domain.Kind
		after    time.Duration
	}{
		"effect, no deadline":   {send("x"), 0, 0, domain.OutcomeUnknown, time.Minute},
		"read, no deadline":     {read(), 0, 0, domain.Timeout, time.Minute},
		"effect, deadline":      {send("x"), 5 * time.Second, 0, domain.OutcomeUnknown, 5 * time.Second},
		"read, deadline":        {read(), 5 * time.Second, 0, domain.Timeout, 5 * time.Second},
		"effect, caller leaves": {send("x"), 0, time.Second, domain.OutcomeUnknown, time.Second},
		"read, caller leaves":   {read(), 0, time.Second, domain.Canceled, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDialer(t)
				client := start(t, d, newReceiver(), jsonrpc.Options{MaxInFlight: 1})
				p := <-d.peers
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if tc.deadline > 0 {
					ctx, cancel = context.WithTimeout(ctx, tc.deadline)
					defer cancel()
				}
				call := calling(client, ctx, tc.call)
				r := p.next()
				go func() { // the connection lives: it answers signs of life
					for {
						r, err := p.read()
						if err != nil {
							return
						}
						p.answer(r, `{"version":"1.2"}`)
					}
				}()
				if tc.cancel > 0 {
					time.Sleep(tc.cancel)
					cancel()
				}
				got := <-call
				wantKind(t, got.err, tc.kind)
				if got.after != tc.after {
					t.Errorf("ended after %v, want %v", got.after, tc.after)
				}
				p.answer(r, `"late"`)
				// Its place is free again (MaxInFlight is 1), and the late answer is nobody's.
				again := <-calling(client, t.Context(), read())
				if again.err != nil || again.result != `{"version":"1.2"}` {
					t.Errorf("next call: %v, %v", again.result, again.err)
				}
			})
		})
	}
}

func TestCallsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDialer(t)
		client := start(t, d, newReceiver(), jsonrpc.Options{MaxInFlight: 2})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		first, second := calling(client, ctx, send("1")), calling(client, ctx, send("2"))
		synctest.Wait()
		third := <-calling(client, ctx, send("3"))
		wantKind(t, third.err, domain.Unavailable)
		var backoff *domain.Backoff
		if !errors.As(third.err, &backoff) || backoff.RetryAfter <= 0 || third.after != 0 {
			t.Errorf("got %v after %v", third.err, third.after)
		}
		cancel()
		<-first
		<-second
	})
}

func TestQueuedBytesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDialer(t)
		client := start(t, d, newReceiver(), jsonrpc.Options{MaxQueuedBytes: 1000})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		big := send(strings.Repeat("x", 5000))
		inWriter := calling(client, ctx, big)
		synctest.Wait()
		queued := calling(client, ctx, big) // one alone may be larger
		synctest.Wait()
		wantKind(t, (<-calling(client, ctx, send("y"))).err, domain.Unavailable)
		cancel()
		<-inWriter
		<-queued
	})
}

func TestWhatSignalCliWouldCloseTheConnectionForIsNotWritten(t *testing.T) {
	client := jsonrpc.New(nil, nil, jsonrpc.Options{})
	_, err := client.Call(t.Context(), send("bad \xff byte"))
	wantKind(t, err, domain.Invalid)
	_, err = client.Call(t.Context(), send(strings.Repeat("x", 20_000_000)))
	wantKind(t, err, domain.TooLarge)
	if !strings.Contains(domain.DetailOf(err), "19999999") {
		t.Errorf("the limit is not named: %v", err)
	}
}

// halfWriter takes the given number of bytes and then fails.
type halfWriter struct {
	net.Conn
	left int
}

func (h *halfWriter) Write(b []byte) (int, error) {
	n := min(len(b), h.left)
	h.left -= n
	if n < len(b) {
		return n, errors.New("broken")
	}
	return n, nil
}

func TestCallThatWasNotWrittenInFullIsCertainlyNotSent(t *testing.T) {
	frame := len(`{"jsonrpc":"2.0","method":"send","params":{"account":"+15550100001","message":"x"},"id":1125899906842624}`)
	version := len(`{"jsonrpc":"2.0","method":"version","id":1125899906842624}` + "\n")
	for written, kind := range map[int]domain.Kind{
		0: domain.Unavailable, 1: domain.Unavailable, frame - 1: domain.Unavailable, frame: domain.OutcomeUnknown,
	} {
		synctest.Test(t, func(t *testing.T) {
			client, server := net.Pipe()
			defer server.Close()
			c := jsonrpc.New(func(context.Context) (io.ReadWriteCloser, error) {
				return &halfWriter{client, version + written}, nil
			}, nil, jsonrpc.Options{ConnectWait: -1})
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				_ = c.Run(ctx)
			}()
			synctest.Wait()
			_, err := c.Call(t.Context(), send("x"))
			if domain.KindOf(err) != kind {
				t.Errorf("%d bytes written: got %v, want %v", written, err, kind)
			}
			cancel()
			<-ended
		})
	}
}
