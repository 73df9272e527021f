package e2e_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"heliograph/adapters/simulator"
	"heliograph/domain"
	"heliograph/test/natsserver"
)

// somebody is a person in each network, to be written to.
const somebody = "+15550100200"

// network is a simulated signal-cli in this process that gateways reach over TCP.
type network struct {
	*simulator.Simulator
	accounts []domain.Account
	injected []int // of each account
	address  string
}

// startNetwork makes one with as many accounts, +15550100100 and so on.
func startNetwork(t testing.TB, accounts int) *network {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &network{injected: make([]int, accounts), address: "tcp://" + listener.Addr().String()}
	options := simulator.Options{}
	for i := range accounts {
		n.accounts = append(n.accounts, domain.Account(fmt.Sprintf("+155501001%02d", i)))
		options.Accounts = append(options.Accounts, simulator.Account{Number: string(n.accounts[i])})
	}
	options.Accounts = append(options.Accounts, simulator.Account{Number: somebody, Phone: true})
	n.Simulator = simulator.New(options)
	var serving sync.WaitGroup
	serving.Go(func() { _ = n.Serve(context.WithoutCancel(t.Context()), listener) })
	t.Cleanup(func() {
		n.Close()
		_ = listener.Close()
		serving.Wait()
	})
	return n
}

// inject has the next messages arrive at Signal, so many for each account.
func (n *network) inject(messages int) {
	for range messages {
		for i, account := range n.accounts {
			n.Inject(string(account), numbered(account, n.injected[i]))
			n.injected[i]++
		}
	}
}

// readUntil reads until f has everything that was injected.
func (n *network) readUntil(t *testing.T, f *follower, g gateway) {
	t.Helper()
	for ctx := within(t); sum(f.got) < sum(n.injected); {
		f.poll(ctx, g, time.Second)
		if f.lost != nil || ctx.Err() != nil {
			t.Fatalf("%d of %d messages: %v", sum(f.got), sum(n.injected), f.lost)
		}
	}
}

// awaitProblem waits until the gateway says that it cannot work, with word in the reason.
func awaitProblem(t *testing.T, g gateway, word string) {
	t.Helper()
	for ctx := within(t); ; pause() {
		status, answer := g.get(t, "/readyz")
		if status == http.StatusServiceUnavailable && strings.Contains(answer, word) {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("still ready: %d %s", status, answer)
		}
	}
}

// A gateway on a cluster of NATS goes on when one server is killed, says so when too few are left, keeps what Signal has at Signal meanwhile, and goes
// on by itself when they are back. A second gateway on the same cluster and the same signal-cli doubles nothing.
func TestGatewaysOnAClusterOfNATS(t *testing.T) {
	cluster := natsserver.StartCluster(t, 3, natsserver.Options{})
	n := startNetwork(t, 4)
	env := []string{"MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_ADDRESS=" + n.address, "HELIOGRAPH_NATS_URL=" + cluster.URL(), "HELIOGRAPH_NATS_REPLICAS=3"}
	first, second := serve(t, env...), serve(t, env...)
	awaitHealthy(t, first)
	awaitHealthy(t, second)
	one, other := &follower{name: "one", got: make([]int, 4)}, &follower{name: "other", got: make([]int, 4)}

	n.inject(100)
	n.readUntil(t, one, first)
	n.readUntil(t, other, second)

	cluster.Servers[0].Kill()
	n.inject(100)
	n.readUntil(t, one, first)
	n.readUntil(t, other, second)

	cluster.Servers[1].Kill()
	n.inject(1) // nobody can store it, so receiving pauses and says so
	awaitProblem(t, first, "stored")
	n.inject(100)

	cluster.Servers[0].Restart()
	cluster.Servers[1].Restart()
	cluster.WaitReady()
	awaitHealthy(t, first)
	awaitHealthy(t, second)
	n.readUntil(t, one, first)
	n.readUntil(t, other, second)
	// Each reader's place is known to all gateways.
	n.inject(10)
	one.after = ""
	n.readUntil(t, one, second)
}

// awaitAlone waits until signal-cli has noticed that no gateway is there, so that what comes then stays at Signal.
func (n *network) awaitAlone(t *testing.T) {
	t.Helper()
	for ctx := within(t); n.Connections() > 0; pause() {
		if ctx.Err() != nil {
			t.Fatal("a gateway is still there")
		}
	}
}

// awaitWaiting waits until messages of each account wait at Signal, as the gateway does not ask for them.
func (n *network) awaitWaiting(t *testing.T) {
	t.Helper()
	for ctx := within(t); ; pause() {
		waiting := 0
		for _, account := range n.accounts {
			if len(n.Waiting(string(account))) > 0 {
				waiting++
			}
		}
		if waiting == len(n.accounts) {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("messages of %d accounts wait at Signal", waiting)
		}
	}
}

// awaitWritable waits until the metric says whether the store can be written.
func (g gateway) awaitWritable(t *testing.T, want string) {
	t.Helper()
	for ctx := within(t); ; pause() {
		_, metrics := g.get(t, "/metrics")
		if strings.Contains(metrics, "\nheliograph_store_writable_bool "+want+"\n") {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("the metric does not say %s:\n%s", want, metrics)
		}
	}
}
