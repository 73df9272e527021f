package simulator

import (
	"slices"
	"strconv"
	"strings"
)

// callAnswerResult is the answer of startCall and acceptCall.
type callAnswerResult struct {
	CallID           int64   `json:"callId"`
	State            string  `json:"state"`
	InputDeviceName  *string `json:"inputDeviceName"`
	OutputDeviceName *string `json:"outputDeviceName"`
	Codec            string  `json:"codec"`
	SampleRate       int     `json:"sampleRate"`
	Channels         int     `json:"channels"`
	PtimeMs          int     `json:"ptimeMs"`
}

func (p *phoneCall) result(side *account) callAnswerResult {
	input, output := p.devices()
	return callAnswerResult{CallID: int64(p.id), State: p.state(side), InputDeviceName: &input, OutputDeviceName: &output,
		Codec: "opus", SampleRate: 48000, Channels: 1, PtimeMs: 20}
}

func subscribeCallEvents(k *call) (any, error)   { return k.subscribe(true), nil }
func unsubscribeCallEvents(k *call) (any, error) { return k.unsubscribe(true) }

// postCall sends a call message. The caller holds network.mu.
func (k *call) postCall(to *account, m *callMessage) {
	k.enqueue(to, outgoing{timestamp: k.account.nextTimestamp(k.sim.now())}, body{Call: m}.fragment(), "")
}

func startCall(k *call) (any, error) {
	recipients := k.p.strings("recipient")
	if len(recipients) == 0 {
		return nil, userError("No recipients given")
	}
	k.net.mu.Lock()
	to, err := k.net.parseAddress(recipients[0])
	if err == nil && to.account == nil {
		err = userError("The user %s is not registered.", to.text())
	}
	if err == nil && to.account == k.account {
		err = userError("Cannot call yourself")
	}
	if err != nil {
		k.net.mu.Unlock()
		return nil, err
	}
	p := &phoneCall{id: newCallID(), caller: k.account, callee: to.account}
	p.taken = len(k.sim.callListeners(p.callee)) > 0
	k.net.calls = append(k.net.calls, p)
	k.postCall(p.callee, &callMessage{Offer: &callOffer{ID: p.id, Type: "AUDIO_CALL", Opaque: opaque()}})
	result := p.result(k.account)
	outgoing, incoming := p.event(p.caller, callRingingOutgoing, ""), p.event(p.callee, callRingingIncoming, "")
	k.net.mu.Unlock()
	k.sim.tellCall(p.caller, outgoing)
	k.sim.tellCall(p.callee, incoming)
	return result, nil
}

// findCall reads callId, signed or unsigned, and finds the account's call. The caller holds network.mu.
func (k *call) findCall() (*phoneCall, *Error) {
	raw, ok := k.p.lookup("callId")
	if !ok {
		return nil, userError("No call id given")
	}
	text := strings.TrimSpace(string(raw))
	id, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		signed, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, userError("Invalid call id: %s", text)
		}
		id = uint64(signed)
	}
	for _, p := range k.net.calls {
		if p.id == id && (p.caller == k.account || p.callee == k.account && p.taken) {
			return p, nil
		}
	}
	return nil, userError("No active call with id %s", text)
}

func acceptCall(k *call) (any, error) {
	k.net.mu.Lock()
	p, err := k.findCall()
	if err == nil && (p.caller == k.account || p.connected) {
		err = userError("Call is not ringing")
	}
	if err != nil {
		k.net.mu.Unlock()
		return nil, err
	}
	p.connected = true
	k.postCall(p.caller, &callMessage{Answer: &callAnswer{ID: p.id, Opaque: opaque()}})
	result := p.result(k.account)
	mine, theirs := p.event(p.callee, callConnected, ""), p.event(p.caller, callConnected, "")
	k.net.mu.Unlock()
	k.sim.tellCall(p.callee, mine)
	k.sim.tellCall(p.caller, theirs)
	return result, nil
}

func hangupCall(k *call) (any, error) { return k.endCall("NORMAL", "local_hangup") }
func rejectCall(k *call) (any, error) { return k.endCall("DECLINED", "rejected") }

func (k *call) endCall(kind, reason string) (any, error) {
	k.net.mu.Lock()
	p, err := k.findCall()
	if err != nil {
		k.net.mu.Unlock()
		return nil, err
	}
	k.net.calls = slices.DeleteFunc(k.net.calls, func(other *phoneCall) bool { return other == p })
	peer := p.other(k.account)
	k.postCall(peer, &callMessage{Hangup: &callHangup{ID: p.id, Type: kind}})
	mine, theirs := p.event(k.account, callEnded, reason), p.event(peer, callEnded, "remote_hangup")
	k.net.mu.Unlock()
	k.sim.tellCall(k.account, mine)
	k.sim.tellCall(peer, theirs)
	return empty{}, nil
}

func listCalls(k *call) (any, error) {
	type entry struct {
		CallID           int64   `json:"callId"`
		State            string  `json:"state"`
		Number           *string `json:"number"`
		UUID             *string `json:"uuid"`
		IsOutgoing       bool    `json:"isOutgoing"`
		InputDeviceName  *string `json:"inputDeviceName"`
		OutputDeviceName *string `json:"outputDeviceName"`
	}
	out := []entry{}
	for _, p := range k.net.calls {
		if p.caller != k.account && (p.callee != k.account || !p.taken) {
			continue
		}
		other := p.other(k.account)
		input, output := p.devices()
		out = append(out, entry{int64(p.id), p.state(k.account), other.visibleNumber(), &other.uuid, p.caller == k.account, &input, &output})
	}
	return out, nil
}
