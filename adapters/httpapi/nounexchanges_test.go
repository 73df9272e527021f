package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"heliograph/adapters/httpapi"
	"heliograph/domain"
	"heliograph/ports"
)

const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

// TestNounExchanges holds each operation by noun to the one call that it makes and to its answer.
func TestNounExchanges(t *testing.T) {
	const a, b = "+15550100001", "+15550100002"
	group := "/v1/groups/" + a + "/" + family
	for _, c := range []struct {
		name, method, target, body string
		status                     int
		calls                      string // parted by semicolons
		answer                     string // the whole body, or of an error the code
	}{
		{"groups", "GET", "/v1/groups/" + a, "", 200, "list groups of " + a, `[` + familyJSON(`"`+b+`"`) + `]`},
		{"groups, expanded", "GET", "/v1/groups/" + a + "?expand=true", "", 200, "list groups of " + a, `[` + familyJSON(`{"number":"`+b+`","uuid":""}`) + `]`},
		{"groups, expand", "GET", "/v1/groups/" + a + "?expand=1", "", 400, "", "invalid"},
		{"group", "GET", "/v1/groups/" + a + "/x", "", 200, "get x of " + a, familyJSON(`"` + b + `"`)},
		{"group, expand", "GET", "/v1/groups/" + a + "/x?expand=", "", 400, "", "invalid"},
		{"create group", "POST", "/v1/groups/" + a, `{"name":"N","members":["u:bob.01"],"expiration_time":60,"group_link":"enabled","permissions":{"add_members":"only-admins"}}`, 201,
			"create group of " + a + ": name=N add=[bob.01] link=enabled permissions={only-admins  } expiration=1m0s", `{"id":"` + family + `"}`},
		{"create group of nothing", "POST", "/v1/groups/" + a, `{}`, 201, "create group of " + a + ":", `{"id":"` + family + `"}`},
		{"create group, a group as member", "POST", "/v1/groups/" + a, `{"members":["` + family + `"]}`, 400, "", "invalid"},
		{"create group, an option as member", "POST", "/v1/groups/" + a, `{"members":["--help"]}`, 400, "", "invalid"},
		{"create group, permission", "POST", "/v1/groups/" + a, `{"permissions":{"edit_group":"nobody"}}`, 400, "", "invalid"},
		{"create group, expiration", "POST", "/v1/groups/" + a, `{"expiration_time":-1}`, 400, "", "invalid"},
		{"update group", "PUT", group, `{"name":"","description":"d"}`, 204, "update " + family + " of " + a + ": name= description=d", ""},
		{"update group, avatar", "PUT", group, `{"base64_avatar":"` + pixel + `"}`, 204, "update " + family + " of " + a + ": avatar=image/png", ""},
		{"update group, no image", "PUT", group, `{"base64_avatar":"cGxhaW4="}`, 400, "", "invalid"},
		{"update group, no base64", "PUT", group, `{"base64_avatar":"***"}`, 400, "", "invalid"},
		{"update group, link", "PUT", group, `{"group_link":""}`, 400, "", "invalid"},
		{"update group, no group", "PUT", "/v1/groups/" + a + "/group.!!!", `{}`, 400, "", "invalid"},
		{"delete group without prefix", "DELETE", strings.Replace(group, "group.", "", 1), "", 200, "quit " + family + " of " + a + " {false []}", ""},
		{"quit group", "POST", group + "/quit", "", 204, "quit " + family + " of " + a + " {false []}", ""},
		{"join group", "POST", group + "/join", "", 204, "update " + family + " of " + a + ":", ""},
		{"join group by link", "POST", "/v1/groups/" + a + "/join", `{"uri":"https://signal.group/#x"}`, 200, "join of " + a + ": https://signal.group/#x", `{"id":"` + family + `","requested":true}`},
		{"block group", "POST", group + "/block", "", 204, "block [" + family + "] of " + a, ""},
		{"unblock group", "POST", group + "/unblock", "", 204, "unblock [" + family + "] of " + a, ""},
		{"reset link", "POST", group + "/reset-link", "", 204, "update " + family + " of " + a + ": reset=true", ""},
		{"label", "PUT", group + "/member-label", `{"label":"Cook","emoji":""}`, 204, "update " + family + " of " + a + ": label=Cook emoji=", ""},
		{"label of nothing", "PUT", group + "/member-label", `{}`, 400, "", "invalid"},
		{"add members", "POST", "/v1/groups/" + a + "/x/members", `{"members":["` + b + `"]}`, 204, "update known x of " + a + ": add=[" + b + "]", ""},
		{"add no members", "POST", group + "/members", `{"members":[]}`, 400, "", "invalid"},
		{"remove members", "DELETE", group + "/members", `{"members":["` + b + `"]}`, 204, "update known " + family + " of " + a + ": remove=[" + b + "]", ""},
		{"remove no members", "DELETE", group + "/members", `{}`, 204, "", ""},
		{"add admins", "POST", group + "/admins", `{"admins":["bob.01"]}`, 204, "update known " + family + " of " + a + ": admins=[bob.01]", ""},
		{"remove admins", "DELETE", group + "/admins", `{"admins":["bob.01"]}`, 204, "update known " + family + " of " + a + ": no admins=[bob.01]", ""},
		{"ban", "POST", group + "/banned", `{"members":["` + b + `"]}`, 204, "update known " + family + " of " + a + ": ban=[" + b + "]", ""},
		{"ban nobody", "POST", group + "/banned", `{}`, 400, "", "invalid"},
		{"unban", "DELETE", group + "/banned", `{"members":["` + b + `"]}`, 204, "update known " + family + " of " + a + ": unban=[" + b + "]", ""},
		{"group avatar", "GET", group + "/avatar", "", 200, "group avatar " + family + " of " + a, "GIF89a"},

		{"contacts", "GET", "/v1/contacts/" + a + "?all_recipients=true", "", 200, "list contacts of " + a + " true", "[" + bobJSON + "]"},
		{"contacts, switch", "GET", "/v1/contacts/" + a + "?all_recipients=yes", "", 400, "", "invalid"},
		{"contact", "GET", "/v1/contacts/" + a + "/" + b, "", 200, "get contact " + b + " of " + a + " false", bobJSON},
		{"contact, a group", "GET", "/v1/contacts/" + a + "/" + family, "", 400, "", "invalid"},
		{"update contact", "PUT", "/v1/contacts/" + a, `{"recipient":"` + b + `"}`, 204, "update contact " + b + " of " + a + ": name absent, expiration absent", ""},
		{"update nobody", "PUT", "/v1/contacts/" + a, `{"name":"x"}`, 400, "", "invalid"},
		{"sync contacts", "POST", "/v1/contacts/" + a + "/sync", "", 204, "sync contacts of " + a, ""},
		{"remove contact", "DELETE", "/v1/contacts/" + a + "/" + b, "", 204, "remove contact " + b + " of " + a + " 0", ""},
		{"hide contact", "DELETE", "/v1/contacts/" + a + "/" + b + "?mode=hide", "", 204, "remove contact " + b + " of " + a + " 1", ""},
		{"forget contact", "DELETE", "/v1/contacts/" + a + "/" + b + "?mode=forget", "", 204, "remove contact " + b + " of " + a + " 2", ""},
		{"remove contact in another way", "DELETE", "/v1/contacts/" + a + "/" + b + "?mode=burn", "", 400, "", "invalid"},
		{"block contact", "POST", "/v1/contacts/" + a + "/" + b + "/block", "", 204, "block [" + b + "] of " + a, ""},
		{"unblock contact", "POST", "/v1/contacts/" + a + "/" + b + "/unblock", "", 204, "unblock [" + b + "] of " + a, ""},
		{"contact avatar", "GET", "/v1/contacts/" + a + "/" + b + "/avatar", "", 200, "profile avatar " + b + " of " + a, "GIF89a"},

		{"profile", "PUT", "/v1/profiles/" + a, `{"name":"A","about":""}`, 204, "profile of " + a + `: A, about true "", avatar none, remove true`, ""},
		{"profile without name", "PUT", "/v1/profiles/" + a, `{"about":"x"}`, 400, "", "invalid"},
		{"identities", "GET", "/v1/identities/" + a, "", 200, "list identities of " + a, `[{"added":"1700000000123","fingerprint":"05 aa","number":"` + b + `","safety_number":"12345","status":"UNTRUSTED","uuid":""}]`},
		{"identities of no number", "GET", "/v1/identities/--help", "", 400, "", "invalid"},
		{"trust all", "PUT", "/v1/identities/" + a + "/trust/" + b, `{"trust_all_known_keys":true}`, 204, "trust all of " + b + " of " + a, ""},
		{"trust", "PUT", "/v1/identities/" + a + "/trust/" + b, `{"verified_safety_number":"12345"}`, 204, "trust " + b + " with 12345 of " + a, ""},
		{"trust both", "PUT", "/v1/identities/" + a + "/trust/" + b, `{"verified_safety_number":"1","trust_all_known_keys":true}`, 400, "", "invalid"},
		{"trust neither", "PUT", "/v1/identities/" + a + "/trust/" + b, `{}`, 400, "", "invalid"},
		{"trust nothing", "PUT", "/v1/identities/" + a + "/trust/" + b, `{"verified_safety_number":""}`, 400, "", "invalid"},
		{"search", "GET", "/v1/search/" + a + "?numbers=%2B1&numbers=bob.01,x", "", 200, `status ["+1" "bob.01,x"] of ` + a, `[{"number":"` + b + `","registered":true},{"number":"bob.01","registered":false}]`},
		{"search nobody", "GET", "/v1/search/" + a, "", 400, "", "invalid"},
		{"devices", "GET", "/v1/devices/" + a, "", 200, "list devices of " + a, `[{"creation_timestamp":1,"id":2,"last_seen_timestamp":3,"name":"Desk"}]`},
		{"add device", "POST", "/v1/devices/" + a, `{"uri":"sgnl://linkdevice?uuid=x"}`, 204, "add device of " + a + ": sgnl://linkdevice?uuid=x", ""},
		{"remove device", "DELETE", "/v1/devices/" + a + "/2", "", 204, "remove device 2 of " + a, ""},
		{"remove no device", "DELETE", "/v1/devices/" + a + "/-1", "", 400, "", "invalid"},
		{"remove device by name", "DELETE", "/v1/devices/" + a + "/desk", "", 400, "", "invalid"},
		{"sticker packs", "GET", "/v1/sticker-packs/" + a, "", 200, "list packs of " + a, `[{"author":"","installed":true,"pack_id":"9a","title":"T","url":"https://signal.art"}]`},
		{"add sticker pack", "POST", "/v1/sticker-packs/" + a, `{"pack_id":"9a","pack_key":"19"}`, 201, "add pack of " + a + ": 9a 19", ""},
		{"settings", "PUT", "/v1/accounts/" + a + "/settings", `{"share_number":false}`, 201, "settings of " + a + ": false false, true false", ""},
		{"username", "POST", "/v1/accounts/" + a + "/username", `{"username":"alice"}`, 201, "username of " + a + ": alice", `{"username":"alice.42","username_link":"https://signal.me/#eu/x"}`},
		{"remove username", "DELETE", "/v1/accounts/" + a + "/username", "", 204, "remove username of " + a, ""},
		{"PIN", "POST", "/v1/accounts/" + a + "/pin", `{"pin":"1234"}`, 201, "PIN of " + a + ": 1234", ""},
		{"remove PIN", "DELETE", "/v1/accounts/" + a + "/pin", "", 204, "remove PIN of " + a, ""},
		{"challenge", "POST", "/v1/accounts/" + a + "/rate-limit-challenge", `{"challenge_token":"t","captcha":"c"}`, 204, "challenge of " + a + ": t c", ""},
		{"trust mode", "GET", "/v1/configuration/" + a + "/settings", "", 200, "trust mode of " + a, `{"trust_mode":"always"}`},
		{"set trust mode", "POST", "/v1/configuration/" + a + "/settings", `{"trust_mode":"never"}`, 204, "trust mode of " + a + ": never", ""},
		{"set another trust mode", "POST", "/v1/configuration/" + a + "/settings", `{"trust_mode":"sometimes"}`, 400, "", "invalid"},
		{"capabilities", "GET", "/v1/capabilities", "", 200, "capabilities", `[{"name":"sendPollCreate","since":"0.13.22","supported":false}]`},
		{"about with capabilities", "GET", "/v1/about?backend=true", "", 200, "capabilities", `{"backend_capabilities":[{"name":"sendPollCreate","since":"0.13.22","supported":false}],` +
			`"build":2,"capabilities":{"v2/send":["quotes","mentions"]},"mode":"normal","version":"unset","versions":["v1","v2"]}`},
		{"about with neither", "GET", "/v1/about?backend=maybe", "", 400, "", "invalid"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fake := &core{nouns: someNouns(t)}
			h, folder := newHandler(t, fake, httpapi.Options{})
			w := call(t, h, c.method, c.target, c.body)
			if w.Code != c.status {
				t.Fatalf("status %d, want %d: %s", w.Code, c.status, w.Body)
			}
			if calls := strings.Join(fake.nouns.calls, "; "); calls != c.calls {
				t.Errorf("called %q, want %q", calls, c.calls)
			}
			got := strings.TrimSpace(w.Body.String())
			var failure struct{ Error, Code string }
			switch {
			case c.status < 400 && got != c.answer:
				t.Errorf("answer %s, want %s", got, c.answer)
			case c.status >= 400 && (json.Unmarshal([]byte(got), &failure) != nil || failure.Error == "" || failure.Code != c.answer):
				t.Errorf("error %s, want code %s", got, c.answer)
			}
			empty(t, folder)
		})
	}
}

func someNouns(t *testing.T) nouns {
	t.Helper()
	id, err := domain.ParseGroupID(family)
	if err != nil {
		t.Fatal(err)
	}
	bob := domain.Address{Number: "+15550100002"}
	return nouns{
		groups: []domain.Group{{
			ID: id, Name: "Family", Member: true, Members: []domain.GroupMember{{Address: bob}}, Admins: []domain.Address{},
			Permissions: domain.GroupPermissions{EditGroup: domain.OnlyAdmins, SendMessages: domain.EveryMember},
		}},
		contacts:     []domain.Contact{{Address: bob, Name: "Bob", Blocked: true, MessageExpiration: time.Hour, Profile: &domain.Profile{FamilyName: "Sample", LastUpdate: 5}}},
		statuses:     []domain.UserStatus{{Asked: "x", Address: bob, Registered: true}, {Asked: "bob.01"}},
		picture:      []byte("GIF89a"),
		mode:         domain.TrustAlways,
		devices:      []domain.Device{{ID: 2, Name: "Desk", Created: 1, LastSeen: 3}},
		packs:        []domain.StickerPack{{ID: "9a", URL: "https://signal.art", Title: "T", Installed: true}},
		identities:   []domain.Identity{{Address: bob, Fingerprint: "05 aa", SafetyNumber: "12345", TrustLevel: domain.Distrusted, Added: 1700000000123}},
		capabilities: []ports.Capability{{Name: "sendPollCreate", Since: "0.13.22"}},
	}
}

// familyJSON is the group of someNouns with that member.
func familyJSON(member string) string {
	return `{"id":"` + family + `","internal_id":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=","name":"Family","description":"","member":true,"blocked":false,` +
		`"members":[` + member + `],"admins":[],"pending_invites":null,"pending_requests":null,"invite_link":"",` +
		`"permissions":{"add_members":"","edit_group":"only-admins","send_messages":"every-member"}}`
}

const bobJSON = `{"blocked":true,"color":"","given_name":"","message_expiration":"3600","name":"Bob","nickname":{"family_name":"","given_name":"","name":""},` +
	`"note":"","number":"+15550100002","profile":{"about":"","given_name":"","has_avatar":false,"last_updated_timestamp":5,"lastname":"Sample"},"profile_name":"","username":"","uuid":""}`

// TestPosts holds each operation that sends something but a message to what it sends.
func TestPosts(t *testing.T) {
	id, err := domain.ParseGroupID(family)
	if err != nil {
		t.Fatal(err)
	}
	bob := domain.Recipient{Number: "+15550100002"}
	toBob, toFamily := domain.Target{Recipients: []domain.Recipient{bob}}, domain.Target{Recipients: []domain.Recipient{{Group: id}}}
	const a, at = "+15550100001", 1700000000123
	toMessage := `"target_author":"+15550100002","timestamp":1700000000123`
	for _, c := range []struct {
		name, method, target, body string
		status                     int
		want                       domain.Outgoing // nil for a refusal
	}{
		{"reaction", "POST", "/v1/reactions/" + a, `{"recipient":"+15550100002","reaction":"👍🏽",` + toMessage + `}`, 204, domain.Reaction{Target: toBob, Emoji: "👍🏽", TargetAuthor: bob, TargetTimestamp: at}},
		{"reaction of nothing", "POST", "/v1/reactions/" + a, `{"recipient":"+15550100002",` + toMessage + `}`, 400, nil},
		{"reaction to nobody", "POST", "/v1/reactions/" + a, `{"reaction":"x",` + toMessage + `}`, 400, nil},
		{"reaction to an option", "POST", "/v1/reactions/" + a, `{"reaction":"x","recipient":"--remove",` + toMessage + `}`, 400, nil},
		{"removed reaction", "DELETE", "/v1/reactions/" + a, `{"recipient":"` + family + `",` + toMessage + `}`, 204, domain.Reaction{Target: toFamily, Emoji: "👍", TargetAuthor: bob, TargetTimestamp: at, Remove: true}},
		{"receipt", "POST", "/v1/receipts/" + a, `{"recipient":"+15550100002","receipt_type":"viewed","timestamp":1700000000123}`, 204, domain.Receipt{Recipient: bob, Type: domain.ReceiptViewed, TargetTimestamps: []domain.Timestamp{at}}},
		{"receipt to nobody", "POST", "/v1/receipts/" + a, `{"receipt_type":"viewed","timestamp":1700000000123}`, 400, nil},
		{"typing", "PUT", "/v1/typing-indicator/" + a, `{"recipient":"+15550100002"}`, 204, domain.TypingIndicator{Target: toBob}},
		{"typing no more", "DELETE", "/v1/typing-indicator/" + a, `{"recipient":"+15550100002"}`, 204, domain.TypingIndicator{Target: toBob, Stop: true}},
		{"typing to nobody", "DELETE", "/v1/typing-indicator/" + a, `{}`, 400, nil},
		{"remote delete", "DELETE", "/v1/remote-delete/" + a, `{"recipient":"bob.01","timestamp":1700000000123}`, 201, domain.RemoteDelete{Target: domain.Target{Recipients: []domain.Recipient{{Username: "bob.01"}}}, TargetTimestamp: at}},
		{"poll", "POST", "/v1/polls/" + a, `{"recipient":"+15550100002","question":"Q","answers":["-1","b"],"allow_multiple_selections":false}`, 201, domain.Poll{Target: toBob, Question: "Q", Options: []string{"-1", "b"}, Single: true}},
		{"poll of several", "POST", "/v1/polls/" + a, `{"recipient":"+15550100002","question":"Q","answers":["a","b"]}`, 201, domain.Poll{Target: toBob, Question: "Q", Options: []string{"a", "b"}}},
		{"vote", "POST", "/v1/polls/" + a + "/vote", `{"recipient":"+15550100002","poll_author":"+15550100002","poll_timestamp":"1700000000123","selected_answers":[1,3]}`, 204, domain.Vote{Target: toBob, PollAuthor: bob, PollTimestamp: at, Options: []int{0, 2}, Count: 1}},
		{"vote for answer 0", "POST", "/v1/polls/" + a + "/vote", `{"recipient":"+15550100002","poll_author":"+15550100002","poll_timestamp":"1700000000123","selected_answers":[0]}`, 400, nil},
		{"vote without author", "POST", "/v1/polls/" + a + "/vote", `{"recipient":"+15550100002","poll_timestamp":"1700000000123"}`, 400, nil},
		{"vote at a number", "POST", "/v1/polls/" + a + "/vote", `{"recipient":"+15550100002","poll_author":"+15550100002","poll_timestamp":1700000000123}`, 400, nil},
		{"closed poll", "DELETE", "/v1/polls/" + a, `{"recipient":"+15550100002","poll_timestamp":"1700000000123"}`, 204, domain.PollEnd{Target: toBob, PollTimestamp: at}},
		{"closed poll without timestamp", "DELETE", "/v1/polls/" + a, `{"recipient":"+15550100002"}`, 400, nil},
		{"closed poll at a word", "DELETE", "/v1/polls/" + a, `{"recipient":"+15550100002","poll_timestamp":"now"}`, 400, nil},
		{"pin", "POST", "/v1/groups/" + a + "/" + family + "/pin-message", `{` + toMessage + `}`, 201, domain.Pin{Target: toFamily, TargetAuthor: bob, TargetTimestamp: at, DurationSeconds: -1}},
		{"pin for no time", "POST", "/v1/groups/" + a + "/" + family + "/pin-message", `{"duration":0,` + toMessage + `}`, 201, domain.Pin{Target: toFamily, TargetAuthor: bob, TargetTimestamp: at}},
		{"pin for minus two", "POST", "/v1/groups/" + a + "/" + family + "/pin-message", `{"duration":-2,` + toMessage + `}`, 400, nil},
		{"pin of nobody", "POST", "/v1/groups/" + a + "/" + family + "/pin-message", `{"timestamp":1700000000123}`, 400, nil},
		{"pin in no group", "POST", "/v1/groups/" + a + "/group.!!!/pin-message", `{` + toMessage + `}`, 400, nil},
		{"unpin", "DELETE", "/v1/groups/" + a + "/" + family + "/pin-message", `{` + toMessage + `}`, 201, domain.Unpin{Target: toFamily, TargetAuthor: bob, TargetTimestamp: at}},
		{"accepted request", "POST", "/v1/message-requests/" + a, `{"recipient":"+15550100002","type":"accept"}`, 204, domain.MessageRequestResponse{Target: toBob, Accept: true}},
		{"deleted request", "POST", "/v1/message-requests/" + a, `{"recipient":"` + family + `","type":"delete"}`, 204, domain.MessageRequestResponse{Target: toFamily}},
		{"request without answer", "POST", "/v1/message-requests/" + a, `{"recipient":"+15550100002"}`, 400, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			fake := &core{}
			h, _ := newHandler(t, fake, httpapi.Options{})
			w := call(t, h, c.method, c.target, c.body)
			if w.Code != c.status {
				t.Fatalf("status %d, want %d: %s", w.Code, c.status, w.Body)
			}
			if c.want == nil {
				if len(fake.posts) != 0 {
					t.Errorf("sent %+v", fake.posts)
				}
				return
			}
			if len(fake.posts) != 1 || fmt.Sprintf("%#v", fake.posts[0]) != fmt.Sprintf("%#v", c.want) {
				t.Errorf("sent %#v, want %#v", fake.posts, c.want)
			}
			if w.Code == http.StatusCreated && w.Body.Len() > 0 && strings.TrimSpace(w.Body.String()) != `{"timestamp":"1700000000123"}` {
				t.Errorf("answer %s", w.Body)
			}
		})
	}
}

func TestRateLimitOfAPostNamesTheAccount(t *testing.T) {
	fake := &core{post: func(domain.Account, domain.Outgoing) (domain.SendResult, error) {
		return domain.SendResult{}, &domain.Error{Kind: domain.RateLimited, Detail: "slow down", Err: &domain.RateLimit{ChallengeTokens: []string{"t"}}}
	}}
	h, _ := newHandler(t, fake, httpapi.Options{})
	w := call(t, h, http.MethodPost, "/v1/message-requests/+15550100001", `{"recipient":"+15550100002","type":"accept"}`)
	want := `{"account":"+15550100001","challenge_tokens":["t"],"code":"rate_limited","error":"slow down"}`
	if got := strings.TrimSpace(w.Body.String()); w.Code != http.StatusTooManyRequests || got != want {
		t.Errorf("%d %s, want %s", w.Code, got, want)
	}
}

func TestAnUntrustedMemberIsNamedWithTheCallThatTrusts(t *testing.T) {
	fake := &core{nouns: nouns{err: &domain.Error{Kind: domain.Untrusted, Detail: "keys", Err: &domain.UntrustedIdentity{
		Recipients: []domain.Address{{UUID: "b0b00000-0000-4000-8000-000000000002"}, {}}}}}}
	h, _ := newHandler(t, fake, httpapi.Options{})
	w := call(t, h, http.MethodPut, "/v1/groups/%2B15550100001/"+family, `{"name":"x"}`)
	want := `{"code":"untrusted_identity","error":"keys","untrusted":[` +
		`{"trust":"PUT /v1/identities/+15550100001/trust/b0b00000-0000-4000-8000-000000000002","uuid":"b0b00000-0000-4000-8000-000000000002"},{}]}`
	if got := strings.TrimSpace(w.Body.String()); w.Code != http.StatusBadRequest || got != want {
		t.Errorf("%d %s, want %s", w.Code, got, want)
	}
}

// callsOf makes one request and gives its status and the calls that it made.
func callsOf(t *testing.T, method, target, body string) (int, []string) {
	t.Helper()
	fake := &core{nouns: someNouns(t)}
	h, _ := newHandler(t, fake, httpapi.Options{})
	return call(t, h, method, target, body).Code, fake.nouns.calls
}

func TestDefect28ZeroAndEmptyValuesReachTheBackend(t *testing.T) {
	for body, want := range map[string]string{
		`{"recipient":"+15550100002","name":""}`:                 `update contact +15550100002 of +15550100001: name "", expiration absent`,
		`{"recipient":"+15550100002","expiration_in_seconds":0}`: `update contact +15550100002 of +15550100001: name absent, expiration 0s`,
	} {
		if code, calls := callsOf(t, http.MethodPut, "/v1/contacts/+15550100001", body); code != http.StatusNoContent || !slices.Equal(calls, []string{want}) {
			t.Errorf("%s: %d %q", body, code, calls)
		}
	}
	code, calls := callsOf(t, http.MethodPut, "/v1/groups/+15550100001/"+family, `{"expiration_time":0}`)
	if code != http.StatusNoContent || !slices.Equal(calls, []string{"update " + family + " of +15550100001: expiration=0s"}) {
		t.Errorf("%d %q", code, calls)
	}
}

func TestDefect31AMissingAvatarIsNotFound(t *testing.T) {
	for _, target := range []string{"/v1/contacts/+15550100001/+15550100002/avatar", "/v1/groups/+15550100001/" + family + "/avatar"} {
		fake := &core{nouns: nouns{err: domain.Errorf(domain.NotFound, "", "no avatar")}}
		h, _ := newHandler(t, fake, httpapi.Options{})
		if w := call(t, h, http.MethodGet, target, ""); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
}

func TestDefect34AnUnescapedPlusInASearchIsOne(t *testing.T) {
	code, calls := callsOf(t, http.MethodGet, "/v1/search/+15550100001?numbers=+15550100002", "")
	if code != http.StatusOK || !slices.Equal(calls, []string{`status ["+15550100002"] of +15550100001`}) {
		t.Errorf("%d %q", code, calls)
	}
}

func TestAvatarsMayBeDataURIs(t *testing.T) {
	code, calls := callsOf(t, http.MethodPut, "/v1/profiles/+15550100001", `{"name":"A","base64_avatar":"data:image/png;base64,`+pixel+`"}`)
	if code != http.StatusNoContent || !slices.Equal(calls, []string{`profile of +15550100001: A, about false "", avatar image/png, remove false`}) {
		t.Errorf("%d %q", code, calls)
	}
}
