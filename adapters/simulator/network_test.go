package simulator_test

import (
	"fmt"
	"strings"
	"testing"

	"heliograph/adapters/simulator"
)

type response struct {
	Timestamp int64
	GroupID   string
	Results   []struct {
		Type              string
		GroupID           string
		Token             string
		RetryAfterSeconds int64
		RecipientAddress  struct{ UUID, Number, Username *string }
	}
}

func TestSendOutcomes(t *testing.T) {
	sim := start(t, simulator.Options{})
	c := open(t, sim)
	const unknown = "+15559990001"
	sim.Fail(carol, simulator.Failure{Type: "RATE_LIMIT_FAILURE", Token: "tok", RetryAfterSeconds: 60})
	for _, test := range []struct {
		name   string
		params object
		code   int
		text   string
		types  string
	}{
		{"one success is enough", object{"recipient": []string{bob, unknown}}, 0, "", "SUCCESS UNREGISTERED_FAILURE"},
		{"nobody", object{"recipient": unknown}, -1, "Failed to send message", "UNREGISTERED_FAILURE"},
		{"rate limit", object{"recipient": carol}, -5, "Failed to send message due to rate limiting", "RATE_LIMIT_FAILURE"},
		{"mixed failures", object{"recipient": []string{carol, unknown}}, -1, "Failed to send message", "RATE_LIMIT_FAILURE UNREGISTERED_FAILURE"},
		{"note to self", object{"noteToSelf": true}, 0, "", "SUCCESS"},
		{"group", object{"groupId": simulator.DemoGroupID}, 0, "", "RATE_LIMIT_FAILURE SUCCESS"},
		{"username", object{"username": "alice.01"}, 0, "", "SUCCESS"},
		{"uuid", object{"recipient": "b0b00000-0000-4000-8000-000000000002"}, 0, "", "SUCCESS"},
		{"no recipient", object{}, -1, "No recipients given", ""},
		{"bad number", object{"recipient": "abc"}, -1, "Invalid phone number 'abc': No valid characters found.", ""},
		{"bad group", object{"groupId": "AAAA"}, -1, `Invalid group id: Failed to decode groupId (must be base64) "AAAA": Invalid group id of size 3`, ""},
		{"url safe group id", object{"groupId": strings.Repeat("_", 43) + "="}, -1, "", ""},
		{"unknown group", object{"groupId": strings.Repeat("A", 43) + "="}, -1, "Group not found: " + strings.Repeat("A", 43) + "=", ""},
		{"empty", object{"recipient": bob, "message": ""}, -1, "", ""},
		{"no such file", object{"recipient": bob, "attachment": "/nonexistent"}, -32603,
			"Failed to send message: /nonexistent: /nonexistent (No such file or directory) (AttachmentInvalidException) (UnexpectedErrorException)", ""},
		{"no data URI", object{"recipient": bob, "attachment": "data:text/plain;base64,***"}, -32603, "", ""},
		{"upper case sticker", object{"recipient": bob, "sticker": strings.Repeat("AB", 16) + ":1"}, -1, "", ""},
		{"lower case style", object{"recipient": bob, "textStyle": "0:1:bold"}, -1, "Invalid style: bold", ""},
		{"quote without author", object{"recipient": bob, "quoteTimestamp": 1767225601111}, -1, "", ""},
		{"preview not in the text", object{"recipient": bob, "previewUrl": "https://example.org"}, -1, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.params["account"] = alice
			if _, given := test.params["message"]; !given {
				test.params["message"] = "x"
			}
			a := c.call("send", test.params)
			var r response
			if a.Error == nil {
				r = decode[response](t, a.Result)
			} else {
				if a.Error.Code != test.code || test.text != "" && a.Error.Message != test.text {
					t.Fatalf("got %v, want %d %s", a.Error, test.code, test.text)
				}
				if test.types != "" {
					r = decode[struct{ Response response }](t, a.Error.Data).Response
				}
			}
			if (a.Error == nil) != (test.code == 0) {
				t.Fatalf("error %v", a.Error)
			}
			var types []string
			for _, one := range r.Results {
				types = append(types, one.Type)
				if (one.GroupID != "") != (test.name == "group") {
					t.Errorf("group id %q", one.GroupID)
				}
				if one.Type == "RATE_LIMIT_FAILURE" && (one.Token != "tok" || one.RetryAfterSeconds != 60) {
					t.Errorf("%+v", one)
				}
			}
			if !sameSet(types, strings.Fields(test.types)) {
				t.Errorf("types %v, want %s", types, test.types)
			}
		})
	}
	c.ok("submitRateLimitChallenge", object{"account": alice, "challenge": "tok", "captcha": "signalcaptcha://solved"})
	sendText(c, alice, carol, "again")
}

func TestParameterTypes(t *testing.T) {
	c := open(t, start(t, simulator.Options{}))
	with := func(pairs ...any) object {
		p := object{"account": alice, "recipient": bob, "message": "x"}
		for i := 0; i < len(pairs); i += 2 {
			p[pairs[i].(string)] = pairs[i+1]
		}
		return p
	}
	for _, test := range []struct {
		name   string
		method string
		params object
		code   int
	}{
		{"singular list", "send", with("recipient", []string{bob}), 0},
		{"plural list", "send", with("recipient", nil, "recipients", []string{bob}), 0},
		{"plural as a scalar", "send", with("recipient", nil, "recipients", bob), -32603},
		{"list of numbers", "send", with("recipient", []int{1}), -32603},
		{"number as a list", "send", with("recipient", 5), -32603},
		{"dashed name", "send", with("recipient", nil, "group-id", simulator.DemoGroupID), 0},
		{"number as text", "send", with("message", 5), 0},
		{"array as text", "send", with("message", []string{"a", "b"}), 0},
		{"unknown parameter", "send", with("bogus", 1), 0},
		{"text as bool", "send", with("viewOnce", "true"), -32603},
		{"small int64", "send", with("editTimestamp", 5), -32603},
		{"int64", "send", with("editTimestamp", 1767225601111), 0},
		{"fraction", "send", with("editTimestamp", 1767225601111.5), -32603},
		{"missing int64", "remoteDelete", with(), -32603},
		{"small int64 in a list", "sendReceipt", with("targetTimestamp", []int{5}), 0},
		{"receipt type", "sendReceipt", with("targetTimestamp", []int{5}, "type", "seen"), -1},
		{"author falls back to the recipient", "sendReaction", with("emoji", "x", "targetTimestamp", 1767225601111), 0},
		{"but not in groups", "sendReaction", with("recipient", nil, "groupId", simulator.DemoGroupID, "emoji", "x", "targetTimestamp", 1767225601111), -32603},
		{"large int32", "updateContact", with("expiration", 1<<40), -32603},
		{"one option", "sendPollCreate", with("question", "q", "option", []string{"a"}), -1},
		{"no pin duration", "sendPinMessage", with("targetTimestamp", 1767225601111), -32603},
		{"call id as text", "hangupCall", with("callId", "5"), -1},
		{"unknown key of receive", "receive", object{"account": bob, "x": 1}, -32600},
		{"unknown key of register", "register", object{"account": "+15550100099", "x": 1}, -32600},
		{"register without account", "register", object{}, -32602},
		{"verify without a session", "verify", object{"account": "+15550100099", "verificationCode": "1"}, -32603},
		{"unknown link", "finishLink", object{"deviceLinkUri": "sgnl://linkdevice?uuid=a&pub_key=x"}, -1},
		{"link without uri", "finishLink", object{}, -1},
		{"no attachment", "getAttachment", object{"account": alice, "id": "nope"}, -1},
		{"attachment outside", "getAttachment", object{"account": alice, "id": "../methods.go"}, -1},
		{"no such device", "removeDevice", object{"account": alice, "deviceId": 9}, -3},
		{"unregistered contact", "updateContact", object{"account": alice, "recipient": "+15550200009"}, -1},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := c.call(test.method, test.params)
			code := 0
			if a.Error != nil {
				code = a.Error.Code
			}
			if code != test.code {
				t.Errorf("got %s %v, want %d", a.Result, a.Error, test.code)
			}
		})
	}
}

func TestBlockedSenderIsNotHeard(t *testing.T) {
	sim := start(t, simulator.Options{})
	c := open(t, sim)
	c.ok("subscribeReceive", object{"account": bob})
	c.ok("block", object{"account": bob, "recipient": alice})
	sendText(c, alice, bob, "unheard")
	sendText(c, carol, bob, "heard")
	if _, envelope := c.envelope(); message(t, envelope) != "heard" {
		t.Errorf("%v", envelope)
	}
	c.ok("unblock", object{"account": bob, "recipient": alice})
	sendText(c, alice, bob, "heard again")
	if _, envelope := c.envelope(); message(t, envelope) != "heard again" {
		t.Errorf("%v", envelope)
	}
}

func TestUntrustedIdentity(t *testing.T) {
	sim := start(t, simulator.Options{})
	c := open(t, sim)
	c.ok("subscribeReceive", object{"account": bob})
	sim.ChangeIdentity(alice)
	c.fails(-4, "send", object{"account": bob, "recipient": alice, "message": "x"})
	sendText(c, alice, bob, "held")
	if n := string(c.notification().Params); !strings.Contains(n, `"type":"UntrustedIdentityException"`) || strings.Contains(n, "held") {
		t.Fatalf("%s", n)
	}
	c.fails(-1, "trust", object{"account": bob, "recipient": alice})
	identity := decode[[]struct{ TrustLevel, SafetyNumber string }](t, c.ok("listIdentities", object{"account": bob, "number": alice}))[0]
	mirror := decode[[]struct{ SafetyNumber string }](t, c.ok("listIdentities", object{"account": alice, "number": bob}))[0]
	if identity.TrustLevel != "UNTRUSTED" || identity.SafetyNumber != mirror.SafetyNumber {
		t.Errorf("%+v %+v", identity, mirror)
	}
	c.ok("trust", object{"account": bob, "recipient": alice, "verifiedSafetyNumber": identity.SafetyNumber})
	if _, envelope := c.envelope(); message(t, envelope) != "held" {
		t.Errorf("%v", envelope)
	}
	sendText(c, bob, alice, "fine")
}

func TestGroupLife(t *testing.T) {
	sim := start(t, simulator.Options{})
	c := open(t, sim)
	made := decode[response](t, c.ok("updateGroup", object{"account": alice, "name": "Made", "member": []string{bob}}))
	if made.GroupID == "" || len(made.Results) != 2 {
		t.Fatalf("%+v", made)
	}
	group := func(account string) object {
		all := decode[[]object](t, c.ok("listGroups", object{"account": account, "groupId": made.GroupID}))
		if len(all) != 1 {
			t.Fatalf("%s sees %v", account, all)
		}
		return all[0]
	}
	update := func(account string, pairs ...any) object {
		p := object{"account": account, "groupId": made.GroupID}
		for i := 0; i < len(pairs); i += 2 {
			p[pairs[i].(string)] = pairs[i+1]
		}
		return p
	}
	c.ok("updateGroup", update(alice, "member", []string{carol}, "admin", []string{bob}, "link", "enabledWithApproval", "setPermissionSendMessages", "only-admins", "expiration", 60))
	g := group(bob)
	if len(g["members"].([]any)) != 3 || len(g["admins"].([]any)) != 2 || g["permissionSendMessage"] != "ONLY_ADMINS" || g["messageExpirationTime"] != 60.0 {
		t.Fatalf("%v", g)
	}
	c.fails(-1, "send", object{"account": carol, "groupId": made.GroupID, "message": "not allowed"})
	c.fails(-32603, "updateGroup", update(carol, "removeMember", []string{bob}))
	c.ok("updateGroup", update(alice, "removeMember", []string{carol}))
	if group(carol)["isMember"] != false {
		t.Error("carol is still a member")
	}
	c.fails(-1, "send", object{"account": carol, "groupId": made.GroupID, "message": "gone"})
	joined := decode[object](t, c.ok("joinGroup", object{"account": carol, "uri": g["groupInviteLink"]}))
	if joined["onlyRequested"] != true || len(group(alice)["requestingMembers"].([]any)) != 1 {
		t.Errorf("%v", joined)
	}
	c.ok("updateGroup", update(alice, "ban", []string{carol}, "resetLink", true))
	c.fails(-1, "joinGroup", object{"account": carol, "uri": g["groupInviteLink"]})
	c.ok("updateGroup", update(alice, "removeAdmin", []string{bob}))
	if e := c.fails(-1, "quitGroup", update(alice)); !strings.Contains(e.Message, "User is last admin in group: Made (") {
		t.Errorf("%v", e)
	}
	c.ok("quitGroup", update(alice, "admin", []string{bob}, "delete", true))
	if got := string(c.ok("listGroups", object{"account": alice, "groupId": made.GroupID})); got != "[]" {
		t.Errorf("after quit and delete: %s", got)
	}
}

func TestRegistration(t *testing.T) {
	var out strings.Builder
	sim := start(t, simulator.Options{RequireCaptcha: true, Out: &out})
	c := open(t, sim)
	const number = "+15550100066"
	c.fails(-1, "register", object{"account": number})
	c.ok("register", object{"account": number, "captcha": "signalcaptcha://x"})
	code := sim.VerificationCode(number)
	if code == "" || out.String() != fmt.Sprintf("verification code for %s: %s\n", number, code) {
		t.Fatalf("code %q, printed %q", code, out.String())
	}
	c.fails(-3, "verify", object{"account": number, "verificationCode": "no"})
	c.ok("verify", object{"account": number, "verificationCode": strings.ReplaceAll(code, "-", "")})
	sendText(c, alice, number, "welcome")
	c.ok("setPin", object{"account": number, "pin": "1234"})
	c.ok("unregister", object{"account": number})
	c.fails(-1, "send", object{"account": alice, "recipient": number, "message": "gone"})
	c.fails(-32602, "listDevices", object{"account": number})
	c.ok("register", object{"account": number, "captcha": "signalcaptcha://x"})
	code = sim.VerificationCode(number)
	c.fails(-1, "verify", object{"account": number, "verificationCode": code})
	c.ok("verify", object{"account": number, "verificationCode": code, "pin": "1234"})
	c.fails(-1, "deleteLocalAccountData", object{"account": number})
	c.ok("deleteLocalAccountData", object{"account": number, "ignoreRegistered": true})
	if got := string(c.ok("listAccounts", nil)); strings.Contains(got, number) {
		t.Errorf("still there: %s", got)
	}
}

func TestBannerNamesEverybody(t *testing.T) {
	banner := start(t, simulator.Options{}).Banner()
	for _, want := range []string{alice, "Alice Example", bob, carol, dave, "a phone", simulator.DemoGroupID} {
		if !strings.Contains(banner, want) {
			t.Errorf("no %q in %q", want, banner)
		}
	}
}
