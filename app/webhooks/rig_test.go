package webhooks_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"heliograph/adapters/hub"
	"heliograph/adapters/memkv"
	"heliograph/adapters/memlog"
	"heliograph/app/webhooks"
	"heliograph/domain"
	"heliograph/ports"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	alice, bob domain.Account = "+15550100001", "+15550100002"
	carol                     = "c3f1a2b4-0000-4000-8000-000000000003"
	dave                      = "d4f1a2b4-0000-4000-8000-000000000004"
)

// answer is what a receiver says to a call.
type answer func(ctx context.Context, call ports.WebhookCall) (ports.WebhookAnswer, error)

func says(status int) answer {
	return func(context.Context, ports.WebhookCall) (ports.WebhookAnswer, error) {
		return ports.WebhookAnswer{Status: status}, nil
	}
}

func fails(kind domain.Kind) answer {
	return func(context.Context, ports.WebhookCall) (ports.WebhookAnswer, error) {
		return ports.WebhookAnswer{}, domain.Errorf(kind, "call", "told to fail")
	}
}

// hangs answers nothing until the call's time is over.
func hangs(ctx context.Context, call ports.WebhookCall) (ports.WebhookAnswer, error) {
	timer := time.NewTimer(call.Timeout)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ports.WebhookAnswer{}, domain.Errorf(domain.Timeout, "call", "no answer in time")
	case <-ctx.Done():
		return ports.WebhookAnswer{}, domain.Errorf(domain.Canceled, "call", "ended")
	}
}

// receivers is a WebhookCaller that does what a test says, by URL; all others take everything.
type receivers struct {
	mu      sync.Mutex // guards the following
	answers map[string]answer
	calls   map[string][]ports.WebhookCall
	running map[string]int
	most    map[string]int
}

func newReceivers() *receivers {
	return &receivers{answers: map[string]answer{}, calls: map[string][]ports.WebhookCall{}, running: map[string]int{}, most: map[string]int{}}
}

func (r *receivers) Call(ctx context.Context, call ports.WebhookCall) (ports.WebhookAnswer, error) {
	r.mu.Lock()
	r.calls[call.URL] = append(r.calls[call.URL], call)
	r.running[call.URL]++
	r.most[call.URL] = max(r.most[call.URL], r.running[call.URL])
	does := r.answers[call.URL]
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.running[call.URL]--
	}()
	if does == nil {
		return ports.WebhookAnswer{Status: 200}, nil
	}
	return does(ctx, call)
}

func (r *receivers) set(url string, does answer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answers[url] = does
}

func (r *receivers) bodies(url string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []string
	for _, c := range r.calls[url] {
		list = append(list, string(c.Body))
	}
	return list
}

func (r *receivers) callsOf(url string) []ports.WebhookCall {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]ports.WebhookCall(nil), r.calls[url]...)
}

func (r *receivers) atMost(url string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.most[url]
}

// counts is an observer.
type counts struct {
	mu       sync.Mutex // guards the following
	outcomes map[ports.WebhookOutcome]int
	again    int
	givenUp  int
	lost     map[domain.EventKind]int
}

func (c *counts) Attempted(o ports.WebhookOutcome, _ time.Duration, again bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.outcomes[o]++
	if again {
		c.again++
	}
}

func (c *counts) GivenUp() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.givenUp++
}

func (c *counts) Lost(kind domain.EventKind) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lost[kind]++
}

// world is a store with a log, on which gateways start and end.
type world struct {
	t     testing.TB
	log   ports.EventLog
	store ports.KeyValue
	*receivers
	caller ports.WebhookCaller // the receivers, or another one
}

func newWorld(t testing.TB) *world {
	r := newReceivers()
	return &world{t: t, log: memlog.New(memlog.Options{}), store: memkv.New(), receivers: r, caller: r}
}

// gateway is a service on a hub of its own.
type gateway struct {
	*world
	*webhooks.Service
	counts
	hub   *hub.SubscriptionHub
	lines *lines
	// end ends the service, endHub the hub; ended gives what Run returned.
	end, endHub context.CancelFunc
	ended       chan error
	over        chan struct{}
}

type lines struct {
	mu sync.Mutex // guards the following
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (w *world) start(options webhooks.Options) *gateway {
	w.t.Helper()
	g := &gateway{world: w, hub: hub.New(w.log, hub.Options{PublishInterval: -1}), lines: &lines{}, ended: make(chan error, 1), over: make(chan struct{})}
	g.counts = counts{outcomes: map[ports.WebhookOutcome]int{}, lost: map[domain.EventKind]int{}}
	options.Observer, options.Logger = &g.counts, slog.New(slog.NewTextHandler(g.lines, nil))
	if options.Owner == "" {
		options.Owner = "one"
	}
	g.Service = webhooks.New(w.log, g.hub, w.store, w.caller, options)
	hubEnded := make(chan struct{})
	life, end := context.WithCancel(context.Background())
	hubLife, endHub := context.WithCancel(context.Background())
	g.end, g.endHub = end, endHub
	go func() {
		defer close(hubEnded)
		_ = g.hub.Run(hubLife)
	}()
	go func() {
		defer close(g.over)
		g.ended <- g.Run(life)
	}()
	w.t.Cleanup(func() {
		end()
		<-g.over
		endHub()
		<-hubEnded
		if strings.Contains(g.lines.String(), "+1555") || strings.Contains(g.lines.String(), "http") {
			w.t.Errorf("the log names numbers or addresses:\n%s", g.lines)
		}
	})
	return g
}

// stop ends a gateway and waits until it has.
func (g *gateway) stop() {
	g.end()
	<-g.over
	g.endHub()
}

// message is the n-th event of account in a conversation with source.
func message(account domain.Account, source string, n int) *domain.Event {
	return &domain.Event{
		Account: account, Kind: domain.KindMessage, Source: source, Key: domain.EventKey(fmt.Sprint(account, source, n)),
		Received: domain.Timestamp(time.Now().UnixMilli()), Payload: []byte(payload(account, source, n)),
	}
}

func payload(account domain.Account, source string, n int) string {
	return fmt.Sprintf(`{"envelope":{"sourceUuid":%q,"dataMessage":{"message":"text %d"}},"account":%q}`, source, n, account)
}

func notification(account domain.Account, source string, n int) string {
	return `{"jsonrpc":"2.0","method":"receive","params":` + payload(account, source, n) + `}`
}

func (w *world) put(events ...*domain.Event) {
	w.t.Helper()
	if err := w.log.Append(context.Background(), events); err != nil {
		w.t.Fatal(err)
	}
}

// hook is a webhook of url that gets the reference's notifications.
func hook(url string) domain.Webhook {
	return domain.Webhook{URL: url, Body: domain.WebhookReference, Enabled: true}
}

// create makes a webhook and waits until it is driven.
func (g *gateway) create(w domain.Webhook) domain.Webhook {
	g.t.Helper()
	made, err := g.Create(context.Background(), w)
	if err != nil {
		g.t.Fatal(err)
	}
	return made
}

func (g *gateway) status(id string) ports.WebhookStatus {
	g.t.Helper()
	status, err := g.Status(context.Background(), id)
	if err != nil {
		g.t.Fatal(err)
	}
	return status
}

// settle lets everything happen that happens at once.
func settle() { synctest.Wait() }

// pass lets time pass.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// is says whether a call brings the event.
func is(call ports.WebhookCall, source string, n int) bool {
	return strings.Contains(string(call.Body), source) && strings.Contains(string(call.Body), fmt.Sprintf(`"text %d"`, n))
}

// puts counts what is stored.
type puts struct {
	ports.KeyValue
	mu    sync.Mutex // guards the following
	count map[string]int
}

func (p *puts) Put(ctx context.Context, space, key string, value []byte, revision uint64) (uint64, error) {
	p.mu.Lock()
	if p.count == nil {
		p.count = map[string]int{}
	}
	p.count[space]++
	p.mu.Unlock()
	return p.KeyValue.Put(ctx, space, key, value, revision)
}

func (p *puts) of(space string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.count[space]
}
