package simulator

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"
)

func version(k *call) (any, error) {
	return struct {
		Version string `json:"version"`
	}{k.sim.opt.Version}, nil
}

func listAccounts(k *call) (any, error) {
	type entry struct {
		Number string `json:"number"`
	}
	out := []entry{}
	for _, a := range k.net.loaded() {
		out = append(out, entry{a.number})
	}
	return out, nil
}

func subscribeReceive(k *call) (any, error) {
	return k.subscribe(false), nil
}

func (k *call) subscribe(calls bool) int {
	accounts := k.conn.accounts()
	if k.account != nil {
		accounts = []*account{k.account}
	}
	id := k.sim.subscriptionID()
	k.conn.subscribe(&subscription{id: id, accounts: accounts, calls: calls})
	return id
}

func unsubscribeReceive(k *call) (any, error) {
	if !k.hasParams && k.conn.session.account != "" {
		k.conn.mu.Lock()
		oldest := -1
		for _, sub := range k.conn.subscriptions {
			if !sub.calls && !sub.automatic {
				oldest = sub.id
				break
			}
		}
		k.conn.mu.Unlock()
		if k.conn.unsubscribe(oldest, false) {
			return empty{}, nil
		}
		return nil, userError("Unknown subscription id")
	}
	return k.unsubscribe(false)
}

// unsubscribe ends the subscription that the parameters name. A value that is no number counts as 0.
func (k *call) unsubscribe(calls bool) (any, error) {
	if !k.hasParams {
		return nil, userError("Missing subscription parameter with subscription id")
	}
	raw, ok := k.p.fields["subscription"]
	if !ok {
		return nil, nullPointer("subscription")
	}
	if nodeType(raw) == "ARRAY" {
		var first []json.RawMessage
		if json.Unmarshal(raw, &first) != nil || len(first) == 0 {
			return nil, nullPointer("subscription")
		}
		raw = first[0]
	}
	id, _ := integer(raw)
	if !k.conn.unsubscribe(int(id), calls) {
		return nil, userError("Unknown subscription id")
	}
	return empty{}, nil
}

var receiveKeys = []string{"timeout", "maxMessages", "ignoreAttachments", "ignoreStories", "ignoreAvatars",
	"ignoreStickers", "sendReadReceipts"}

// receive polls: it ends when no message came for timeout seconds or maxMessages are there.
func receive(k *call) (any, error) {
	if !k.hasParams {
		return nil, nullPointer("params")
	}
	timeout, err := number(k.p.fields["timeout"], 3)
	if err != nil {
		return nil, err
	}
	limit, err := number(k.p.fields["maxMessages"], -1)
	if err != nil {
		return nil, err
	}
	box := k.account.inbox
	if !box.beginPoll() {
		return nil, userError("Receive command cannot be used if messages are already being received.")
	}
	defer box.endPoll()
	payloads := []json.RawMessage{}
	for limit < 0 || len(payloads) < int(limit) {
		q := k.nextMessage(timeout)
		if q == nil {
			break
		}
		payload, receipt := k.sim.receive(k.account, q)
		if payload != nil {
			payloads = append(payloads, payload)
		}
		if receipt != nil {
			k.sim.post(q.from, receipt)
		}
	}
	return payloads, nil
}

// nextMessage waits for a message for so many seconds; negative: for ever.
func (k *call) nextMessage(seconds float64) *queued {
	var timeout <-chan time.Time
	if seconds >= 0 {
		timer := time.NewTimer(time.Duration(seconds * float64(time.Second)))
		defer timer.Stop()
		timeout = timer.C
	}
	for {
		if q := k.account.inbox.take(); q != nil {
			return q
		}
		select {
		case <-k.account.inbox.arrived:
		case <-timeout:
			return nil
		case <-k.ctx.Done():
			return nil
		}
	}
}

// number reads a typed parameter: numbers and texts that hold one.
func number(raw json.RawMessage, ifAbsent float64) (float64, *Error) {
	if kind := nodeType(raw); kind == "MISSING" || kind == "NULL" {
		return ifAbsent, nil
	}
	n, err := strconv.ParseFloat(string(bytes.Trim(raw, `" `)), 64)
	if err != nil {
		return 0, invalidRequest("Cannot deserialize value of type `double` from %s", nodeType(raw))
	}
	return n, nil
}
