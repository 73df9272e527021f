package domain_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"heliograph/domain"
)

// frame is one example notification of signal-cli.
type frame struct {
	Name  string
	Frame struct {
		Method string
		Params json.RawMessage
	}
}

// payload unwraps what a carrier unwraps: the result of a subscription, else params.
func (f frame) payload(t testing.TB) []byte {
	t.Helper()
	var wrapped struct{ Result json.RawMessage }
	if err := json.Unmarshal(f.Frame.Params, &wrapped); err != nil {
		t.Fatal(err)
	}
	if wrapped.Result != nil {
		return compact(t, wrapped.Result)
	}
	return compact(t, f.Frame.Params)
}

func compact(t testing.TB, raw []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// payloads are all example notifications by name.
func payloads(t testing.TB) map[string][]byte {
	t.Helper()
	frames := readTestdata[[]frame](t, "envelopes.json")
	if len(frames) != 63 {
		t.Fatalf("%d frames, want 63", len(frames))
	}
	byName := make(map[string][]byte)
	for _, f := range frames {
		byName[f.Name] = f.payload(t)
	}
	return byName
}

func parse(t testing.TB, payload []byte) domain.Envelope {
	t.Helper()
	e, err := domain.ParseEnvelope(payload)
	if err != nil {
		t.Fatalf("%s: %v", payload, err)
	}
	return e
}

// kindOf is what the name of an example says of its kind.
func kindOf(name string) domain.EventKind {
	switch {
	case strings.Contains(name, "reaction") && !strings.HasPrefix(name, "sync"):
		return domain.KindReaction
	case strings.HasSuffix(name, "-delete"):
		return domain.KindDelete
	case strings.HasPrefix(name, "data-"), name == "subscription-wrapped-text":
		return domain.KindMessage
	case strings.HasPrefix(name, "call-event"):
		return domain.KindCallEvent
	case name == "envelope-without-content":
		return domain.KindOther
	}
	kind, _, _ := strings.Cut(name, "-")
	return domain.EventKind(kind)
}

func TestEveryExampleEnvelopeDecodes(t *testing.T) {
	for name, payload := range payloads(t) {
		t.Run(name, func(t *testing.T) {
			e := parse(t, payload)
			if e.Kind() != kindOf(name) {
				t.Errorf("kind %q, want %q", e.Kind(), kindOf(name))
			}
			if !bytes.Equal(e.Raw(), payload) {
				t.Error("the payload was changed")
			}
			checkHeader(t, e, payload)
			r, err := e.Decode()
			if err != nil {
				t.Fatal(err)
			}
			checkDecoded(t, e, r)
		})
	}
}

// A failure in place of a message is for readers of all accounts; beside an account or an envelope the member means nothing to us.
func TestFailureInPlaceOfAMessage(t *testing.T) {
	for payload, want := range map[string]domain.EventKind{
		`{"error":{"code":-1,"message":"receive failed","data":null}}`:                                   domain.KindReceiveError,
		`{"error":"receive failed"}`:                                                                     domain.KindOther,
		`{"error":{"code":-1},"account":"+15550100001"}`:                                                 domain.KindOther,
		`{"error":{"code":-1},"envelope":{"source":"+15550100001"}}`:                                     domain.KindOther,
		`{"error":{"code":-1},"envelope":{"source":"+15550100001","dataMessage":{}}}`:                    domain.KindMessage,
		`{"envelope":{"source":"+15550100001","receiptMessage":{}},"error":{},"account":"+15550100001"}`: domain.KindReceipt,
	} {
		e := parse(t, []byte(payload))
		if e.Kind() != want {
			t.Errorf("%s is %s, want %s", payload, e.Kind(), want)
		}
		if _, err := e.Decode(); err != nil {
			t.Errorf("%s: %v", payload, err)
		}
		if _, keyed := e.Key(); keyed && want == domain.KindReceiveError {
			t.Error("it may be taken for a double")
		}
	}
}

// checkHeader compares with what encoding/json reads.
func checkHeader(t *testing.T, e domain.Envelope, payload []byte) {
	t.Helper()
	var want struct {
		Account  domain.Account
		Envelope struct {
			Source, SourceUUID, SourceName string
			SourceNumber                   domain.Number
			SourceDevice                   int
			Timestamp                      domain.Timestamp
			ServerReceivedTimestamp        domain.Timestamp
		}
	}
	if err := json.Unmarshal(payload, &want); err != nil {
		t.Fatal(err)
	}
	source := want.Envelope.SourceUUID
	if source == "" {
		source = want.Envelope.Source
	}
	if e.Account() != want.Account || e.Source() != source || string(e.SourceUUID()) != want.Envelope.SourceUUID ||
		e.SourceNumber() != want.Envelope.SourceNumber || e.SourceName() != want.Envelope.SourceName ||
		e.SourceDevice() != want.Envelope.SourceDevice || e.Timestamp() != want.Envelope.Timestamp ||
		e.ServerReceived() != want.Envelope.ServerReceivedTimestamp {
		t.Errorf("header differs from %+v: %s", want, payload)
	}
}

// checkDecoded checks that exactly the field of the kind is set, and that the header agrees with it on text and group.
func checkDecoded(t *testing.T, e domain.Envelope, r domain.Received) {
	t.Helper()
	set := map[domain.EventKind]bool{
		domain.KindEdit: r.Edit != nil, domain.KindStory: r.Story != nil, domain.KindSync: r.Sync != nil,
		domain.KindCall: r.Call != nil, domain.KindReceipt: r.Receipt != nil, domain.KindTyping: r.Typing != nil,
		domain.KindException: r.Exception != nil, domain.KindCallEvent: r.CallEvent != nil,
	}
	for kind, isSet := range set {
		if isSet != (kind == e.Kind()) {
			t.Errorf("%s decoded: %v, kind is %s", kind, isSet, e.Kind())
		}
	}
	isData := e.Kind() == domain.KindMessage || e.Kind() == domain.KindReaction || e.Kind() == domain.KindDelete
	if isData != (r.Data != nil) {
		t.Errorf("data decoded: %v, kind is %s", r.Data != nil, e.Kind())
	}
	data := r.Data
	switch {
	case r.Edit != nil:
		data = &r.Edit.DataMessage
	case r.Sync != nil && r.Sync.SentMessage != nil && r.Sync.SentMessage.EditMessage != nil:
		data = &r.Sync.SentMessage.EditMessage.DataMessage
	case r.Sync != nil && r.Sync.SentMessage != nil:
		data = &r.Sync.SentMessage.DataMessage
	}
	group := ""
	switch {
	case data != nil && data.GroupInfo != nil:
		group = data.GroupInfo.GroupID
	case r.Story != nil:
		group = r.Story.GroupID
	case r.Typing != nil:
		group = r.Typing.GroupID
	}
	if e.Group().Internal() != group {
		t.Errorf("group %q, want %q", e.Group().Internal(), group)
	}
	hasText := data != nil && data.Message != nil
	if e.HasText() != hasText || hasText && e.Text() != *data.Message {
		t.Errorf("text %q (%v), want that of %+v", e.Text(), e.HasText(), data)
	}
}

func TestDecodedContent(t *testing.T) {
	decoded := make(map[string]domain.Received)
	for name, payload := range payloads(t) {
		e := parse(t, payload)
		r, err := e.Decode()
		if err != nil {
			t.Fatal(err)
		}
		decoded[name] = r
	}
	for _, c := range []struct {
		what      string
		got, want any
	}{
		{"an unsigned call ID beyond 2^63", decoded["call-offer"].Call.OfferMessage.ID, domain.CallID(10000000000000000000)},
		{"the same call's signed ID", decoded["call-event-ringing"].CallEvent.CallID, domain.CallID(10000000000000000000)},
		{"an ID beyond 2^53", decoded["call-ice-update"].Call.IceUpdateMessages[0].ID, domain.CallID(4611686018427387904)},
		{"why a call ended", decoded["call-event-ended"].CallEvent.Reason, "remote_hangup"},
		{"a style", decoded["data-mention-and-styles"].Data.TextStyles[0].String(), "15:4:BOLD"},
		{"a mention", decoded["data-mention-and-styles"].Data.Mentions[0].Start, domain.UTF16Length(6)},
		{"an attachment", decoded["data-attachments"].Data.Attachments[0].ID, domain.AttachmentID("hR7kPz2mQe.jpg")},
		{"its name", decoded["data-attachments"].Data.Attachments[0].FileName, "roof.jpg"},
		{"a quote", decoded["data-quote"].Data.Quote.ID, domain.Timestamp(1767225906078)},
		{"a thumbnail", decoded["data-quote"].Data.Quote.Attachments[0].Thumbnail.Width, 100},
		{"a reaction", decoded["data-reaction"].Data.Reaction.TargetSentTimestamp, domain.Timestamp(1767226150130)},
		{"a sticker", decoded["data-sticker"].Data.Sticker.StickerID, 5},
		{"a vote", len(decoded["data-poll-vote"].Data.PollVote.OptionIndexes), 2},
		{"a pin for ever", decoded["data-pin-forever"].Data.PinMessage.PinDurationSeconds, -1},
		{"a receipt", decoded["receipt-delivery"].Receipt.Timestamps[1], domain.Timestamp(1767227612529)},
		{"what a sent message went to", decoded["sync-sent-text"].Sync.SentMessage.DestinationNumber, domain.Number("+15550100123")},
		{"a read message", decoded["sync-read"].Sync.ReadMessages[1].Timestamp, domain.Timestamp(1767228649750)},
		{"a blocked group", decoded["sync-blocked"].Sync.BlockedGroupIDs[0], "Zk3Vd9sQ0xWbT7mLrC1nYp5eHuJ8gFaO2iKv6DzR4Bc="},
		{"a sent story", decoded["sync-sent-story"].Sync.SentStoryMessage.FileAttachment.Height, 1920},
		{"a text story", decoded["story-text"].Story.TextAttachment.Text, "Happy new year"},
		{"an exception", decoded["exception-untrusted-identity"].Exception.Type, "UntrustedIdentityException"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v, want %v", c.what, c.got, c.want)
		}
	}
}

func TestParseEnvelopeRefusesOnlyWhatIsNoObject(t *testing.T) {
	deep := strings.Repeat("[", 99) + strings.Repeat("]", 99)
	for _, c := range []struct {
		name, payload string
		valid         bool
	}{
		{"empty object", `{}`, true},
		{"white space", " {\t\"a\" : [ 1 , {} , [ ] ] } \r\n", true},
		{"unknown members", `{"new":{"x":[1.5e-3,true,null,"\u00e9\\"]},"account":"+15550100001"}`, true},
		{"other types", `{"envelope":[1],"account":7,"exception":"x","callId":null}`, true},
		{"header of other types", `{"envelope":{"source":1,"sourceDevice":"x","timestamp":1.5,"dataMessage":null}}`, true},
		{"deep", `{"a":` + deep + `}`, true},
		{"deeper than any payload", `{"a":[[` + deep + `]]}`, false},
		{"nothing", ``, false},
		{"a string", `"x"`, false},
		{"null", `null`, false},
		{"an array", `[{}]`, false},
		{"more than one", `{}{}`, false},
		{"no end", `{"a":1`, false},
		{"trailing comma", `{"a":1,}`, false},
		{"no colon", `{"a" 1}`, false},
		{"a key that is no string", `{1:1}`, false},
		{"bad number", `{"a":01}`, false},
		{"bad literal", `{"a":nul}`, false},
		{"bad escape", `{"a":"\x"}`, false},
		{"raw control character", "{\"a\":\"\n\"}", false},
		{"no UTF-8", "{\"a\":\"\xff\"}", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := domain.ParseEnvelope([]byte(c.payload))
			if (err == nil) != c.valid {
				t.Errorf("%v", err)
			}
			if err != nil && domain.KindOf(err) != domain.Invalid {
				t.Errorf("kind %v", domain.KindOf(err))
			}
		})
	}
}

func TestEnvelopeKinds(t *testing.T) {
	const header = `"source":"+15550100123","timestamp":1767225601111`
	for _, c := range []struct {
		name, payload string
		want          domain.EventKind
	}{
		{"null content is none", `{"envelope":{` + header + `,"dataMessage":null}}`, domain.KindOther},
		{"null members are none", `{"envelope":{` + header + `,"dataMessage":{"reaction":null,"remoteDelete":null}}}`, domain.KindMessage},
		{"content of a newer kind", `{"envelope":{` + header + `,"hologramMessage":{}}}`, domain.KindOther},
		{"exception with content", `{"exception":{"type":"X"},"envelope":{` + header + `,"dataMessage":{}}}`, domain.KindException},
		{"reaction of an own device", `{"envelope":{` + header + `,"syncMessage":{"sentMessage":{"reaction":{}}}}}`, domain.KindSync},
		{"escaped key", `{"env\u0065lope":{` + header + `,"dataMess\u0061ge":{}}}`, domain.KindMessage},
		{"no envelope", `{"account":"+15550100001"}`, domain.KindOther},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := parse(t, []byte(c.payload))
			if e.Kind() != c.want {
				t.Errorf("%q, want %q", e.Kind(), c.want)
			}
		})
	}
}

func TestEscapedTextIsDecoded(t *testing.T) {
	e := parse(t, []byte(`{"envelope":{"dataMessage":{"message":"a\n\"b\" \ud83d\udc4b \u00e9"}}}`))
	if e.Text() != "a\n\"b\" 👋 é" {
		t.Errorf("%q", e.Text())
	}
}

func TestEnvelopeBecomesEvent(t *testing.T) {
	e := parse(t, payloads(t)["data-text-group"])
	key, _ := e.Key()
	event := e.Event(1767225700000)
	if event.Account != "+15550100001" || event.Kind != domain.KindMessage || event.Key != key || event.Received != 1767225700000 ||
		event.Source != "b8d1c7f2-93a4-4e55-8f0b-1c6a2d9e4f37" || event.Group != e.Group() || event.Group.IsZero() ||
		!bytes.Equal(event.Payload, e.Raw()) || event.Cursor != (domain.Cursor{}) {
		t.Errorf("%+v", event)
	}
}

// FuzzParseEnvelope holds the scanner to encoding/json: it takes exactly the
// same objects, reads the same header, and no method of what it took panics.
func FuzzParseEnvelope(f *testing.F) {
	for _, payload := range payloads(f) {
		f.Add(payload)
	}
	f.Add([]byte(` {"account":"\ud800","envelope":{"sourceDevice":-0,"timestamp":1e3}} `))
	f.Fuzz(func(t *testing.T, payload []byte) {
		e, err := domain.ParseEnvelope(payload)
		var object map[string]json.RawMessage
		valid := json.Unmarshal(payload, &object) == nil && object != nil
		if err == nil && !valid {
			t.Fatalf("took %q", payload)
		}
		if err != nil {
			if valid && json.Valid(bytes.ToValidUTF8(payload, nil)) && bytes.Equal(payload, bytes.ToValidUTF8(payload, nil)) &&
				bytes.Count(payload, []byte("["))+bytes.Count(payload, []byte("{")) < 100 {
				t.Fatalf("refused %q: %v", payload, err)
			}
			return
		}
		var account string
		if json.Unmarshal(object["account"], &account) == nil && string(e.Account()) != account {
			t.Errorf("account %q, want %q", e.Account(), account)
		}
		var envelope map[string]json.RawMessage
		if json.Unmarshal(object["envelope"], &envelope) == nil {
			var source string
			if json.Unmarshal(envelope["sourceName"], &source) == nil && e.SourceName() != source && bytes.Count(payload, []byte("nvelope")) == 1 {
				t.Errorf("source name %q, want %q", e.SourceName(), source)
			}
		}
		event := e.Event(1)
		if key, ok := e.Key(); event.Key != key || ok != (key != "") {
			t.Errorf("key %q, %v", key, ok)
		}
		_ = e.Text()
		_, _ = e.Decode()
	})
}

func BenchmarkParseEnvelope(b *testing.B) {
	payload := payloads(b)["data-text-group"]
	b.Run("parse", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(payload)))
		for b.Loop() {
			_, _ = domain.ParseEnvelope(payload)
		}
	})
	b.Run("event with key", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			e, _ := domain.ParseEnvelope(payload)
			_ = e.Event(1)
		}
	})
}
