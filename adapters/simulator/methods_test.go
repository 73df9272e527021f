package simulator_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"heliograph/adapters/simulator"
)

// documented is one method of signal-cli as its reference describes it.
type documented struct {
	Method string
	Kind   string
	Since  string
	Result json.RawMessage
	Params []string
}

func readMethods(t *testing.T) []documented {
	t.Helper()
	raw, err := os.ReadFile("testdata/methods.json")
	if err != nil {
		t.Fatal(err)
	}
	all := decode[[]documented](t, raw)
	if len(all) != 64 {
		t.Fatalf("%d methods, want 64", len(all))
	}
	return all
}

// sampleParams are parameters with which each method succeeds, when run in the order of the file.
func sampleParams(t *testing.T, sim *simulator.Simulator, c *client, method string) any {
	t.Helper()
	p := object{"account": alice}
	add := func(pairs ...any) object {
		for i := 0; i < len(pairs); i += 2 {
			p[pairs[i].(string)] = pairs[i+1]
		}
		return p
	}
	const when = 1767225601111
	switch method {
	case "send":
		return add("recipient", bob, "groupId", simulator.DemoGroupID, "message", "x")
	case "sendReaction":
		return add("recipient", bob, "emoji", "👍", "targetAuthor", bob, "targetTimestamp", when)
	case "sendReceipt":
		return add("recipient", bob, "targetTimestamp", []int{when})
	case "sendTyping", "sendMessageRequestResponse":
		return add("recipient", bob, "type", "Accept")
	case "remoteDelete":
		return add("recipient", bob, "targetTimestamp", when)
	case "sendPollCreate":
		return add("recipient", bob, "question", "?", "option", []string{"a", "b"})
	case "sendPollVote":
		return add("recipient", bob, "pollAuthor", bob, "pollTimestamp", when, "option", []int{0}, "voteCount", 1)
	case "sendPollTerminate":
		return add("recipient", bob, "pollTimestamp", when)
	case "sendPinMessage", "sendUnpinMessage":
		return add("recipient", bob, "targetTimestamp", when, "pinDuration", -1)
	case "sendAdminDelete":
		return add("groupId", simulator.DemoGroupID, "targetAuthor", bob, "targetTimestamp", when)
	case "sendStory":
		path := filepath.Join(t.TempDir(), "s.png")
		if err := os.WriteFile(path, []byte("\x89PNG\r\n\x1a\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return add("attachment", path)
	case "sendPaymentNotification":
		return add("recipient", bob, "receipt", "AAAA", "note", "n")
	case "receive":
		return add("account", bob, "timeout", 0)
	case "updateGroup":
		return add("name", "New", "member", []string{bob})
	case "quitGroup":
		return add("account", carol, "groupId", simulator.DemoGroupID)
	case "joinGroup":
		c.ok("updateGroup", object{"account": alice, "groupId": simulator.DemoGroupID, "link": "enabled"})
		groups := decode[[]struct{ GroupInviteLink *string }](t, c.ok("listGroups", object{"account": alice, "groupId": simulator.DemoGroupID}))
		return add("account", carol, "uri", *groups[0].GroupInviteLink)
	case "listContacts":
		return add("internal", true)
	case "updateContact", "removeContact", "block", "unblock":
		return add("recipient", bob, "givenName", "Bobby")
	case "getUserStatus":
		return add("recipient", []string{bob, "+15550109999"}, "username", []string{"alice.01"})
	case "trust":
		return add("recipient", bob, "trustAllKnownKeys", true)
	case "getAvatar":
		c.ok("updateProfile", object{"account": bob, "avatar": "data:image/png;base64,AAAA"})
		return add("profile", bob)
	case "updateProfile":
		return add("givenName", "Alicia")
	case "updateAccount":
		return add("username", "alicia")
	case "updateConfiguration":
		return add("readReceipts", true)
	case "setPin":
		return add("pin", "1234")
	case "unregister":
		return add("account", carol)
	case "submitRateLimitChallenge":
		return add("challenge", "c", "captcha", "signalcaptcha://x")
	case "startChangeNumber":
		return add("number", "+15550100009")
	case "finishChangeNumber":
		return add("account", alice, "number", "+15550100009", "verificationCode", sim.VerificationCode("+15550100009"))
	case "addDevice":
		return add("account", bob, "uri", "sgnl://linkdevice?uuid=a&pub_key=b")
	case "updateDevice":
		return add("account", bob, "deviceId", 2, "deviceName", "n")
	case "removeDevice":
		c.ok("addDevice", object{"account": bob, "uri": "sgnl://linkdevice?uuid=a&pub_key=b"})
		return add("account", bob, "deviceId", 3)
	case "getAttachment":
		c.ok("send", object{"account": bob, "recipient": bob, "notifySelf": true, "message": "", "attachment": "data:text/plain;base64,aGk="})
		waiting := sim.Waiting(bob)
		var last struct {
			Envelope struct {
				DataMessage struct{ Attachments []struct{ ID string } }
			}
		}
		if err := json.Unmarshal(waiting[len(waiting)-1], &last); err != nil {
			t.Fatal(err)
		}
		return add("account", bob, "id", last.Envelope.DataMessage.Attachments[0].ID)
	case "listStickerPacks", "getSticker", "addStickerPack":
		packs := decode[[]struct{ PackID, URL string }](t, c.ok("listStickerPacks", object{"account": bob}))
		return add("account", bob, "packId", packs[0].PackID, "stickerId", 0, "uri", packs[0].URL)
	case "uploadStickerPack":
		dir := t.TempDir()
		for name, text := range map[string]string{"manifest.json": `{"title":"t","author":"a","stickers":[{"file":"1.png","emoji":"x"}]}`, "1.png": "x"} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return add("account", bob, "path", filepath.Join(dir, "manifest.json"))
	case "startCall":
		c.ok("subscribeCallEvents", object{"account": bob})
		return add("account", dave, "recipient", bob)
	case "register":
		return object{"account": "+15550100010"}
	case "verify":
		return object{"account": "+15550100010", "verificationCode": sim.VerificationCode("+15550100010")}
	case "deleteLocalAccountData":
		return object{"account": "+15550100010", "ignoreRegistered": true}
	case "finishLink":
		uri := decode[struct{ DeviceLinkURI string }](t, c.ok("startLink", object{})).DeviceLinkURI
		if err := sim.Scan(uri, dave); err != nil {
			t.Fatal(err)
		}
		return object{"deviceLinkUri": uri}
	case "startLink", "listAccounts", "version", "subscribeReceive", "subscribeCallEvents":
		return object{}
	case "unsubscribeReceive", "unsubscribeCallEvents":
		id := c.ok(strings.Replace(method, "unsub", "sub", 1), object{})
		return object{"subscription": id}
	case "listGroups", "sendContacts", "listIdentities", "removePin", "sendSyncRequest", "listDevices":
		return add()
	case "listCalls":
		return add("account", bob)
	case "acceptCall", "hangupCall", "rejectCall":
		c.ok("subscribeCallEvents", object{"account": bob})
		call := decode[struct{ CallID json.Number }](t, c.ok("startCall", object{"account": alice, "recipient": bob}))
		return add("account", bob, "callId", call.CallID)
	}
	t.Fatalf("no sample for %s", method)
	return nil
}

// TestEveryMethodAnswersInItsShape runs each of the 64 methods and compares the keys and the JSON types of
// its result with the reference's.
func TestEveryMethodAnswersInItsShape(t *testing.T) {
	for _, m := range readMethods(t) {
		t.Run(m.Method, func(t *testing.T) {
			sim := start(t, simulator.Options{})
			c := open(t, sim)
			switch m.Method { // what has to happen before
			case "finishLink":
			case "finishChangeNumber":
				c.ok("startChangeNumber", object{"account": alice, "number": "+15550100009"})
			case "verify", "deleteLocalAccountData":
				c.ok("register", object{"account": "+15550100010"})
			case "updateDevice":
				c.ok("addDevice", object{"account": bob, "uri": "sgnl://linkdevice?uuid=a&pub_key=b"})
			case "removeDevice":
				c.ok("addDevice", object{"account": bob, "uri": "sgnl://linkdevice?uuid=a&pub_key=b"})
			case "joinGroup":
				c.ok("quitGroup", object{"account": carol, "groupId": simulator.DemoGroupID})
			case "listCalls":
				c.ok("subscribeCallEvents", object{"account": bob})
				c.ok("startCall", object{"account": alice, "recipient": bob})
			}
			params := sampleParams(t, sim, c, m.Method)
			if m.Method == "startCall" {
				params.(object)["account"] = alice
			}
			compareShape(t, m.Method, m.Result, c.ok(m.Method, params))
		})
	}
}

// compareShape checks a value against a description: objects by keys ("key?" may be absent), arrays by
// their first member, texts name the type.
func compareShape(t *testing.T, at string, want, got json.RawMessage) {
	t.Helper()
	switch want[0] {
	case '{':
		fields, described := decode[map[string]json.RawMessage](t, got), decode[map[string]json.RawMessage](t, want)
		for key := range fields {
			if described[key] == nil && described[key+"?"] == nil {
				t.Errorf("%s: unexpected key %q", at, key)
			}
		}
		for key, kind := range described {
			name, optional := strings.CutSuffix(key, "?")
			value, ok := fields[name]
			switch {
			case ok:
				compareShape(t, at+"."+name, kind, value)
			case !optional && !strings.Contains(string(kind), "only when"):
				t.Errorf("%s: no key %q", at, name)
			}
		}
	case '[':
		members, kinds := decode[[]json.RawMessage](t, got), []json.RawMessage{}
		if json.Unmarshal(want, &kinds) != nil || len(members) == 0 {
			return
		}
		for i, m := range members {
			compareShape(t, fmt.Sprintf("%s[%d]", at, i), kinds[0], m)
		}
	case '"':
		kind := decode[string](t, want)
		ok := got[0] == 'n' && strings.Contains(kind, "null")
		switch {
		case strings.HasPrefix(kind, "string"), strings.HasPrefix(kind, "enum"), strings.HasPrefix(kind, "\""), strings.Contains(kind, "|") && strings.ToUpper(kind[:3]) == kind[:3]:
			ok = ok || got[0] == '"'
		case strings.HasPrefix(kind, "int"), strings.HasPrefix(kind, "48000"), len(kind) < 3:
			ok = ok || got[0] == '-' || got[0] >= '0' && got[0] <= '9'
		case strings.HasPrefix(kind, "bool"), strings.HasPrefix(kind, "true"):
			ok = ok || got[0] == 't' || got[0] == 'f'
		case kind == "SendResult", kind == "ReceivePayload", strings.HasPrefix(kind, "["):
			ok = ok || got[0] == '{' || got[0] == '['
		default:
			t.Fatalf("%s: description %q is not understood", at, kind)
		}
		if !ok {
			t.Errorf("%s: %s is no %s", at, got, kind)
		}
	}
}

func TestUnknownMethodsOfTheReference(t *testing.T) {
	c := open(t, start(t, simulator.Options{}))
	for _, m := range []string{"daemon", "jsonRpc", "link", "nope"} {
		c.fails(-32601, m, nil)
	}
	known := readMethods(t)
	if !slices.ContainsFunc(known, func(m documented) bool { return m.Method == "send" }) {
		t.Error("the table has no send")
	}
}
