package simulator

import (
	"encoding/json"
	"strconv"
)

// post hands a message to an account's queue at the server.
func (s *Simulator) post(to *account, q *queued) {
	q.arrived = s.now()
	s.counts.queued.Add(1)
	start, lost := to.inbox.push(q, s.opt.QueueMessages)
	s.counts.lost.Add(int64(lost))
	if start {
		s.startDrain(to)
	}
}

// startDrain runs the drain of an inbox that asked for one.
func (s *Simulator) startDrain(a *account) {
	if !s.begin() {
		return
	}
	go func() {
		defer s.running.Done()
		s.drain(a)
	}()
}

// drain gives an account's messages to its receivers, one after the other, until either is used up.
// Writing blocks: a connection that is not read stops the account.
func (s *Simulator) drain(a *account) {
	for {
		select {
		case a.inbox.turn <- struct{}{}:
		case <-s.closed:
			return
		}
		q, receivers := a.inbox.next()
		if q == nil {
			<-a.inbox.turn
			return
		}
		payload, receipt := s.receive(a, q)
		if payload != nil {
			notify(payload, receivers)
		}
		if receipt != nil {
			s.post(q.from, receipt)
		}
		<-a.inbox.turn
	}
}

// notify writes one payload to all receivers: bare or wrapped in the subscription's id.
func notify(payload []byte, receivers []*receiver) {
	var bare []byte
	for _, r := range receivers {
		if r.conn == nil {
			continue
		}
		if r.bare {
			if bare == nil {
				bare = frameNotification(`{"jsonrpc":"2.0","method":"receive","params":`, payload, "}")
			}
			_ = r.conn.write(bare)
			continue
		}
		_ = r.conn.write(frameNotification(`{"jsonrpc":"2.0","method":"receive","params":{"subscription":`+
			strconv.Itoa(r.subscription)+`,"result":`, payload, "}}"))
	}
}

func frameNotification(head string, payload []byte, tail string) []byte {
	line := make([]byte, 0, len(head)+len(payload)+len(tail)+1)
	line = append(line, head...)
	line = append(line, payload...)
	return append(line, tail...)
}

// receive does what signal-cli does with one message: acknowledge, drop what is blocked, hold what is
// untrusted, write the payload. payload is nil when there is nothing to tell. receipt is the delivery receipt
// for the sender, to be posted when the payload has been handed on; nil: none.
func (s *Simulator) receive(a *account, q *queued) (payload []byte, receipt *queued) {
	s.counts.delivered.Add(1)
	if q.from == nil {
		return q.raw, nil
	}
	s.net.mu.Lock()
	defer s.net.mu.Unlock()
	if a.blocked[q.from.uuid] || (q.group != "" && a.blocked[q.group]) {
		return nil, nil
	}
	if a.trustIn(q.from) == levelUntrusted && q.from != a {
		a.held[q.from.uuid] = append(a.held[q.from.uuid], q)
		return s.payload(a, q, true), nil
	}
	if q.receipt {
		now := a.nextTimestamp(s.now())
		receipt = &queued{from: a, timestamp: now, body: body{Receipt: &receiptMessage{
			When: now, IsDelivery: true, Timestamps: []int64{q.timestamp}}}.fragment()}
	}
	return s.payload(a, q, false), receipt
}

// payload writes the envelope with its header. The caller holds network.mu.
func (s *Simulator) payload(a *account, q *queued, untrusted bool) []byte {
	out := make([]byte, 0, len(q.body)+512)
	out = append(out, '{')
	if untrusted {
		out = append(out, `"exception":{"message":"Untrusted identity: `...)
		out = append(out, q.from.uuid...)
		out = append(out, `","type":"UntrustedIdentityException"},`...)
	}
	out = append(out, `"envelope":{"source":"`...)
	out = append(out, q.from.legacyID()...)
	out = append(out, `","sourceNumber":`...)
	if q.from.hideNumber {
		out = append(out, "null"...)
	} else {
		out = append(out, '"')
		out = append(out, q.from.number...)
		out = append(out, '"')
	}
	out = append(out, `,"sourceUuid":"`...)
	out = append(out, q.from.uuid...)
	out = append(out, `","sourceName":`...)
	if name := a.nameOf(q.from); name == "" {
		out = append(out, "null"...)
	} else {
		out = append(out, encode(name)...)
	}
	out = append(out, `,"sourceDevice":`...)
	out = strconv.AppendInt(out, int64(q.from.device), 10)
	out = append(out, `,"timestamp":`...)
	out = strconv.AppendInt(out, q.timestamp, 10)
	out = append(out, `,"serverReceivedTimestamp":`...)
	out = strconv.AppendInt(out, q.arrived, 10)
	out = append(out, `,"serverDeliveredTimestamp":`...)
	out = strconv.AppendInt(out, s.now(), 10)
	if !untrusted {
		out = append(out, q.body...)
	}
	out = append(out, `},"account":"`...)
	out = append(out, a.number...)
	return append(out, `"}`...)
}

// Inject queues an arbitrary payload for an account, as if the server had sent it. payload is the whole
// payload: {"envelope":{…},"account":"…"}; it need not even be JSON. False when there is no such account.
func (s *Simulator) Inject(account string, payload []byte) bool {
	a := s.lookup(account)
	if a == nil {
		return false
	}
	s.post(a, &queued{raw: append([]byte(nil), payload...)})
	return true
}

// Waiting returns the payloads that wait at the server for an account, oldest first.
func (s *Simulator) Waiting(account string) []json.RawMessage {
	a := s.lookup(account)
	if a == nil {
		return nil
	}
	waiting := a.inbox.waiting()
	s.net.mu.RLock()
	defer s.net.mu.RUnlock()
	out := make([]json.RawMessage, 0, len(waiting))
	for _, q := range waiting {
		if q.from == nil {
			out = append(out, q.raw)
		} else {
			out = append(out, s.payload(a, q, false))
		}
	}
	return out
}
