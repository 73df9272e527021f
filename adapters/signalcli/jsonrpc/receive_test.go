package jsonrpc_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/adapters/signalcli"
	"heliograph/adapters/signalcli/jsonrpc"
	"heliograph/domain"
)

const (
	bare    = `{"jsonrpc":"2.0","method":"receive","params":{"envelope":{"n":%d, "x":[1.0,"\u00e9"]},"account":"+15550100001"}}`
	wrapped = `{"jsonrpc":"2.0","method":"receive","params":{"subscription":7,"result":{"envelope":{"n":%d},"account":"+15550100001"}}}`
)

// daemon answers what the client asks by itself, notes the methods, and leaves the rest to calls.
type daemon struct {
	*peer
	mu       sync.Mutex
	asked    []string
	accounts string
	calls    chan request
	ended    chan struct{}
}

func serve(p *peer) *daemon {
	d := &daemon{peer: p, accounts: `[]`, calls: make(chan request, 100), ended: make(chan struct{})}
	go func() {
		defer close(d.ended)
		next := 3
		for {
			r, err := p.read()
			if err != nil {
				return
			}
			d.mu.Lock()
			if r.Method != "version" && r.Method != "listAccounts" {
				d.asked = append(d.asked, r.Method+string(r.Params))
			}
			accounts := d.accounts
			d.mu.Unlock()
			switch r.Method {
			case "version":
				p.answer(r, `{"version":"0.14.6"}`)
			case "listAccounts":
				p.answer(r, accounts)
			case "subscribeReceive":
				p.answer(r, fmt.Sprint(next))
				next++
			case "unsubscribeReceive":
				p.answer(r, `{}`)
			default:
				d.calls <- r
			}
		}
	}()
	return d
}

func (d *daemon) methods() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return strings.Join(d.asked, " ")
}

func (d *daemon) setAccounts(list string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.accounts = list
}

// logged keeps the warnings.
type logged struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logged) count(text string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), text)
}

func TestDefect38PayloadsComeUntouchedInOrderBareAndWrapped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReceiver()
		d := newDialer(t)
		start(t, d, r, jsonrpc.Options{})
		p := serve(<-d.peers)
		p.write(fmt.Sprintf(bare, 1))
		p.write(fmt.Sprintf(wrapped, 2))
		p.write(`{"jsonrpc":"2.0","method":"receive"}`)
		p.write(`{"jsonrpc":"2.0","method":"receive","params":[]}`)
		p.write(`{"jsonrpc":"2.0","method":"receive","params":{"account":"+15550100001"}}`)
		p.write(`{"jsonrpc":"2.0","method":"receive","error":{"code":-1,"message":"receive failed","data":null}}`)
		p.write(`{"jsonrpc":"2.0","method":"callEvent","params":{"subscription":0,"result":{"account":"+15550100001"}}}`)
		p.write(`{"jsonrpc":"2.0","method":"receive","params":{"envelope":{"n":nope}}}`)
		long := `{"envelope":{"text":"` + strings.Repeat("y", 300_000) + `"},"account":"+15550100001"}`
		p.write(`{"jsonrpc":"2.0","method":"receive","params":` + long + `}`)
		p.write(fmt.Sprintf(bare, 4))
		synctest.Wait()
		want := []string{
			`{"envelope":{"n":1, "x":[1.0,"\u00e9"]},"account":"+15550100001"}`,
			`{"envelope":{"n":2},"account":"+15550100001"}`,
			`{"error":{"code":-1,"message":"receive failed","data":null}}`,
			long,
			`{"envelope":{"n":4, "x":[1.0,"\u00e9"]},"account":"+15550100001"}`,
		}
		if got := r.received(); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("got %d payloads, want %d", len(got), len(want))
		}
	})
}

func TestItSubscribesWhileMessagesAreWanted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReceiver()
		r.wanted = false
		d := newDialer(t)
		start(t, d, r, jsonrpc.Options{Subscribe: true})
		p := serve(<-d.peers)
		synctest.Wait()
		expect(t, p, "")
		r.want(true)
		expect(t, p, "subscribeReceive")
		r.want(false)
		expect(t, p, `subscribeReceive unsubscribeReceive{"subscription":3}`)
		r.want(true)
		expect(t, p, `subscribeReceive unsubscribeReceive{"subscription":3} subscribeReceive`)
		p.conn.Close()
		time.Sleep(time.Second)
		p = serve(<-d.peers)
		expect(t, p, "subscribeReceive")
	})
}

func expect(t *testing.T, p *daemon, want string) {
	t.Helper()
	synctest.Wait()
	if got := p.methods(); got != want {
		t.Fatalf("got calls %s, want %s", got, want)
	}
}

func TestItUnsubscribesAndReadsOnBeforeItCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReceiver()
		d := newDialer(t)
		client := jsonrpc.New(d.dial, r, jsonrpc.Options{Subscribe: true})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- client.Run(ctx) }()
		p := <-d.peers
		p.answer(p.next(), "5")
		synctest.Wait()
		cancel()
		unsubscribe := p.next()
		if unsubscribe.Method != "unsubscribeReceive" || string(unsubscribe.Params) != `{"subscription":5}` {
			t.Fatalf("got %s %s", unsubscribe.Method, unsubscribe.Params)
		}
		p.write(fmt.Sprintf(wrapped, 1)) // acknowledged at Signal before the subscription ended
		p.answer(unsubscribe, `{}`)
		<-ended
		if got := r.received(); len(got) != 1 {
			t.Errorf("received %d payloads, want 1", len(got))
		}
	})
}

func TestDaemonThatReceivesByItselfIsTakenWithAWarning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, log := newReceiver(), &logged{}
		d := newDialer(t)
		start(t, d, r, jsonrpc.Options{Subscribe: true, Logger: slog.New(slog.NewTextHandler(log, nil))})
		for range 2 {
			p := serve(<-d.peers)
			expect(t, p, "subscribeReceive")
			p.write(fmt.Sprintf(bare, 1))
			p.write(fmt.Sprintf(wrapped, 1))
			expect(t, p, `subscribeReceive unsubscribeReceive{"subscription":3}`)
			r.want(false)
			r.want(true)
			p.write(fmt.Sprintf(bare, 2))
			expect(t, p, `subscribeReceive unsubscribeReceive{"subscription":3}`)
			p.conn.Close()
			time.Sleep(time.Second)
		}
		if n := log.count("--receive-mode=manual"); n != 1 {
			t.Errorf("warned %d times, want once", n)
		}
		if log.count("555") > 0 {
			t.Error("a number is in the log")
		}
		if got := r.received(); len(got) != 6 {
			t.Errorf("received %d, want 6: doubles are for the log to drop", len(got))
		}
	})
}

func TestNewAccountIsSubscribedTo(t *testing.T) {
	const renewed = `subscribeReceive subscribeReceive unsubscribeReceive{"subscription":3}`
	for name, tc := range map[string]func(t *testing.T, client *jsonrpc.Client, p *daemon){
		"linked by us": func(t *testing.T, client *jsonrpc.Client, p *daemon) {
			call := calling(client, t.Context(), signalcli.Call{Method: "finishLink", Effect: true})
			synctest.Wait()
			p.asked = p.asked[:1]
			p.answer(<-p.calls, `{"number":"+15550100002"}`)
			<-call
		},
		"found in the list": func(t *testing.T, client *jsonrpc.Client, p *daemon) {
			p.setAccounts(`[{"number":"+15550100001"}]`)
			time.Sleep(61 * time.Second)
			p.setAccounts(`[{"number":"+15550100001"},{"number":"+15550100002"}]`)
			time.Sleep(61 * time.Second)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDialer(t)
				client := start(t, d, newReceiver(), jsonrpc.Options{Subscribe: true})
				p := serve(<-d.peers)
				expect(t, p, "subscribeReceive")
				tc(t, client, p)
				expect(t, p, renewed)
			})
		})
	}
}

func TestDroppedAccountIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &logged{}
		d := newDialer(t)
		start(t, d, newReceiver(), jsonrpc.Options{Subscribe: true, Logger: slog.New(slog.NewTextHandler(log, nil))})
		p := serve(<-d.peers)
		p.setAccounts(`[{"number":"+15550100001"},{"number":"+15550100002"}]`)
		time.Sleep(61 * time.Second)
		p.setAccounts(`[{"number":"+15550100001"}]`)
		time.Sleep(61 * time.Second)
		expect(t, p, "subscribeReceive")
		if log.count("dropped an account") != 1 || log.count("…0002") != 1 || log.count("5550100002") != 0 {
			t.Errorf("got %s", log.text.String())
		}
	})
}

// The log stalls for 30 s at 1,000 events a second: nothing is lost, calls fail at once, and all goes on afterwards.
func TestBrake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const events = 40_000
		r := newReceiver()
		d := newDialer(t)
		client := start(t, d, r, jsonrpc.Options{})
		p := serve(<-d.peers)
		pushed := make(chan struct{})
		go func() {
			defer close(pushed)
			for i := range events {
				p.write(fmt.Sprintf(bare, i))
				time.Sleep(time.Millisecond)
			}
		}()
		time.Sleep(2 * time.Second)
		effect, pure := calling(client, t.Context(), send("x")), calling(client, t.Context(), read())
		time.Sleep(time.Millisecond)
		if got := <-pure; got.err != nil {
			t.Fatal(got.err)
		}
		sent := <-p.calls
		r.stall(true)
		began := time.Now()
		for range 100 {
			got := <-calling(client, t.Context(), send("x"))
			wantKind(t, got.err, domain.Unavailable)
			if got.after != 0 {
				t.Fatalf("a call while nothing can be stored took %v", got.after)
			}
		}
		got := <-effect
		wantKind(t, got.err, domain.OutcomeUnknown)
		if after := time.Since(began); after > 2*time.Second {
			t.Errorf("a pending call ended %v after the stall", after)
		}
		time.Sleep(30 * time.Second)
		if !client.Connected() {
			t.Error("the connection was closed to get relief")
		}
		r.stall(false)
		p.answer(sent, `"late"`)
		<-pushed
		synctest.Wait()
		payloads := r.received()
		if len(payloads) != events {
			t.Fatalf("received %d of %d", len(payloads), events)
		}
		for i, payload := range payloads {
			var e struct{ Envelope struct{ N int } }
			if err := json.Unmarshal([]byte(payload), &e); err != nil || e.Envelope.N != i {
				t.Fatalf("payload %d: %s", i, payload)
			}
		}
		if got := <-calling(client, t.Context(), read()); got.err != nil {
			t.Errorf("after the stall: %v", got.err)
		}
	})
}
