package simulator_test

import (
	"testing"

	"heliograph/adapters/simulator"
)

func TestCallEvents(t *testing.T) {
	sim := start(t, simulator.Options{})
	a, b := open(t, sim), open(t, sim)
	a.ok("subscribeCallEvents", object{"account": alice})
	b.ok("subscribeCallEvents", object{"account": bob})
	call := decode[object](t, a.ok("startCall", object{"account": alice, "recipient": bob}))
	if call["state"] != "RINGING_OUTGOING" || call["codec"] != "opus" {
		t.Errorf("%v", call)
	}
	state := func(c *client) string {
		return decode[struct {
			Result struct{ State string }
		}](t, c.notification().Params).Result.State
	}
	if x, y := state(a), state(b); x != "RINGING_OUTGOING" || y != "RINGING_INCOMING" {
		t.Errorf("%s %s", x, y)
	}
	id := decode[[]struct{ CallID int64 }](t, b.ok("listCalls", object{"account": bob}))[0].CallID
	b.ok("acceptCall", object{"account": bob, "callId": uint64(id)})
	if x, y := state(a), state(b); x != "CONNECTED" || y != "CONNECTED" {
		t.Errorf("%s %s", x, y)
	}
	a.ok("hangupCall", object{"account": alice, "callId": id})
	if x, y := state(a), state(b); x != "ENDED" || y != "ENDED" {
		t.Errorf("%s %s", x, y)
	}
	a.fails(-1, "hangupCall", object{"account": alice, "callId": id})
}
