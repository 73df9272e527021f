package clients_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// TestPysignalclirestapi drives every method of the library behind Home
// Assistant's Signal Messenger: as Alice, with Bob at the other end.
func TestPysignalclirestapi(t *testing.T) {
	clients := installed(t)
	g := startGateway(t)
	api := drive(t, clients.python(t, "python", "rest_api.py", g.url, alice))
	box := g.inbox(t, bob)

	runAll(t, slices.Concat(
		restAPIGeneral(api, "json-rpc"), restAPIMessages(g, api, box), restAPIAttachments(g, api, box), restAPIReceiving(g, api),
		restAPIPeople(g, api, box), restAPIGroups(g, api, box), restAPIAccount(api),
	))
}

// TestPysignalclirestapiInNormalMode drives the library in the mode in which most
// homes run the reference: a process a call, and receiving by GET.
func TestPysignalclirestapiInNormalMode(t *testing.T) {
	clients := installed(t)
	g := startGateway(t, processPerCall(t)...)
	api := drive(t, clients.python(t, "python", "rest_api.py", g.url, alice))
	box := g.inbox(t, bob)

	runAll(t, slices.Concat(
		restAPIGeneral(api, "normal"), restAPIMessages(g, api, box), restAPIAttachments(g, api, box), restAPIPolling(g, api),
		restAPIPeople(g, api, box), restAPIGroups(g, api, box), restAPIAccount(api),
	))
}

func restAPIGeneral(api *driver, mode string) []scenario {
	return []scenario{
		{"about", []string{"GET /v1/about"}, func(t *testing.T) {
			var got string
			api.call(t, "mode", nil, &got)
			var mentions bool
			api.call(t, "has_capability", args{"endpoint": "v2/send", "capability": "mentions"}, &mentions)
			var info []any
			api.call(t, "api_info", nil, &info)
			if got != mode || !mentions || len(info) != 2 || info[1] != 2.0 {
				t.Errorf("mode %q, mentions %v, api_info %v", got, mentions, info)
			}
		}},
		{"accounts", []string{"GET /v1/accounts"}, func(t *testing.T) {
			var numbers []string
			api.call(t, "list_accounts", nil, &numbers)
			slices.Sort(numbers)
			if !slices.Equal(numbers, []string{alice, bob, carol}) {
				t.Errorf("accounts %v", numbers)
			}
		}},
		{"a device to link", []string{"GET /v1/qrcodelink"}, func(t *testing.T) {
			var image []byte // the library gives base64
			api.call(t, "link_with_qr", args{"device_name": "Home Assistant"}, &image)
			if !bytes.HasPrefix(image, []byte("\x89PNG\r\n")) {
				t.Errorf("%.20q is no PNG", image)
			}
		}},
	}
}

func restAPIMessages(g *gateway, api *driver, box *inbox) []scenario {
	send := []string{"POST /v2/send"}
	return []scenario{
		{"text", send, func(t *testing.T) {
			var sent stamp
			api.call(t, "send_message", args{"message": "The door is open", "recipients": []string{bob}}, &sent)
			got := box.message(t, "The door is open")
			if got.SourceNumber != alice || got.Timestamp != sent.Timestamp || got.DataMessage.Timestamp != sent.Timestamp {
				t.Errorf("sent at %d, arrived %+v", sent.Timestamp, got)
			}
		}},
		{"styled text", send, func(t *testing.T) {
			api.call(t, "send_message", args{"message": "**open** *now*, ~not shut~, ||secret|| `42`", "recipients": bob, "text_mode": "styled"}, nil)
			got := box.message(t, "open now, not shut, secret 42").DataMessage.TextStyles
			want := []textStyle{{"BOLD", 0, 4}, {"ITALIC", 5, 3}, {"STRIKETHROUGH", 10, 8}, {"SPOILER", 20, 6}, {"MONOSPACE", 27, 2}}
			slices.SortFunc(got, func(a, b textStyle) int { return a.Start - b.Start })
			if !slices.Equal(got, want) {
				t.Errorf("styles %v, want %v", got, want)
			}
		}},
		{"quote and mentions", send, func(t *testing.T) {
			asked := g.send(t, bob, "Is it open?", alice)
			api.call(t, "send_message", args{
				"message": "X says yes", "recipients": []string{bob}, "quote_timestamp": asked, "quote_author": bob, "quote_message": "Is it open?",
				"mentions": []args{{"author": carol, "start": 0, "length": 1}},
			}, nil)
			got := box.message(t, "X says yes").DataMessage
			if got.Quote == nil || got.Quote.ID != asked || got.Quote.Text != "Is it open?" || got.Quote.AuthorUUID != bobUUID {
				t.Errorf("quote %+v", got.Quote)
			}
			if len(got.Mentions) != 1 || got.Mentions[0].UUID != carolUUID || got.Mentions[0].Length != 1 {
				t.Errorf("mentions %+v", got.Mentions)
			}
		}},
		{"to a group", send, func(t *testing.T) {
			api.call(t, "send_message", args{"message": "Dinner", "recipients": demoGroupID}, nil)
			if got := box.message(t, "Dinner").DataMessage.GroupInfo; got == nil || got.GroupID != demoGroup {
				t.Errorf("group %+v", got)
			}
		}},
		{"to nobody", send, func(t *testing.T) {
			api.refuse(t, "send_message", args{"message": "Hello", "recipients": []string{"--config=/x"}}, "SignalCliRestApiError")
		}},
		{"reactions", []string{"POST /v1/reactions/{number}", "DELETE /v1/reactions/{number}"}, func(t *testing.T) {
			asked := g.send(t, bob, "Well?", alice)
			for call, remove := range map[string]bool{"add_reaction": false, "remove_reaction": true} {
				a := args{"recipient": bob, "timestamp": asked}
				if !remove {
					a["reaction"] = "👍"
				}
				api.call(t, call, a, nil)
				got := box.next(t, "reaction", func(e envelope) bool { return e.DataMessage != nil && e.DataMessage.Reaction != nil }).DataMessage.Reaction
				if got.IsRemove != remove || got.TargetSentTimestamp != asked || got.TargetAuthorUUID != bobUUID || !remove && got.Emoji != "👍" {
					t.Errorf("%s: %+v", call, got)
				}
			}
		}},
		{"receipts", []string{"POST /v1/receipts/{number}"}, func(t *testing.T) {
			asked := g.send(t, bob, "Seen?", alice)
			for _, kind := range []string{"read", "viewed"} {
				api.call(t, "send_receipt", args{"recipient": bob, "timestamp": asked, "receipt_type": kind}, nil)
				got := box.next(t, kind+" receipt", func(e envelope) bool {
					return e.ReceiptMessage != nil && slices.Contains(e.ReceiptMessage.Timestamps, asked) && (e.ReceiptMessage.IsRead || e.ReceiptMessage.IsViewed)
				}).ReceiptMessage
				if got.IsViewed != (kind == "viewed") {
					t.Errorf("%s receipt: %+v", kind, got)
				}
			}
		}},
	}
}

func restAPIAttachments(g *gateway, api *driver, box *inbox) []scenario {
	needs := []string{"POST /v2/send", "GET /v1/attachments", "GET /v1/attachments/{attachment}", "DELETE /v1/attachments/{attachment}"}
	return []scenario{{"attachments", needs, func(t *testing.T) {
		files := []string{filepath.Join(t.TempDir(), "door.png"), filepath.Join(t.TempDir(), "note.txt")}
		texts := [][]byte{png, []byte("Nobody is at the door.\n")}
		for i, file := range files {
			if err := os.WriteFile(file, texts[i], 0o600); err != nil {
				t.Fatal(err)
			}
		}
		api.call(t, "send_message", args{"message": "two files", "recipients": bob, "filenames": files}, nil)
		arrived := box.message(t, "two files").DataMessage.Attachments
		if len(arrived) != 2 || arrived[0].ContentType != "image/png" || arrived[1].ContentType != "text/plain" {
			t.Fatalf("attachments %+v", arrived)
		}
		var kept []string
		api.call(t, "list_attachments", nil, &kept)
		for i, a := range arrived {
			var got content
			api.call(t, "get_attachment", args{"attachment_id": a.ID}, &got)
			if !slices.Contains(kept, a.ID) || !bytes.Equal(got.Base64, texts[i]) {
				t.Errorf("attachment %s of %v: %d bytes, want %d", a.ID, kept, len(got.Base64), len(texts[i]))
			}
			api.call(t, "delete_attachment", args{"attachment_id": a.ID}, nil)
			api.refuse(t, "get_attachment", args{"attachment_id": a.ID}, "SignalCliRestApiError")
		}

		big := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
		api.call(t, "send_message", args{"message": "a megabyte", "recipients": bob, "attachments_as_bytes": []content{{big}}}, nil)
		var got content
		api.call(t, "get_attachment", args{"attachment_id": box.message(t, "a megabyte").DataMessage.Attachments[0].ID}, &got)
		if !bytes.Equal(got.Base64, big) {
			t.Errorf("got %d bytes back, want %d", len(got.Base64), len(big))
		}
	}}}
}

func restAPIReceiving(g *gateway, api *driver) []scenario {
	return []scenario{{"receive by WebSocket", []string{"GET /v1/receive/{number}"}, func(t *testing.T) {
		api.begin(t, args{"call": "receive", "args": args{"timeout": 60, "max_messages": 2}})
		g.awaitReaders(t, "websocket", 1)
		g.send(t, bob, "first", alice)
		g.send(t, carol, "second", alice)
		var got []struct {
			Account  string
			Envelope envelope
		}
		if raised := api.end(t, &got); raised != "" {
			t.Fatal(raised)
		}
		if len(got) != 2 || got[0].Account != alice || got[0].Envelope.DataMessage.Message != "first" || got[1].Envelope.SourceNumber != carol {
			t.Errorf("received %+v", got)
		}
	}}}
}

func restAPIPolling(g *gateway, api *driver) []scenario {
	return []scenario{{"receive by GET", []string{"GET /v1/receive/{number}"}, func(t *testing.T) {
		g.send(t, bob, "first", alice)
		g.send(t, bob, "second", alice)
		var texts []string
		for end := time.Now().Add(hangLimit); !slices.Contains(texts, "second") && time.Now().Before(end); {
			var got []struct{ Envelope envelope }
			api.call(t, "receive", args{"timeout": 1, "ignore_stories": true}, &got)
			for _, one := range got {
				if one.Envelope.DataMessage != nil {
					texts = append(texts, one.Envelope.DataMessage.Message)
				}
			}
		}
		if count := len(texts); count < 2 || texts[count-2] != "first" || texts[count-1] != "second" {
			t.Errorf("received %v", texts)
		}
	}}}
}

func restAPIPeople(g *gateway, api *driver, box *inbox) []scenario {
	return []scenario{
		{"contacts", []string{"GET /v1/contacts/{number}", "PUT /v1/contacts/{number}", "POST /v1/contacts/{number}/sync"}, func(t *testing.T) {
			// The library reads JSON from the empty answer 204 and raises; the contact is changed all the same.
			api.refuse(t, "update_contact", args{"contact": bob, "name": "Robert", "expiration_in_seconds": 3600}, "JSONDecodeError")
			var people []struct {
				Number, Name      string
				MessageExpiration string `json:"message_expiration"`
			}
			api.call(t, "get_contacts", nil, &people)
			at := slices.IndexFunc(people, func(p struct {
				Number, Name      string
				MessageExpiration string `json:"message_expiration"`
			}) bool {
				return p.Number == bob
			})
			if at < 0 || people[at].Name != "Robert" || people[at].MessageExpiration != "3600" {
				t.Errorf("contacts %+v", people)
			}
			api.refuse(t, "update_contact", args{"contact": bob, "expiration_in_seconds": 0}, "JSONDecodeError")
			api.call(t, "sync_contacts", nil, nil)
		}},
		{"search", nil, func(t *testing.T) {
			// The library asks for a path that the reference has given up for /v1/search/{number}.
			api.refuse(t, "search", args{"numbers": []string{bob}}, "SignalCliRestApiError")
		}},
		{"identities", []string{"GET /v1/identities/{number}", "PUT /v1/identities/{number}/trust/{numbertotrust}"}, func(t *testing.T) {
			type identity struct {
				Number, Status string
				SafetyNumber   string `json:"safety_number"`
			}
			ofBob := func() identity {
				var all []identity
				api.call(t, "list_indentities", nil, &all)
				at := slices.IndexFunc(all, func(i identity) bool { return i.Number == bob })
				if at < 0 {
					t.Fatalf("identities %+v", all)
				}
				return all[at]
			}
			api.call(t, "send_message", args{"message": "so that we know each other", "recipients": bob}, nil)
			known := ofBob()
			api.call(t, "verify_indentity", args{"number_to_trust": bob, "verified_safety_number": known.SafetyNumber}, nil)
			if got := ofBob(); got.Status != "TRUSTED_VERIFIED" {
				t.Errorf("before %+v, after %+v", known, got)
			}
		}},
		{"profile", []string{"PUT /v1/profiles/{number}", "GET /v1/contacts/{number}/{uuid}"}, func(t *testing.T) {
			api.call(t, "update_profile", args{"name": "House", "attachment_as_bytes": content{png}}, nil)
			var seen struct {
				Profile struct {
					GivenName string `json:"given_name"`
					HasAvatar bool   `json:"has_avatar"`
				}
			}
			g.request(t, http.MethodGet, "/v1/contacts/"+bob+"/"+aliceUUID, nil, &seen)
			if seen.Profile.GivenName != "House" || !seen.Profile.HasAvatar {
				t.Errorf("Bob sees %+v", seen)
			}
		}},
	}
}

func restAPIAccount(api *driver) []scenario {
	return []scenario{{"registration lock", []string{"POST /v1/accounts/{number}/pin", "DELETE /v1/accounts/{number}/pin"}, func(t *testing.T) {
		// Both answers are empty, 201 and 204, and the library reads JSON from them.
		api.refuse(t, "add_pin", args{"pin": "1234"}, "JSONDecodeError")
		api.refuse(t, "remove_pin", nil, "JSONDecodeError")
	}}}
}

// group is a group as the gateway lists it.
type group struct {
	ID, Name, Description string
	InternalID            string `json:"internal_id"`
	InviteLink            string `json:"invite_link"`
	Members, Admins       []string
	PendingInvites        []string `json:"pending_invites"`
	Blocked, Member       bool
	Permissions           struct {
		AddMembers string `json:"add_members"`
		EditGroup  string `json:"edit_group"`
	}
}

func restAPIGroups(g *gateway, api *driver, box *inbox) []scenario {
	get := func(t *testing.T, id string) group {
		t.Helper()
		var found group
		api.call(t, "get_group", args{"groupid": id}, &found)
		return found
	}
	one := "/v1/groups/{number}/{groupid}"
	needs := []string{"POST /v1/groups/{number}", "GET /v1/groups/{number}", "GET " + one, "PUT " + one, "DELETE " + one,
		"POST " + one + "/members", "DELETE " + one + "/members", "POST " + one + "/admins", "DELETE " + one + "/admins",
		"POST " + one + "/quit", "POST " + one + "/block", "POST " + one + "/join"}
	return []scenario{{"groups", needs, func(t *testing.T) {
		var made struct{ ID string }
		api.call(t, "create_group", args{
			"name": "House", "members": bob, "description": "All about it", "group_link": "enabled",
			"permissions": args{"add_members": "only-admins", "edit_group": "every-member"},
		}, &made)
		got := get(t, made.ID)
		if got.Name != "House" || got.Description != "All about it" || !slices.Contains(got.Members, bob) || got.InviteLink == "" ||
			got.Permissions.AddMembers != "only-admins" || got.Permissions.EditGroup != "every-member" {
			t.Errorf("made %+v", got)
		}
		var all []group
		api.call(t, "list_groups", nil, &all)
		if !slices.ContainsFunc(all, func(g group) bool { return g.ID == made.ID && g.InternalID == got.InternalID }) {
			t.Errorf("%s is not among %+v", made.ID, all)
		}
		api.call(t, "update_group", args{"groupid": made.ID, "name": "Home", "attachment_as_bytes": content{png}, "expiration_time": 60}, nil)
		api.call(t, "add_group_members", args{"groupid": made.ID, "members": carol}, nil)
		api.call(t, "add_group_admins", args{"groupid": made.ID, "admins": bob}, nil)
		if got = get(t, made.ID); got.Name != "Home" || !slices.Contains(got.Members, carol) || !slices.Contains(got.Admins, bob) {
			t.Errorf("changed %+v", got)
		}
		api.call(t, "send_message", args{"message": "in the new group", "recipients": made.ID}, nil)
		if got := box.message(t, "in the new group").DataMessage; got.GroupInfo == nil || got.ExpiresInSeconds != 60 {
			t.Errorf("in the group: %+v", got)
		}
		api.call(t, "remove_group_admins", args{"groupid": made.ID, "admins": bob}, nil)
		api.call(t, "remove_group_members", args{"groupid": made.ID, "members": []string{carol}}, nil)
		if got = get(t, made.ID); slices.Contains(got.Members, carol) || slices.Contains(got.Admins, bob) {
			t.Errorf("changed back %+v", got)
		}
		api.call(t, "join_group", args{"groupid": demoGroupID}, nil)
		api.call(t, "block_group", args{"groupid": made.ID}, nil)
		if got = get(t, made.ID); !got.Blocked {
			t.Errorf("blocked %+v", got)
		}
		api.call(t, "add_group_admins", args{"groupid": made.ID, "admins": bob}, nil) // somebody must remain
		api.call(t, "leave_group", args{"groupid": made.ID}, nil)
		if got = get(t, made.ID); got.Member {
			t.Errorf("left %+v", got)
		}
		api.call(t, "delete_group", args{"groupid": made.ID}, nil) // which is leaving, too
		api.refuse(t, "get_group", args{"groupid": unknownGroupID}, "SignalCliRestApiError")
	}}}
}
