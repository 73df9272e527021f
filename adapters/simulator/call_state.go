package simulator

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
)

// The states of a call that are simulated.
const (
	callRingingIncoming = "RINGING_INCOMING"
	callRingingOutgoing = "RINGING_OUTGOING"
	callConnected       = "CONNECTED"
	callEnded           = "ENDED"
)

// phoneCall is one call between two accounts, without sound. network.mu guards it.
type phoneCall struct {
	id             uint64
	caller, callee *account
	connected      bool
	// taken: the callee's signal-cli listens for calls and rings.
	taken bool
}

// state is the call as one side sees it.
func (p *phoneCall) state(side *account) string {
	switch {
	case p.connected:
		return callConnected
	case side == p.caller:
		return callRingingOutgoing
	default:
		return callRingingIncoming
	}
}

func (p *phoneCall) other(side *account) *account {
	if side == p.caller {
		return p.callee
	}
	return p.caller
}

func (p *phoneCall) devices() (input, output string) {
	short := p.id % 10000
	return fmt.Sprintf("signal_input_%d", short), fmt.Sprintf("signal_output_%d", short)
}

// callEvent is the result of a callEvent notification. Call ids are signed here.
type callEvent struct {
	CallID           int64   `json:"callId"`
	State            string  `json:"state"`
	Number           *string `json:"number,omitempty"`
	UUID             *string `json:"uuid,omitempty"`
	IsOutgoing       bool    `json:"isOutgoing"`
	InputDeviceName  string  `json:"inputDeviceName,omitempty"`
	OutputDeviceName string  `json:"outputDeviceName,omitempty"`
	Reason           string  `json:"reason,omitempty"`
}

// event is what one side's subscribers are told.
func (p *phoneCall) event(side *account, state, reason string) callEvent {
	other := p.other(side)
	input, output := p.devices()
	return callEvent{
		CallID: int64(p.id), State: state, Number: other.visibleNumber(), UUID: &other.uuid, IsOutgoing: side == p.caller,
		InputDeviceName: input, OutputDeviceName: output, Reason: reason,
	}
}

// callListeners lists the connections that take an account's call events, with their subscription ids.
func (s *Simulator) callListeners(a *account) map[*conn][]int {
	s.mu.Lock()
	conns := make([]*conn, 0, len(s.conns))
	for c := range s.conns {
		conns = append(conns, c)
	}
	s.mu.Unlock()
	out := map[*conn][]int{}
	for _, c := range conns {
		c.mu.Lock()
		for _, sub := range c.subscriptions {
			if sub.calls && slices.Contains(sub.accounts, a) {
				out[c] = append(out[c], sub.id)
			}
		}
		c.mu.Unlock()
	}
	return out
}

// tellCall writes a call event to an account's listeners. It blocks as all writing does; no lock is held.
func (s *Simulator) tellCall(a *account, event callEvent) {
	raw := encode(event)
	for c, ids := range s.callListeners(a) {
		for _, id := range ids {
			_ = c.write(fmt.Appendf(nil, `{"jsonrpc":"2.0","method":"callEvent","params":{"subscription":%d,"result":%s}}`, id, raw))
		}
	}
}

func newCallID() uint64 {
	var raw [8]byte
	_, _ = rand.Read(raw[:])
	return binary.BigEndian.Uint64(raw[:])
}

// opaque is what stands for the media negotiation.
func opaque() string { return base64.StdEncoding.EncodeToString(randomBytes(6)) }
