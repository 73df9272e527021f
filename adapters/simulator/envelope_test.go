package simulator_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"heliograph/adapters/simulator"
)

// keys lists the paths of all keys in a JSON value; members of arrays count together. Values that are
// texts, numbers and so on end in their JSON type.
func keys(prefix string, v any, into map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for k, member := range v {
			keys(prefix+"."+k, member, into)
		}
	case []any:
		for _, member := range v {
			keys(prefix+"[]", member, into)
		}
		if len(v) == 0 {
			into[prefix+"[]"] = true
		}
	case nil:
		into[prefix+" null"] = true
	case string:
		into[prefix+" string"] = true
	case bool:
		into[prefix+" bool"] = true
	default:
		into[prefix+" number"] = true
	}
}

func keySet(v any) []string {
	into := map[string]bool{}
	keys("", v, into)
	out := make([]string, 0, len(into))
	for k := range into {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// TestEnvelopesHaveTheShapesOfSignalCLI makes each kind of envelope and compares its keys and types with the
// frame that signal-cli's own serialiser printed for that kind.
func TestEnvelopesHaveTheShapesOfSignalCLI(t *testing.T) {
	raw, err := os.ReadFile("testdata/envelopes.json")
	if err != nil {
		t.Fatal(err)
	}
	frames := map[string]any{}
	for _, e := range decode[[]struct {
		Name  string
		Frame any
	}](t, raw) {
		frames[e.Name] = e.Frame
	}
	dir := t.TempDir()
	picture := filepath.Join(dir, "roof.png")
	if err := os.WriteFile(picture, []byte("\x89PNG\r\n\x1a\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const when = 1767225601111
	group := simulator.DemoGroupID
	for _, test := range []struct {
		frame  string
		method string
		params object
		// ignore are paths that the frame has and this example cannot have, or the other way round.
		ignore []string
	}{
		{"data-text", "send", object{"recipient": bob, "message": "x"}, nil},
		{"data-text-group", "send", object{"groupId": group, "message": "x"}, nil},
		{"data-mention-and-styles", "send", object{"groupId": group, "message": "a ￼ b", "mention": "2:1:" + carol, "textStyle": "0:1:BOLD"}, nil},
		{"data-attachments", "send", object{"recipient": bob, "message": "x", "attachment": []string{"data:image/jpeg;filename=roof.jpg;base64,AAAA", "data:application/octet-stream;base64,AAAA"}},
			[]string{".width", ".height", ".size null"}},
		{"data-view-once", "send", object{"recipient": bob, "viewOnce": true, "attachment": "data:image/jpeg;base64,AAAA"}, []string{".width", ".height"}},
		{"data-quote", "send", object{"recipient": bob, "message": "x", "quoteTimestamp": when, "quoteAuthor": carol, "quoteMessage": "y",
			"quoteTextStyle": "0:1:ITALIC", "quoteAttachment": "image/png:plan.png:" + picture}, []string{".width", ".height", ".thumbnail.filename"}},
		{"data-link-preview", "send", object{"recipient": bob, "message": "https://example.org/", "previewUrl": "https://example.org/", "previewTitle": "t",
			"previewDescription": "d", "previewImage": "data:image/jpeg;base64,AAAA"}, []string{".width", ".height"}},
		{"data-sticker", "send", object{"recipient": bob, "sticker": "68656c696f67726170682064656d6f21:0"}, nil},
		{"data-reaction", "sendReaction", object{"recipient": bob, "emoji": "x", "targetTimestamp": when}, nil},
		{"data-reaction-remove-group", "sendReaction", object{"groupId": group, "emoji": "x", "targetAuthor": bob, "targetTimestamp": when, "remove": true}, nil},
		{"data-remote-delete", "remoteDelete", object{"recipient": bob, "targetTimestamp": when}, nil},
		{"data-expiration-update", "updateContact", object{"recipient": bob, "expiration": 60}, nil},
		{"data-group-update", "updateGroup", object{"groupId": group, "name": "x"}, nil},
		{"data-payment", "sendPaymentNotification", object{"recipient": bob, "note": "x", "receipt": "AAAA"}, nil},
		{"data-poll-create", "sendPollCreate", object{"groupId": group, "question": "?", "option": []string{"a", "b"}}, nil},
		{"data-poll-vote", "sendPollVote", object{"groupId": group, "pollAuthor": bob, "pollTimestamp": when, "option": []int{1}, "voteCount": 1}, nil},
		{"data-poll-terminate", "sendPollTerminate", object{"groupId": group, "pollTimestamp": when}, nil},
		{"data-pin", "sendPinMessage", object{"groupId": group, "targetAuthor": bob, "targetTimestamp": when, "pinDuration": 5}, nil},
		{"data-unpin", "sendUnpinMessage", object{"groupId": group, "targetAuthor": bob, "targetTimestamp": when}, nil},
		{"data-admin-delete", "sendAdminDelete", object{"groupId": group, "targetAuthor": bob, "targetTimestamp": when}, nil},
		{"data-story-reply", "send", object{"recipient": bob, "message": "x", "storyTimestamp": when, "storyAuthor": bob}, nil},
		{"data-story-reaction", "sendReaction", object{"recipient": bob, "emoji": "x", "targetTimestamp": when, "story": true}, nil},
		{"edit-text", "send", object{"recipient": bob, "message": "x", "editTimestamp": when}, nil},
		{"edit-text-group", "send", object{"groupId": group, "message": "x", "editTimestamp": when}, nil},
		{"story-image-group", "sendStory", object{"groupId": group, "attachment": picture}, []string{".width", ".height", ".filename"}},
		{"receipt-read", "sendReceipt", object{"recipient": bob, "targetTimestamp": when}, nil},
		{"receipt-viewed", "sendReceipt", object{"recipient": bob, "targetTimestamp": when, "type": "viewed"}, nil},
		{"typing-started", "sendTyping", object{"recipient": bob}, nil},
		{"typing-stopped-group", "sendTyping", object{"groupId": group, "stop": true}, nil},
		{"call-offer", "startCall", object{"recipient": bob}, nil},
	} {
		t.Run(test.frame, func(t *testing.T) {
			c := open(t, start(t, simulator.Options{ReceiveMode: simulator.ReceiveOnConnection, ConfigDir: dir}))
			test.params["account"] = alice
			c.ok(test.method, test.params)
			var got any
			for { // other members of a group get it too
				n := c.notification()
				var params any
				_ = json.Unmarshal(n.Params, &params)
				if account, _ := payloadOf(t, n); account == bob {
					got = object{"jsonrpc": "2.0", "method": n.Method, "params": params}
					break
				}
			}
			ignored := func(path string) bool {
				return slices.ContainsFunc(test.ignore, func(i string) bool { return strings.Contains(path, i) })
			}
			want, have := slices.DeleteFunc(keySet(frames[test.frame]), ignored), slices.DeleteFunc(keySet(got), ignored)
			for _, k := range want {
				if !slices.Contains(have, k) {
					t.Errorf("missing %s", k)
				}
			}
			for _, k := range have {
				if !slices.Contains(want, k) {
					t.Errorf("unexpected %s", k)
				}
			}
		})
	}
}

func TestTextStaysAsItIs(t *testing.T) {
	sim := start(t, simulator.Options{})
	c := open(t, sim)
	const text = "a\u2028b\u2029c \\u2028 \"q\" <>& 😀 \x7f"
	c.ok("send", object{"account": alice, "recipient": bob, "message": text})
	raw := string(sim.Waiting(bob)[0])
	if strings.Contains(strings.ReplaceAll(raw, `\\u2028`, ""), `\u`) || !strings.Contains(raw, "<>& 😀") || !strings.Contains(raw, "a\u2028b\u2029c") {
		t.Errorf("escaped more than JSON demands: %s", raw)
	}
	var p struct {
		Envelope struct{ DataMessage struct{ Message string } }
	}
	if err := json.Unmarshal([]byte(raw), &p); err != nil || p.Envelope.DataMessage.Message != text {
		t.Errorf("%v: %q", err, p.Envelope.DataMessage.Message)
	}
}
