package receiving_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"heliograph/adapters/hub"
	"heliograph/adapters/jetstream"
	"heliograph/adapters/memkv"
	"heliograph/app/receiving"
	"heliograph/domain"
	"heliograph/ports"
	"heliograph/test/natsserver"
)

const (
	outageAccounts = 6
	outageTime     = 60 * time.Second // bounds a test in which something is lost
)

// outage is a gateway's way from what is received to a reader, on a log in NATS.
type outage struct {
	t        *testing.T
	ctx      context.Context
	receiver *receiving.Service
	stream   ports.Stream
	sent     int // messages of each account
}

// startOutage runs it until the end of the test.
func startOutage(t *testing.T, options jetstream.Options) *outage {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), outageTime)
	store, err := jetstream.Open(ctx, options)
	if err != nil {
		t.Fatal(err)
	}
	log, err := store.Log(ctx, jetstream.LogOptions{})
	if err != nil {
		t.Fatal(err)
	}
	h := hub.New(log, hub.Options{})
	o := &outage{t: t, ctx: ctx, receiver: receiving.New(log, memkv.New(), h, receiving.Options{BatchEvents: 40, Writers: 4, AppendTimeout: 3 * time.Second})}
	running, stop := context.WithCancel(ctx)
	var group errgroup.Group
	group.Go(func() error { return store.Run(running) })
	group.Go(func() error { return h.Run(running) })
	group.Go(func() error { return o.receiver.Run(running) })
	t.Cleanup(func() {
		stop()
		if err := group.Wait(); !errors.Is(err, context.Canceled) {
			t.Errorf("Run: %v", err)
		}
		log.Close()
		store.Close()
		cancel()
	})
	if o.stream, err = h.Subscribe(ctx, ports.Reader{Transport: "websocket", From: domain.Oldest}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.stream.Stop)
	return o
}

// through has messages come in until the outages are over, and demands that the reader gets each once, in the order of its account.
func (o *outage) through(outages func()) {
	o.t.Helper()
	over, last := make(chan struct{}), make(chan struct{})
	var group errgroup.Group
	group.Go(func() error { return o.receive(over, last) })
	group.Go(func() error { return o.read(last) })
	outages()
	close(over)
	if err := group.Wait(); err != nil {
		o.t.Fatal(err)
	}
	o.t.Logf("%d messages", outageAccounts*o.sent)
}

// receive closes last before the last messages come in.
func (o *outage) receive(over <-chan struct{}, last chan<- struct{}) error {
	pace := time.NewTicker(time.Millisecond)
	defer pace.Stop()
	for done := false; ; {
		if o.sent++; done {
			close(last)
		}
		for n := range outageAccounts {
			if err := o.receiver.Receive(o.ctx, payload(accountOf(n), o.sent-1)); err != nil {
				return err
			}
		}
		if done {
			return nil
		}
		select {
		case <-pace.C:
		case <-over:
			done = true
		}
	}
}

// read reads until it has everything; how much that is stands when last is closed.
func (o *outage) read(last <-chan struct{}) error {
	next := make(map[domain.Account]int)
	into := make([]*domain.Event, 256)
	for total := 0; !isClosed(last) || total < outageAccounts*o.sent; {
		n, err := o.stream.Next(o.ctx, into)
		if err != nil {
			return fmt.Errorf("after %d messages: %w", total, err)
		}
		for _, e := range into[:n] {
			if want := payload(e.Account, next[e.Account]); string(e.Payload) != string(want) {
				return fmt.Errorf("%s %.200s, want %s", e.Kind, e.Payload, want)
			}
			next[e.Account]++
		}
		total += n
	}
	return nil
}

// A server of NATS is killed and started again and again, in the middle of appends.
func TestNothingIsLostWithAServerThatIsKilled(t *testing.T) {
	t.Parallel()
	server := natsserver.Start(t, natsserver.Options{})
	o := startOutage(t, jetstream.Options{URL: server.URL()})
	o.through(func() {
		for n := range 6 {
			time.Sleep(time.Duration(200+37*n) * time.Millisecond)
			server.Kill()
			time.Sleep(time.Duration(23*n) * time.Millisecond)
			server.Restart()
		}
		time.Sleep(200 * time.Millisecond)
	})
}

// In a cluster the log gets another leader again and again, and at last the one that leads is killed, in the middle of atomic batches.
func TestNothingIsLostWhenALogChangesItsLeader(t *testing.T) {
	t.Parallel()
	const stream = jetstream.DefaultPrefix + "-events"
	cluster := natsserver.StartCluster(t, 3, natsserver.Options{})
	o := startOutage(t, jetstream.Options{URL: cluster.URL(), Replicas: 3})
	o.through(func() {
		for range 4 {
			time.Sleep(200 * time.Millisecond)
			cluster.StepDown(stream)
		}
		time.Sleep(200 * time.Millisecond)
		leader := cluster.Leader(stream)
		leader.Kill()
		time.Sleep(500 * time.Millisecond)
		leader.Restart()
	})
}
