package simulator_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/adapters/simulator"
)

func message(t testing.TB, envelope object) any {
	t.Helper()
	data, ok := envelope["dataMessage"].(object)
	if !ok {
		t.Fatalf("no data message in %v", envelope)
	}
	return data["message"]
}

func sendText(c *client, from, to, text string) {
	c.t.Helper()
	c.ok("send", object{"account": from, "recipient": to, "message": text})
}

func TestManualModeKeepsMessagesUntilSomebodyAsks(t *testing.T) {
	sim := start(t, simulator.Options{})
	c := open(t, sim)
	for i := range 3 {
		sendText(c, alice, bob, fmt.Sprint(i))
	}
	if n := len(sim.Waiting(bob)); n != 3 {
		t.Fatalf("%d messages wait, want 3", n)
	}
	if got := decode[[]any](t, c.ok("receive", object{"account": bob, "timeout": "0", "maxMessages": 1})); len(got) != 1 {
		t.Fatalf("receive gave %v", got)
	}
	c.ok("subscribeReceive", object{"account": bob})
	for i := 1; i < 3; i++ {
		if _, envelope := c.envelope(); message(t, envelope) != fmt.Sprint(i) {
			t.Errorf("message %d: %v", i, envelope)
		}
	}
	c.fails(-1, "receive", object{"account": bob, "timeout": 0})
}

func TestSubscriptionsCopyAndEnd(t *testing.T) {
	sim := start(t, simulator.Options{})
	c := open(t, sim)
	c.ok("subscribeReceive", object{"account": bob})
	c.ok("subscribeReceive", object{"account": bob})
	sendText(c, alice, bob, "twice")
	for range 2 {
		c.envelope()
	}
	c.fails(-1, "unsubscribeReceive", object{"subscription": 7})
	c.fails(-32603, "unsubscribeReceive", object{})
	c.fails(-1, "unsubscribeReceive", nil)
	c.ok("unsubscribeReceive", object{"subscription": "no number counts as 0"})
	c.ok("unsubscribeReceive", []int{1})
	sendText(c, alice, bob, "later")
	if n := len(sim.Waiting(bob)); n != 1 {
		t.Errorf("%d messages wait, want 1", n)
	}
	other := open(t, sim)
	other.fails(-1, "unsubscribeReceive", object{"subscription": 0})
}

func TestOnConnectionAndOnStart(t *testing.T) {
	for _, test := range []struct {
		mode simulator.ReceiveMode
		want string
	}{{simulator.ReceiveOnConnection, "early"}, {simulator.ReceiveOnStart, "late"}} {
		t.Run(test.mode.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sim := simulator.New(simulator.Options{ReceiveMode: test.mode})
				defer sim.Close()
				if _, err := sim.Say(dave, bob, "early"); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				c := open(t, sim)
				c.ok("version", nil)
				if _, err := sim.Say(dave, bob, "late"); err != nil {
					t.Fatal(err)
				}
				n := c.notification()
				if strings.Contains(string(n.Params), `"subscription"`) {
					t.Errorf("automatic receiving is bare: %s", n.Params)
				}
				if account, envelope := payloadOf(t, n); account != bob || message(t, envelope) != test.want {
					t.Errorf("%s got %v", account, envelope)
				}
				c.fails(-1, "receive", object{"account": bob, "timeout": 0})
				_ = c.conn.Close()
			})
		})
	}
}

func TestReceiveWaitsForItsTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := simulator.New(simulator.Options{})
		defer sim.Close()
		c := open(t, sim)
		began := time.Now()
		if got := string(c.ok("receive", object{"account": bob})); got != "[]" || time.Since(began) != 3*time.Second {
			t.Errorf("%s after %v", got, time.Since(began))
		}
		time.AfterFunc(2*time.Second, func() { _, _ = sim.Say(alice, bob, "x") })
		began = time.Now()
		if got := decode[[]any](t, c.ok("receive", object{"account": bob, "timeout": 5})); len(got) != 1 || time.Since(began) != 7*time.Second {
			t.Errorf("%v after %v", got, time.Since(began))
		}
		_ = c.conn.Close()
	})
}

func TestUnreadConnectionStopsTheAccountWithoutGrowing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := simulator.New(simulator.Options{QueueMessages: 50})
		defer sim.Close()
		stuck, healthy := open(t, sim), open(t, sim)
		stuck.ok("subscribeReceive", object{"account": bob})
		healthy.ok("subscribeReceive", object{"account": bob})
		got := make(chan int)
		go func() {
			n := 0
			for {
				if _, err := healthy.readLine(); err != nil {
					got <- n
					return
				}
				n++
			}
		}()
		const sent = 300
		for range sent {
			if _, err := sim.Say(alice, bob, strings.Repeat("x", 2000)); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		if n := len(sim.Waiting(bob)); n != 50 {
			t.Errorf("%d messages wait, want the bound of 50", n)
		}
		counts := sim.Sent()
		if counts.Lost != sent-50-counts.Delivered || counts.Lost <= 0 {
			t.Errorf("counts %+v", counts)
		}
		_ = stuck.conn.Close()
		synctest.Wait()
		if n := len(sim.Waiting(bob)); n != 0 {
			t.Errorf("%d messages wait after the stuck connection left", n)
		}
		_ = healthy.conn.Close()
		if n := <-got; int64(n) != sim.Sent().Delivered {
			t.Errorf("the healthy connection got %d of %d", n, sim.Sent().Delivered)
		}
	})
}

func TestRequestsAreNotReadBeyondTheBound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := simulator.New(simulator.Options{})
		defer sim.Close()
		conn := sim.Pipe()
		written := make(chan error, 1)
		go func() {
			line := `{"jsonrpc":"2.0","method":"version","id":"` + strings.Repeat("x", 1000) + `"}` + "\n"
			for range 20_000 {
				if _, err := io.WriteString(conn, line); err != nil {
					written <- err
					return
				}
			}
			written <- nil
		}()
		synctest.Wait()
		if n := sim.Sent().Requests["version"]; n >= 20_000 || n < 1000 {
			t.Errorf("%d requests were taken from a client that reads no answer", n)
		}
		_ = conn.Close()
		if err := <-written; err == nil {
			t.Error("all requests were taken")
		}
	})
}

func TestAddedAccountReachesOpenConnections(t *testing.T) {
	for _, test := range []struct {
		version string
		mode    simulator.ReceiveMode
		copies  int
	}{
		{"0.14.6", simulator.ReceiveOnConnection, 3},
		{"0.13.19", simulator.ReceiveOnConnection, 1},
		{"0.14.6", simulator.ReceiveManual, 1},
	} {
		t.Run(fmt.Sprint(test.version, test.mode), func(t *testing.T) {
			sim := start(t, simulator.Options{Version: test.version, ReceiveMode: test.mode, AutoScan: simulator.AutoScan{Account: dave}})
			c := open(t, sim)
			if test.mode == simulator.ReceiveManual {
				c.ok("subscribeReceive", object{"account": bob})
			}
			uri := decode[struct{ DeviceLinkURI string }](t, c.ok("startLink", nil)).DeviceLinkURI
			if got := string(c.ok("finishLink", object{"deviceLinkUri": uri, "deviceName": "n"})); got != `{"number":"`+dave+`"}` {
				t.Fatalf("finishLink: %s", got)
			}
			c.fails(-1, "finishLink", object{"deviceLinkUri": uri})
			sendText(c, alice, dave, "welcome")
			sendText(c, alice, bob, "end") // bob's comes in any case and ends the count when dave's are there
			copies := 0
			for copies < test.copies {
				if account, envelope := c.envelope(); account == dave {
					copies++
					if message(t, envelope) != "welcome" {
						t.Errorf("%v", envelope)
					}
				}
			}
		})
	}
}

func TestInjectedPayloadIsPassedOn(t *testing.T) {
	sim := start(t, simulator.Options{})
	c := open(t, sim)
	c.ok("subscribeReceive", object{"account": bob})
	if !sim.Inject(bob, []byte(`{"account":"`+bob+`","envelope":{"odd":[1,{}]}}`)) || sim.Inject("+1", nil) {
		t.Error("Inject tells the wrong thing")
	}
	if got := string(c.notification().Params); got != `{"subscription":0,"result":{"account":"+15550100002","envelope":{"odd":[1,{}]}}}` {
		t.Errorf("got %s", got)
	}
}
