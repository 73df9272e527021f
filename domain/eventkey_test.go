package domain_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"heliograph/domain"
)

const (
	groupA = "q1Yt0bJ8mQe3ZrVn5uKXh7oWcT2dLsPyGfAi9BvN4ME="
	groupB = "Zk3Vd9sQ0xWbT7mLrC1nYp5eHuJ8gFaO2iKv6DzR4Bc="
)

// received is a payload with the given content in the envelope; beside stands beside the envelope.
func received(content string, beside ...string) string {
	return `{"account":"+15550100001",` + strings.Join(append(beside, ""), ",") + `"envelope":{
		"source":"+15550100123","sourceNumber":"+15550100123","sourceUuid":"b8d1c7f2-93a4-4e55-8f0b-1c6a2d9e4f37",
		"sourceName":"Alice","sourceDevice":1,"timestamp":1767225601111,"serverReceivedTimestamp":1767225601500,
		"serverDeliveredTimestamp":1767225601620` + strings.TrimRight(","+content, ",") + `}}`
}

func message(group string) string {
	if group == "" {
		return `"dataMessage":{"message":"a"}`
	}
	return `"dataMessage":{"message":"a","groupInfo":{"groupId":"` + group + `","type":"DELIVER"}}`
}

func receipt(flag string, when, timestamps string) string {
	return `"receiptMessage":{"when":` + when + `,"isDelivery":false,"isRead":false,"isViewed":false,"` + flag + `":true,"timestamps":` + timestamps + `}`
}

func typing(action, group string) string {
	return `"typingMessage":{"action":"` + action + `","timestamp":1767225601111,"groupId":"` + group + `"}`
}

func call(part, id, opaque string) string {
	return `"callMessage":{"` + part + `":{"id":` + id + `,"opaque":"` + opaque + `"}}`
}

func ice(parts string) string { return `"callMessage":{"iceUpdateMessages":[` + parts + `]}` }

func exception(class string) string { return `"exception":{"type":"` + class + `","message":"x"}` }

// replaced is the same payload with something else in its header.
func replaced(old, new string) string {
	payload := received(message(""))
	if !strings.Contains(payload, old) {
		panic(old)
	}
	return strings.ReplaceAll(payload, old, new)
}

func TestEventKeys(t *testing.T) {
	base := received(message(""))
	for _, c := range []struct {
		row  string
		a, b string
		same bool
	}{
		{"identical", base, base, true},
		{"account", base, replaced("+15550100001", "+15550100002"), false},
		{"sourceUuid", base, replaced("b8d1c7f2", "b8d1c7f3"), false},
		{"source beside sourceUuid", base, replaced(`"source":"+15550100123"`, `"source":"+15550100124"`), true},
		{"source where sourceUuid is null", replaced(`"b8d1c7f2-93a4-4e55-8f0b-1c6a2d9e4f37"`, "null"),
			strings.Replace(replaced(`"b8d1c7f2-93a4-4e55-8f0b-1c6a2d9e4f37"`, "null"), `"source":"+15550100123"`, `"source":"+15550100124"`, 1), false},
		{"sourceNumber", base, replaced(`"sourceNumber":"+15550100123"`, `"sourceNumber":null`), true},
		{"sourceName", base, replaced("Alice", "Alice Example"), true},
		{"sourceDevice", base, replaced(`"sourceDevice":1`, `"sourceDevice":2`), false},
		{"timestamp", base, replaced(`"timestamp":1767225601111`, `"timestamp":1767225601112`), false},
		{"serverReceivedTimestamp", base, replaced("1767225601500", "1767225601501"), true},
		{"serverDeliveredTimestamp", base, replaced("1767225601620", "1767225601621"), true},
		{"white space", base, strings.ReplaceAll(base, ",", " ,\n"), true},

		{"message, same group", received(message(groupA)), received(message(groupA)), true},
		{"message, group and direct", received(message(groupA)), base, false},
		{"message, two groups", received(message(groupA)), received(message(groupB)), false},
		{"message and reaction", base, received(`"dataMessage":{"reaction":{"emoji":"👍"}}`), false},
		{"edit, same group", received(`"editMessage":{"dataMessage":{"groupInfo":{"groupId":"` + groupA + `"}}}`),
			received(`"editMessage":{"dataMessage":{"groupInfo":{"groupId":"` + groupA + `"},"message":"x"}}`), true},
		{"edit, group and direct", received(`"editMessage":{"dataMessage":{"groupInfo":{"groupId":"` + groupA + `"}}}`),
			received(`"editMessage":{"dataMessage":{}}`), false},
		{"edit and message", received(`"editMessage":{"dataMessage":{}}`), base, false},
		{"story, same group", received(`"storyMessage":{"groupId":"` + groupA + `"}`), received(`"storyMessage":{"allowsReplies":true,"groupId":"` + groupA + `"}`), true},
		{"story, two groups", received(`"storyMessage":{"groupId":"` + groupA + `"}`), received(`"storyMessage":{"groupId":"` + groupB + `"}`), false},

		{"receipt, other order and when", received(receipt("isRead", "1", "[1767225600001,1767225600002]")),
			received(receipt("isRead", "2", "[1767225600002,1767225600001]")), true},
		{"receipt, read and viewed", received(receipt("isRead", "1", "[1767225600001]")), received(receipt("isViewed", "1", "[1767225600001]")), false},
		{"receipt, delivery and read", received(receipt("isDelivery", "1", "[1767225600001]")), received(receipt("isRead", "1", "[1767225600001]")), false},
		{"receipt, timestamps", received(receipt("isRead", "1", "[1767225600001]")), received(receipt("isRead", "1", "[1767225600002]")), false},
		{"receipt, more timestamps", received(receipt("isRead", "1", "[1767225600001]")),
			received(receipt("isRead", "1", "[1767225600001,1767225600002]")), false},

		{"typing, same", received(typing("STARTED", groupA)), received(typing("STARTED", groupA)), true},
		{"typing, action", received(typing("STARTED", groupA)), received(typing("STOPPED", groupA)), false},
		{"typing, group", received(typing("STARTED", groupA)), received(typing("STARTED", groupB)), false},

		{"call, signed and unsigned ID", received(call("offerMessage", "10000000000000000000", "AA==")),
			received(call("offerMessage", "-8446744073709551616", "AA==")), true},
		{"call, IDs that are one float", received(call("offerMessage", "9007199254740992", "AA==")),
			received(call("offerMessage", "9007199254740993", "AA==")), false},
		{"call, sub-kind", received(call("offerMessage", "1", "AA==")), received(call("answerMessage", "1", "AA==")), false},
		{"call, hangup and busy", received(call("hangupMessage", "1", "")), received(call("busyMessage", "1", "")), false},
		{"call, opaque part", received(call("offerMessage", "1", "AA==")), received(call("offerMessage", "1", "AQ==")), false},
		{"call, same candidates", received(ice(`{"id":1,"opaque":"AA=="},{"id":1,"opaque":"AQ=="}`)),
			received(ice(`{"opaque":"AA==","id":1},{"opaque":"AQ==","id":1}`)), true},
		{"call, candidates", received(ice(`{"id":1,"opaque":"AA=="}`)), received(ice(`{"id":1,"opaque":"AQ=="}`)), false},

		{"sync, order of members and escapes", received(`"syncMessage":{"sentMessage":{"message":"é","timestamp":1,"viewOnce":false}}`),
			received(`"syncMessage":{"sentMessage":{"viewOnce":false,"timestamp":1,"message":"\u00e9"}}`), true},
		{"sync, sub-kind", received(`"syncMessage":{"sentMessage":{}}`), received(`"syncMessage":{"sentStoryMessage":{}}`), false},
		{"sync, body", received(`"syncMessage":{"readMessages":[{"timestamp":1}]}`), received(`"syncMessage":{"readMessages":[{"timestamp":2}]}`), false},
		{"sync, nesting", received(`"syncMessage":{"readMessages":[[1],2]}`), received(`"syncMessage":{"readMessages":[[1,2]]}`), false},
		{"sync, text and number", received(`"syncMessage":{"a":"1"}`), received(`"syncMessage":{"a":1}`), false},

		{"exception, type", received("", exception("UntrustedIdentityException")), received("", exception("ProtocolNoSessionException")), false},
		{"exception, same type", received("", exception("UntrustedIdentityException")), received("", exception("UntrustedIdentityException")), true},
		{"exception, then the message", received("", exception("UntrustedIdentityException")), base, false},

		{"nothing, server timestamps", received(""), strings.Replace(received(""), "1767225601500", "1767225601501", 1), true},
		{"nothing and unknown content", received(""), received(`"newMessage":{}`), false},
		{"unknown content", received(`"newMessage":{"a":1}`), received(`"newMessage":{"a":2}`), false},
		{"same unknown content", received(`"newMessage":{"a":1,"b":2}`), received(`"newMessage":{"b":2,"a":1}`), true},
	} {
		t.Run(c.row, func(t *testing.T) {
			a, b := keyOf(t, c.a), keyOf(t, c.b)
			if (a == b) != c.same {
				t.Errorf("keys %s and %s\n%s\n%s", a, b, c.a, c.b)
			}
		})
	}
}

var keyForm = regexp.MustCompile(`^[0-9a-f]{32}$`)

func keyOf(t testing.TB, payload string) domain.EventKey {
	t.Helper()
	e := parse(t, []byte(payload))
	key, ok := e.Key()
	if !ok || !keyForm.MatchString(string(key)) {
		t.Fatalf("key %q, %v of %s", key, ok, payload)
	}
	return key
}

func TestWhatHasNoSenderHasNoKey(t *testing.T) {
	for name, payload := range payloads(t) {
		e := parse(t, payload)
		if key, ok := e.Key(); ok == strings.HasPrefix(name, "call-event") || ok != (key != "") {
			t.Errorf("%s: %q, %v", name, key, ok)
		}
	}
	e := parse(t, []byte(`{"envelope":{"timestamp":1,"dataMessage":{}},"account":"+15550100001"}`))
	if key, ok := e.Key(); ok {
		t.Errorf("without source: %q", key)
	}
}

// The examples are all different, but for those that show one message in two forms.
func TestKeysOfAllExamplesDiffer(t *testing.T) {
	names := make(map[domain.EventKey]string)
	for name, payload := range payloads(t) {
		e := parse(t, payload)
		key, ok := e.Key()
		if !ok || name == "subscription-wrapped-text" {
			continue
		}
		if other, double := names[key]; double {
			t.Errorf("%s and %s have one key", name, other)
		}
		names[key] = name
	}
	if bare, wrapped := keyOf(t, string(payloads(t)["data-text"])), keyOf(t, string(payloads(t)["subscription-wrapped-text"])); bare != wrapped {
		t.Error("the bare and the wrapped form of one message differ")
	}
}

// FuzzEnvelopeKey: the key does not depend on the order of members or on spelling.
func FuzzEnvelopeKey(f *testing.F) {
	for _, payload := range payloads(f) {
		f.Add(payload)
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		e, err := domain.ParseEnvelope(payload)
		if err != nil {
			return
		}
		decoder := json.NewDecoder(strings.NewReader(string(payload)))
		decoder.UseNumber()
		var v any
		if decoder.Decode(&v) != nil {
			t.Fatalf("%q", payload)
		}
		sorted, err := json.Marshal(v)
		if err != nil || doubledMembers(payload, sorted) {
			return
		}
		again := parse(t, sorted)
		key, ok := e.Key()
		if keyAgain, okAgain := again.Key(); key != keyAgain || ok != okAgain {
			t.Errorf("%q %v, %q %v\n%s\n%s", key, ok, keyAgain, okAgain, payload, sorted)
		}
	})
}

// doubledMembers reports whether sorting the members lost some: an object named one twice.
func doubledMembers(payload, sorted []byte) bool {
	return memberCount(payload) != memberCount(sorted)
}

func memberCount(payload []byte) int {
	decoder := json.NewDecoder(strings.NewReader(string(payload)))
	count := 0
	for {
		if _, err := decoder.Token(); err != nil {
			return count
		}
		count++
	}
}
