package e2e_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"heliograph/adapters/simulator"
	"heliograph/domain"
)

// soak reports whether the long form of a test is wanted: make soak.
func soak() bool { return os.Getenv("HELIOGRAPH_SOAK") == "1" }

// killing is a gateway that is killed over and over while messages come in, and two readers that must get them all.
type killing struct {
	t       *testing.T
	dir     string
	sim     *simulator.Simulator
	gateway gateway
	// Each account's messages are numbered from 0. injected is how many are at Signal or beyond it, as far as the test can know.
	accounts []domain.Account
	injected []int
	strict   *follower
	named    *follower
	during   struct{ append, fanOut, expiry int }
}

const killedAccounts = 16

// A gateway that is killed in the middle of whatever it does has every message that a reader has seen and every one that it has stored; a
// reader that acknowledges gets none twice.
func TestKilledGatewayLosesNothing(t *testing.T) {
	kills, total := 10, 20_000
	if soak() {
		kills, total = 50, 100_000
	}
	k := &killing{t: t, dir: t.TempDir(), injected: make([]int, killedAccounts)}
	for n := range killedAccounts {
		k.accounts = append(k.accounts, domain.Account(fmt.Sprintf("+155501001%02d", n)))
	}
	k.strict = &follower{name: "strict", got: make([]int, killedAccounts)}
	k.named = &follower{name: "named", got: make([]int, killedAccounts)}
	for life := range kills {
		k.begin()
		k.live(life, total*(life+1)/kills, time.Duration(rand.IntN(int(700*time.Millisecond))))
		k.signal(syscall.SIGKILL)
		<-k.gateway.ended
		k.sim.Close()
	}
	k.begin()
	k.live(kills, total, 0)
	for n, got := range k.strict.got {
		if want := total / killedAccounts; got < want || k.named.got[n] != got {
			t.Errorf("account %d: the readers have %d and %d of %d", n, got, k.named.got[n], want)
		}
	}
	t.Logf("%d kills, %d messages; during an append %d, during fan-out %d, while old events were deleted %d",
		kills, total, k.during.append, k.during.fanOut, k.during.expiry)
	if k.during.append == 0 || k.during.fanOut == 0 || soak() && k.during.expiry == 0 {
		t.Errorf("the moments of the kills are too alike: %+v", k.during)
	}
	k.signal(syscall.SIGTERM)
	<-k.gateway.ended
	k.sim.Close()
}

func (k *killing) signal(s syscall.Signal) { k.gateway.signal(s) }

// begin starts a simulated signal-cli and a gateway on the folder of the one before, and reads what is in it.
func (k *killing) begin() {
	k.t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(k.t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		k.t.Fatal(err)
	}
	options := simulator.Options{}
	for _, account := range k.accounts {
		options.Accounts = append(options.Accounts, simulator.Account{Number: string(account)})
	}
	k.sim = simulator.New(options)
	sim := k.sim
	var serving sync.WaitGroup
	serving.Go(func() { _ = sim.Serve(context.WithoutCancel(k.t.Context()), listener) })
	k.t.Cleanup(func() { sim.Close(); _ = listener.Close(); serving.Wait() })
	k.gateway = serve(k.t, "MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_ADDRESS=tcp://"+listener.Addr().String(), "HELIOGRAPH_DATA_DIR="+k.dir,
		"HELIOGRAPH_EVENT_LOG_MAX_BYTES=16MiB", "HELIOGRAPH_EVENT_LOG_DEDUP_WINDOW=10m")
	awaitHealthy(k.t, k.gateway)
	for _, f := range []*follower{k.strict, k.named} {
		before := append([]int(nil), f.got...)
		if f == k.named {
			f.after = "" // the gateway knows
		}
		for f.poll(k.t.Context(), k.gateway, 0) > 0 {
		}
		if f.lost != nil {
			k.t.Fatal(f.lost)
		}
		stored, had, handedOver := sum(f.got), sum(before), sum(k.injected)
		if f == k.strict && had > 0 {
			if stored > had {
				k.during.fanOut++
			}
			if handedOver > stored {
				k.during.append++
			}
		}
	}
	copy(k.injected, k.strict.got) // what was not stored comes again, as the window between signal-cli and the log loses it
}

func sum(counts []int) (total int) {
	for _, n := range counts {
		total += n
	}
	return total
}

// below is the first account with less than want, -1 when there is none.
func below(counts []int, want int) int {
	return slices.IndexFunc(counts, func(n int) bool { return n < want })
}

// live has messages come in for as long as d, or, where that is zero, until the readers have so many in all, each account its share.
func (k *killing) live(life, until int, d time.Duration) {
	k.t.Helper()
	ctx, cancel := context.WithTimeout(k.t.Context(), hangLimit)
	defer cancel()
	if d > 0 {
		ctx, cancel = context.WithTimeout(ctx, d)
		defer cancel()
	}
	first := k.oldest()
	var read atomic.Int64
	read.Store(int64(sum(k.strict.got)))
	var parts sync.WaitGroup
	parts.Go(func() {
		for ctx.Err() == nil {
			if sum(k.injected)-int(read.Load()) > 4000 { // so that no reader falls out of retention
				time.Sleep(time.Millisecond)
				continue
			}
			n := rand.IntN(killedAccounts)
			if d == 0 {
				if n = below(k.injected, until/killedAccounts); n < 0 {
					return
				}
			}
			k.sim.Inject(string(k.accounts[n]), numbered(k.accounts[n], k.injected[n]))
			k.injected[n]++
		}
	})
	for _, f := range []*follower{k.strict, k.named} {
		parts.Go(func() {
			for ctx.Err() == nil && f.lost == nil {
				n := f.poll(ctx, k.gateway, time.Second)
				if f == k.strict {
					read.Store(int64(sum(f.got)))
				}
				if n == 0 && d == 0 && below(f.got, until/killedAccounts) < 0 {
					return
				}
			}
		})
	}
	parts.Wait()
	for _, f := range []*follower{k.strict, k.named} {
		if f.lost != nil {
			k.t.Fatalf("life %d: %v", life, f.lost)
		}
	}
	if d > 0 && k.oldest() != first {
		k.during.expiry++
	}
}

// oldest is the cursor of the first event that is kept.
func (k *killing) oldest() string {
	page, err := k.gateway.page(k.t.Context(), url.Values{"after": {"oldest"}, "limit": {"1"}})
	if err != nil || len(page.Events) == 0 {
		return ""
	}
	return page.Events[0].Cursor
}

// numbered is the n-th message for account, of a length as real ones have.
func numbered(account domain.Account, n int) []byte { return padded(account, n, 200) }

// padded is numbered with so many bytes of text.
func padded(account domain.Account, n, text int) []byte {
	return fmt.Appendf(nil, `{"envelope":{"source":"+15550100123","sourceNumber":"+15550100123","sourceUuid":"b8d1c7f2-93a4-4e55-8f0b-1c6a2d9e4f37",`+
		`"sourceName":"Example","sourceDevice":1,"timestamp":%d,"dataMessage":{"timestamp":%d,"message":"n=%d %s","expiresInSeconds":0,`+
		`"isExpirationUpdate":false,"viewOnce":false}},"account":%q}`, 1767225600000+n, 1767225600000+n, n, strings.Repeat("x", text), string(account))
}
