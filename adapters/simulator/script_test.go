package simulator_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/adapters/simulator"
)

func TestScript(t *testing.T) {
	const sent = `{"jsonrpc":"2.0","method":"send","params":{"account":"+15550100001","recipient":"+15550100002","message":"x"},"id":%d}` + "\n"
	for _, test := range []struct {
		name     string
		rules    []simulator.Rule
		requests int
		answers  []string // ids, "?" for no JSON, "!code"; in order
		after    time.Duration
		cut      bool
		arrived  int
	}{
		{"no rule", nil, 1, []string{"1"}, 0, false, 1},
		{"second call only", []simulator.Rule{{Method: "send", Call: 2, Double: true}}, 2, []string{"1", "2", "2"}, 0, false, 2},
		{"another method", []simulator.Rule{{Method: "version", Double: true}}, 1, []string{"1"}, 0, false, 1},
		{"delay", []simulator.Rule{{Delay: time.Minute}}, 1, []string{"1"}, time.Minute, false, 1},
		{"reorder", []simulator.Rule{{Call: 1, HoldFor: 2}}, 3, []string{"2", "3", "1"}, 0, false, 3},
		{"cut before", []simulator.Rule{{CutBefore: true}}, 1, nil, 0, true, 0},
		{"cut after", []simulator.Rule{{CutAfter: true}}, 1, nil, 0, true, 1},
		{"stall", []simulator.Rule{{Call: 1, Stall: true}}, 2, []string{"2"}, 0, false, 2},
		{"double", []simulator.Rule{{Double: true}}, 1, []string{"1", "1"}, 0, false, 1},
		{"error", []simulator.Rule{{Error: &simulator.Error{Code: -5, Message: "m", Data: json.RawMessage(`{"response":{}}`)}}}, 1, []string{"!-5"}, 0, false, 0},
		{"malformed line", []simulator.Rule{{Malformed: "{not json"}}, 1, []string{"?", "1"}, 0, false, 1},
		{"long line", []simulator.Rule{{LongLine: 300_000}}, 1, []string{"1"}, 0, false, 1},
		{"unknown id", []simulator.Rule{{UnknownID: true}}, 1, []string{`"an id nobody asked for"`, "1"}, 0, false, 1},
		{"instead", []simulator.Rule{{Instead: "[]"}}, 1, []string{"?"}, 0, false, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sim := simulator.New(simulator.Options{Script: simulator.Script{Rules: test.rules}})
				defer sim.Close()
				c := newClient(t, sim.Pipe())
				began := time.Now()
				var got []string
				ended := make(chan error, 1)
				go func() {
					for {
						line, err := c.readLine()
						if err != nil {
							ended <- err
							return
						}
						var a answer
						switch err := json.Unmarshal([]byte(line), &a); {
						case err != nil:
							got = append(got, "?")
						case a.Error != nil:
							got = append(got, fmt.Sprint("!", a.Error.Code))
						default:
							got = append(got, string(a.ID))
						}
						if len(got) == len(test.answers) && time.Since(began) != test.after {
							t.Errorf("answered after %v", time.Since(began))
						}
						if test.name == "long line" && len(line) < 300_000 {
							t.Errorf("%d bytes", len(line))
						}
					}
				}()
				for i := range test.requests {
					c.write(fmt.Sprintf(sent, i+1))
					synctest.Wait()
				}
				time.Sleep(test.after)
				synctest.Wait()
				select {
				case err := <-ended:
					if !test.cut {
						t.Errorf("the connection ended: %v", err)
					}
				default:
					if test.cut {
						t.Error("the connection was not cut")
					}
					_ = c.conn.Close()
					<-ended
				}
				if strings.Join(got, " ") != strings.Join(test.answers, " ") {
					t.Errorf("got %q, want %q", got, test.answers)
				}
				if n := len(sim.Waiting(bob)); n != test.arrived {
					t.Errorf("%d messages arrived, want %d", n, test.arrived)
				}
			})
		})
	}
}

func TestScriptCanBeReplaced(t *testing.T) {
	sim := start(t, simulator.Options{})
	c := open(t, sim)
	c.ok("version", nil)
	sim.SetScript(simulator.Script{Rules: []simulator.Rule{{Call: 1, Error: &simulator.Error{Code: -3, Message: "m"}}}})
	if e := c.fails(-3, "version", nil); e.Data != nil && string(e.Data) != "null" {
		t.Errorf("data %s", e.Data)
	}
	c.ok("version", nil)
	if n := sim.Sent().Requests["version"]; n != 3 {
		t.Errorf("%d requests", n)
	}
}

func TestDropEndsEverythingAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := simulator.New(simulator.Options{})
		c, other := open(t, sim), open(t, sim)
		uri := decode[struct{ DeviceLinkURI string }](t, c.ok("startLink", nil)).DeviceLinkURI
		c.write(`{"jsonrpc":"2.0","method":"finishLink","params":{"deviceLinkUri":"` + uri + `"},"id":1}` + "\n")
		synctest.Wait()
		sim.Drop()
		for _, one := range []*client{c, other} {
			if line, err := one.readLine(); !errors.Is(err, io.EOF) {
				t.Errorf("%q %v", line, err)
			}
		}
		synctest.Wait()
		if n := sim.Connections(); n != 0 {
			t.Errorf("%d connections are left", n)
		}
		open(t, sim).ok("version", nil)
		sim.Close()
		sim.Close()
		if _, err := sim.Pipe().Read(make([]byte, 1)); err == nil {
			t.Error("a closed simulator answers")
		}
	})
}

func TestLinkTimesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := simulator.New(simulator.Options{LinkTimeout: time.Minute})
		defer sim.Close()
		c := newClient(t, sim.Pipe())
		defer c.conn.Close()
		uri := decode[struct{ DeviceLinkURI string }](t, c.ok("startLink", nil)).DeviceLinkURI
		if e := c.fails(-1, "finishLink", object{"deviceLinkUri": uri}); e.Message != "Link request timed out, please try again." {
			t.Errorf("%v", e)
		}
		if err := sim.Scan(uri, dave); err == nil {
			t.Error("a code that timed out was scanned")
		}
	})
}

func TestPipeDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := simulator.New(simulator.Options{})
		defer sim.Close()
		conn := sim.Pipe()
		defer conn.Close()
		_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
		began := time.Now()
		var timeout interface{ Timeout() bool }
		if _, err := conn.Read(make([]byte, 1)); !errors.As(err, &timeout) || !timeout.Timeout() || time.Since(began) != time.Minute {
			t.Errorf("read: %v after %v", err, time.Since(began))
		}
		_ = conn.SetReadDeadline(time.Time{})
		c := newClient(t, conn)
		c.ok("version", nil)
	})
}
