package domain

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
)

// Key is what tells the envelope from all others: the same message that comes a
// second time (from another connection, daemon or gateway) has the same key.
// It is a hash, 32 hex digits, of
//
//	account | sourceUuid, else source | sourceDevice | timestamp | kind | discriminator
//
// where the discriminator tells apart what shares all of these:
//
//	message, reaction, delete, edit, story  group ID: one send to a group and to a member shares a timestamp
//	receipt     delivery, read or viewed, and its timestamps in order
//	typing      action and group ID
//	call        for each part: sub-kind, call ID, hash of its opaque part
//	sync        sub-kinds and hash of the body
//	exception   its type: the message that comes again after `trust` is new
//	other       names and hash of what is in the envelope beside the header
//
// What differs between two copies is never in it: server timestamps, sourceName,
// receiptMessage.when, the order of members. ok is false for what has no
// sender; it is never taken for a double.
func (e *Envelope) Key() (key EventKey, ok bool) {
	source := e.Source()
	if source == "" || e.kind == KindCallEvent {
		return "", false
	}
	k := keyParts(make([]byte, 0, 256))
	k.add(string(e.Account()))
	k.add(source)
	k.number(int64(e.SourceDevice()))
	k.number(int64(e.Timestamp()))
	k.add(string(e.kind))
	switch e.kind {
	case KindException:
		k.add(e.json.text(e.member(e.exception, "type")))
	case KindReceipt:
		e.addReceipt(&k)
	case KindTyping:
		k.add(e.json.text(e.member(e.content, "action")))
		k.add(e.json.text(e.group))
	case KindCall:
		e.addCall(&k)
	case KindSync:
		e.json.canonical(&k, e.content, 0)
	case KindOther:
		e.json.canonical(&k, e.envelope, 0, headerMembers...)
	default:
		k.add(e.json.text(e.group))
	}
	sum := sha256.Sum256(k)
	return EventKey(hex.EncodeToString(sum[:16])), true
}

// keyParts is what a key is the hash of: parts that say where they end, so that no two sequences look the same.
type keyParts []byte

func (k *keyParts) add(s string) {
	k.number(int64(len(s)))
	*k = append(*k, s...)
}

func (k *keyParts) number(n int64) { *k = binary.BigEndian.AppendUint64(*k, uint64(n)) }

// member finds a member of the object at v; the zero span when there is none.
func (e *Envelope) member(v span, name string) (found span) {
	if e.json.first(v) != '{' {
		return span{}
	}
	e.json.object(int(v.from), func(key []byte, i int) int {
		if string(key) == name {
			return e.take(&found, i)
		}
		return e.json.value(i, 1)
	})
	return found
}

func (e *Envelope) addReceipt(k *keyParts) {
	for _, flag := range []string{"isDelivery", "isRead", "isViewed"} {
		if e.json.isTrue(e.member(e.content, flag)) {
			k.add(flag)
		}
	}
	var timestamps []int64
	if v := e.member(e.content, "timestamps"); e.json.first(v) == '[' {
		e.json.array(int(v.from), func(i int) int {
			end := e.json.value(i, 1)
			timestamps = append(timestamps, e.json.integer(e.json.span(i, end)))
			return end
		})
	}
	slices.Sort(timestamps)
	for _, timestamp := range timestamps {
		k.number(timestamp)
	}
}

// addCall adds each part of a call message; iceUpdateMessages has a list of them.
func (e *Envelope) addCall(k *keyParts) {
	part := func(name string, i int) int {
		end := e.json.value(i, 1)
		v := e.json.span(i, end)
		k.add(name)
		k.number(int64(e.callID(e.member(v, "id"))))
		k.add(e.json.text(e.member(v, "opaque")))
		return end
	}
	for _, name := range []string{"offerMessage", "answerMessage", "iceUpdateMessages", "hangupMessage", "busyMessage"} {
		switch v := e.member(e.content, name); e.json.first(v) {
		case '[':
			e.json.array(int(v.from), func(i int) int { return part(name, i) })
		case '{':
			part(name, int(v.from))
		}
	}
}

// callID reads an ID of 64 bits that older versions of signal-cli write signed, newer ones unsigned.
func (e *Envelope) callID(v span) CallID {
	id, err := parseCallID(string(e.json.bytes(v)))
	if err != nil {
		return 0
	}
	return id
}

// headerMembers are what says nothing about the content of an envelope.
var headerMembers = []string{
	"source", "sourceNumber", "sourceUuid", "sourceName", "sourceDevice", "timestamp",
	"serverReceivedTimestamp", "serverDeliveredTimestamp",
}

// canonical adds the value at v so that order of members, white space and escapes make no difference.
func (s jsonScanner) canonical(k *keyParts, v span, depth int, without ...string) {
	switch s.first(v) {
	case '{':
		type member struct {
			name  string
			value span
		}
		var members []member
		s.object(int(v.from), func(key []byte, i int) int {
			end := s.value(i, depth)
			if !slices.Contains(without, string(key)) {
				members = append(members, member{string(key), s.span(i, end)})
			}
			return end
		})
		slices.SortStableFunc(members, func(a, b member) int { return bytes.Compare([]byte(a.name), []byte(b.name)) })
		k.add("{")
		k.number(int64(len(members)))
		for _, m := range members {
			k.add(m.name)
			s.canonical(k, m.value, depth+1)
		}
	case '[':
		k.add("[")
		s.array(int(v.from), func(i int) int {
			end := s.value(i, depth)
			s.canonical(k, s.span(i, end), depth+1)
			return end
		})
		k.add("]")
	case '"':
		k.add(`"`)
		k.add(s.text(v))
	default:
		k.add("n")
		k.add(string(s.bytes(v)))
	}
}
