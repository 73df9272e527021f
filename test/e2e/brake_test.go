package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sync/errgroup"

	"heliograph/adapters/hub"
	"heliograph/adapters/memkv"
	"heliograph/adapters/memlog"
	"heliograph/adapters/signalcli"
	"heliograph/adapters/signalcli/jsonrpc"
	"heliograph/adapters/simulator"
	"heliograph/app/receiving"
	"heliograph/domain"
	"heliograph/test/fake"
)

// The whole of the brake with a daemon that receives by itself, which no unsubscribing can make pause: buffer, connection and
// simulated signal-cli, with a log that stalls. It runs in virtual time.
func TestTheBrakeHoldsADaemonThatReceivesOnStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const (
			account   = domain.Account("+15550100001")
			perSecond = 1000
			buffer    = 1 << 20
			stall     = 90 * time.Second // longer than it takes to find a silent connection dead
		)
		sim := simulator.New(simulator.Options{Accounts: []simulator.Account{{Number: string(account)}}, ReceiveMode: simulator.ReceiveOnStart})
		log := fake.NewEventLog(memlog.New(memlog.Options{MaxBytes: 1 << 30}))
		subscriptions := hub.New(log, hub.Options{})
		service := receiving.New(log, memkv.New(), subscriptions, receiving.Options{BufferBytes: buffer})
		dials := 0
		client := jsonrpc.New(func(context.Context) (io.ReadWriteCloser, error) {
			dials++
			return sim.Pipe(), nil
		}, service, jsonrpc.Options{Subscribe: true})
		ctx, cancel := context.WithCancel(t.Context())
		var parts errgroup.Group
		for _, run := range []func(context.Context) error{subscriptions.Run, service.Run, client.Run} {
			parts.Go(func() error { return run(ctx) })
		}
		defer sim.Close()
		defer func() {
			cancel()
			if err := parts.Wait(); !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		}()
		synctest.Wait()

		sent := 0
		// inject has messages arrive at Signal for as long as d, and looks at the buffer meanwhile.
		inject := func(d time.Duration) {
			for range int(d.Seconds() * perSecond) {
				if !sim.Inject(string(account), message(account, sent)) {
					t.Fatal("the simulator has no such account")
				}
				sent++
				time.Sleep(time.Second / perSecond)
				if used := service.Buffered(); used > buffer {
					t.Fatalf("%d bytes in a buffer of %d", used, buffer)
				}
			}
		}
		call := func() (took time.Duration, err error) {
			began := time.Now()
			_, err = client.Call(t.Context(), signalcli.Call{Method: "listContacts", Account: account})
			return time.Since(began), err
		}

		inject(time.Second)
		if _, err := call(); err != nil {
			t.Fatalf("before the stall: %v", err)
		}
		release := log.Stall()
		inject(10 * time.Second)
		if !service.Stalled() || len(service.Problems()) == 0 {
			t.Fatal("the buffer is not full")
		}
		for range 3 {
			if took, err := call(); domain.KindOf(err) != domain.Unavailable || took != 0 {
				t.Errorf("a call during the stall: %v after %v", err, took)
			}
		}
		if waiting := len(sim.Waiting(string(account))); waiting < sent/4 {
			t.Errorf("only %d of %d messages wait at Signal", waiting, sent)
		}
		time.Sleep(stall)
		inject(time.Second)
		if dials != 1 || sim.Connections() != 1 {
			t.Errorf("%d connections were made, %d are there: what a closed one held is lost", dials, sim.Connections())
		}
		release()
		time.Sleep(10 * time.Second)
		inject(time.Second)
		synctest.Wait()

		if _, err := call(); err != nil || service.Stalled() || service.Buffered() != 0 {
			t.Errorf("after the stall: %v, stalled %v, %d bytes", err, service.Stalled(), service.Buffered())
		}
		from := domain.Oldest
		for n := 0; n < sent; {
			page, err := log.Read(t.Context(), domain.Filter{Account: account}, from, 1000)
			if err != nil || len(page.Events) == 0 {
				t.Fatalf("%d of %d messages are stored (%v)", n, sent, err)
			}
			for _, e := range page.Events {
				if string(e.Payload) != string(message(account, n)) {
					t.Fatalf("message %d is %s", n, e.Payload)
				}
				n++
			}
			from = page.Next
		}
		if dials != 1 {
			t.Errorf("%d connections were made", dials)
		}
	})
}

// message is the n-th message that comes for account.
func message(account domain.Account, n int) []byte {
	return fmt.Appendf(nil, `{"envelope":{"source":"+15550100123","sourceUuid":"b8d1c7f2-93a4-4e55-8f0b-1c6a2d9e4f37",`+
		`"sourceDevice":1,"timestamp":%d,"dataMessage":{"timestamp":%d,"message":"n=%d"}},"account":%q}`,
		1767225600000+n, 1767225600000+n, n, account)
}
