package clients_test

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// TestPiece drives every action of the Activepieces piece and its triggers: as
// Alice, with Bob at the other end.
func TestPiece(t *testing.T) {
	clients := installed(t)
	g := startGateway(t)
	piece := drive(t, clients.node(t, "piece.js", g.url, alice))
	box := g.inbox(t, bob)

	runAll(t, slices.Concat(
		pieceGeneral(piece), pieceMessages(g, piece, box), pieceReceiving(g, piece), pieceSmallThings(g, piece, box),
		piecePeople(g, piece), pieceGroups(g, piece, box), pieceDevices(piece),
	))
}

func pieceGeneral(piece *driver) []scenario {
	return []scenario{
		{"accounts", []string{"GET /v1/accounts"}, func(t *testing.T) {
			var numbers []string
			piece.call(t, "listAccounts", nil, &numbers)
			slices.Sort(numbers)
			if !slices.Equal(numbers, []string{alice, bob, carol}) {
				t.Errorf("accounts %v", numbers)
			}
		}},
		{"a device to link", []string{"GET /v1/qrcodelink"}, func(t *testing.T) {
			var image string // the piece takes the image for a text
			piece.call(t, "getQrCodeLink", args{"device_name": "flow", "qrcode_version": 10}, &image)
			if !strings.Contains(image, "PNG\r\n") {
				t.Errorf("%.20q is no PNG", image)
			}
		}},
	}
}

func pieceMessages(g *gateway, piece *driver, box *inbox) []scenario {
	send := []string{"POST /v2/send"}
	dataURI := "data:image/png;filename=graph.png;base64," + base64.StdEncoding.EncodeToString(png)
	return []scenario{
		{"text", send, func(t *testing.T) {
			var sent stamp
			piece.call(t, "sendMessage", args{"message": "Order 7", "recipients": []string{bob}, "notify_self": true, "view_once": false}, &sent)
			if got := box.message(t, "Order 7"); got.Timestamp != sent.Timestamp || got.SourceNumber != alice {
				t.Errorf("sent at %d, arrived %+v", sent.Timestamp, got)
			}
		}},
		{"everything at once", send, func(t *testing.T) {
			asked := g.send(t, bob, "Which one?", alice)
			piece.call(t, "sendMessage", args{
				"message": "X: **this** https://example.org/7", "recipients": []string{bob}, "text_mode": "styled",
				"base64_attachments": []string{dataURI}, "mentions": []args{{"author": carol, "start": 0, "length": 1}},
				"quote_timestamp": asked, "quote_author": bob, "quote_message": "Which one?",
				"link_preview_url": "https://example.org/7", "link_preview_title": "Seven", "link_preview_description": "A number",
				"link_preview_base64_thumbnail": dataURI,
			}, nil)
			got := box.message(t, "X: this https://example.org/7").DataMessage
			if len(got.Attachments) != 1 || got.Attachments[0].Filename != "graph.png" || got.Attachments[0].Size != len(png) {
				t.Errorf("attachments %+v", got.Attachments)
			}
			if !slices.Equal(got.TextStyles, []textStyle{{"BOLD", 3, 4}}) || len(got.Mentions) != 1 || got.Mentions[0].UUID != carolUUID {
				t.Errorf("styles %+v, mentions %+v", got.TextStyles, got.Mentions)
			}
			if got.Quote == nil || got.Quote.ID != asked || len(got.Previews) != 1 || got.Previews[0].Title != "Seven" || got.Previews[0].Description != "A number" {
				t.Errorf("quote %+v, previews %+v", got.Quote, got.Previews)
			}
		}},
		{"an edit", send, func(t *testing.T) {
			var sent stamp
			piece.call(t, "sendMessage", args{"message": "Order 8", "recipients": []string{bob}}, &sent)
			piece.call(t, "sendMessage", args{"message": "Order 9", "recipients": []string{bob}, "edit_timestamp": sent.Timestamp}, nil)
			got := box.next(t, "edit", func(e envelope) bool { return e.EditMessage != nil }).EditMessage
			if got.TargetSentTimestamp != sent.Timestamp || got.DataMessage.Message != "Order 9" {
				t.Errorf("edit %+v", got)
			}
		}},
		{"view once", send, func(t *testing.T) {
			piece.call(t, "sendMessage", args{"message": "", "recipients": []string{bob}, "view_once": true, "base64_attachments": []string{dataURI}}, nil)
			box.next(t, "image to view once", func(e envelope) bool { return e.DataMessage != nil && e.DataMessage.ViewOnce })
		}},
		{"an approval", send, func(t *testing.T) {
			var waiting struct{ MessageTimestamp int64 }
			piece.call(t, "request_approval_message", args{"message": "Pay 7?", "recipients": []string{bob}}, &waiting)
			if got := box.message(t, "Pay 7?"); got.Timestamp != waiting.MessageTimestamp {
				t.Errorf("arrived at %d, the piece waits for an answer to %d", got.Timestamp, waiting.MessageTimestamp)
			}
		}},
		{"a failure", send, func(t *testing.T) {
			piece.refuse(t, "sendMessage", args{"number": "+15550109999", "message": "lost", "recipients": []string{bob}}, "400")
		}},
		{"remote delete", []string{"POST /v2/send", "DELETE /v1/remote-delete/{number}"}, func(t *testing.T) {
			var sent stamp
			piece.call(t, "sendMessage", args{"message": "Oops", "recipients": []string{bob}}, &sent)
			piece.call(t, "remoteDeleteMessage", args{"recipient": bob, "timestamp": sent.Timestamp}, nil)
			got := box.next(t, "deletion", func(e envelope) bool { return e.DataMessage != nil && e.DataMessage.RemoteDelete != nil }).DataMessage
			if got.RemoteDelete.Timestamp != sent.Timestamp {
				t.Errorf("deleted %+v, want %d", got.RemoteDelete, sent.Timestamp)
			}
		}},
		{"attachments", []string{"GET /v1/attachments"}, func(t *testing.T) {
			piece.call(t, "sendMessage", args{"message": "a graph", "recipients": []string{bob}, "base64_attachments": []string{dataURI}}, nil)
			arrived := box.message(t, "a graph").DataMessage.Attachments
			var kept []string
			piece.call(t, "listAttachments", nil, &kept)
			if len(arrived) != 1 || !slices.Contains(kept, arrived[0].ID) || !bytes.Equal(g.fetch(t, "/v1/attachments/"+arrived[0].ID), png) {
				t.Errorf("arrived %+v, kept %v", arrived, kept)
			}
		}},
	}
}

// pieceReceiving drives the trigger, in both of its ways.
func pieceReceiving(g *gateway, piece *driver) []scenario {
	type message struct{ Envelope envelope }
	texts := func(messages []message) (texts []string) {
		for _, m := range messages {
			texts = append(texts, m.Envelope.DataMessage.Message)
		}
		return texts
	}
	receive := []string{"GET /v1/receive/{number}"}
	return []scenario{
		{"trigger by WebSocket", receive, func(t *testing.T) {
			piece.begin(t, args{"call": "newMessageReceived", "args": args{"number": alice, "mode": "json-rpc", "timeout": 60, "max_messages": 2}})
			g.awaitReaders(t, "websocket", 1)
			g.send(t, bob, "first", alice)
			g.send(t, carol, "second", alice)
			var got []message
			if raised := piece.end(t, &got); raised != "" || !slices.Equal(texts(got), []string{"first", "second"}) {
				t.Errorf("raised %q, received %+v", raised, got)
			}
		}},
		{"trigger by GET", receive, func(t *testing.T) {
			for _, text := range []string{"third", "fourth"} {
				g.send(t, bob, text, carol)
				var got []message
				piece.call(t, "newMessageReceived", args{"number": carol, "mode": "normal", "timeout": 5, "max_messages": 100, "send_read_receipts": true}, &got)
				if found := texts(got); len(found) == 0 || found[len(found)-1] != text {
					t.Errorf("received %v, want %s at the end", found, text)
				}
			}
		}},
	}
}

// pieceSmallThings are reactions, receipts and typing indicators.
func pieceSmallThings(g *gateway, piece *driver, box *inbox) []scenario {
	return []scenario{
		{"reactions", []string{"POST /v1/reactions/{number}", "DELETE /v1/reactions/{number}"}, func(t *testing.T) {
			asked := g.send(t, bob, "Well?", alice)
			for _, call := range []string{"sendReaction", "removeReaction"} {
				piece.call(t, call, args{"recipient": bob, "reaction": "🎉", "target_author": bob, "timestamp": asked}, nil)
				got := box.next(t, call, func(e envelope) bool { return e.DataMessage != nil && e.DataMessage.Reaction != nil }).DataMessage.Reaction
				if got.TargetSentTimestamp != asked || got.IsRemove != (call == "removeReaction") || !got.IsRemove && got.Emoji != "🎉" {
					t.Errorf("%s: %+v", call, got)
				}
			}
		}},
		{"receipts", []string{"POST /v1/receipts/{number}"}, func(t *testing.T) {
			asked := g.send(t, bob, "Seen?", alice)
			piece.call(t, "sendReceipt", args{"recipient": bob, "receipt_type": "viewed", "timestamp": asked}, nil)
			box.next(t, "viewed receipt", func(e envelope) bool {
				return e.ReceiptMessage != nil && e.ReceiptMessage.IsViewed && slices.Contains(e.ReceiptMessage.Timestamps, asked)
			})
		}},
		{"typing", []string{"PUT /v1/typing-indicator/{number}", "DELETE /v1/typing-indicator/{number}"}, func(t *testing.T) {
			for call, action := range map[string]string{"startTyping": "STARTED", "stopTyping": "STOPPED"} {
				piece.call(t, call, args{"recipient": bob}, nil)
				if got := box.next(t, call, func(e envelope) bool { return e.TypingMessage != nil }); got.TypingMessage.Action != action {
					t.Errorf("%s: %+v", call, got.TypingMessage)
				}
			}
		}},
	}
}

func piecePeople(g *gateway, piece *driver) []scenario {
	type person struct {
		Number, UUID, Name string
		Profile            struct {
			GivenName string `json:"given_name"`
		}
	}
	return []scenario{
		{"contacts", []string{"GET /v1/contacts/{number}", "GET /v1/contacts/{number}/{uuid}", "PUT /v1/contacts/{number}", "POST /v1/contacts/{number}/sync"}, func(t *testing.T) {
			piece.call(t, "updateContact", args{"recipient": bob, "name": "Robert", "expiration_in_seconds": 0}, nil)
			var one person
			piece.call(t, "getContact", args{"uuid": bobUUID}, &one)
			var all []person
			piece.call(t, "listContacts", nil, &all)
			if one.Name != "Robert" || !slices.ContainsFunc(all, func(p person) bool { return p.UUID == bobUUID && p.Name == "Robert" }) {
				t.Errorf("one %+v, all %+v", one, all)
			}
			piece.call(t, "syncContacts", nil, nil)
		}},
		{"search", []string{"GET /v1/search/{number}"}, func(t *testing.T) {
			var found []struct {
				Number     string
				Registered bool
			}
			piece.call(t, "searchNumbers", args{"numbers": []string{bob, "+15550109999"}}, &found)
			if len(found) != 2 || found[0].Registered == found[1].Registered {
				t.Fatalf("found %+v", found)
			}
			for _, f := range found {
				if f.Registered != (f.Number == bob) {
					t.Errorf("found %+v", found)
				}
			}
		}},
		{"identities", []string{"GET /v1/identities/{number}"}, func(t *testing.T) {
			piece.call(t, "sendMessage", args{"message": "so that we know each other", "recipients": []string{bob}}, nil)
			var known []struct{ Number string }
			piece.call(t, "listIdentities", nil, &known)
			if !slices.ContainsFunc(known, func(k struct{ Number string }) bool { return k.Number == bob }) {
				t.Errorf("identities %+v", known)
			}
		}},
		{"profile", []string{"PUT /v1/profiles/{number}", "GET /v1/contacts/{number}/{uuid}"}, func(t *testing.T) {
			piece.call(t, "updateProfile", args{"name": "Flow", "about": "Runs by itself", "base64_avatar": base64.StdEncoding.EncodeToString(png)}, nil)
			var seen person
			g.request(t, http.MethodGet, "/v1/contacts/"+bob+"/"+aliceUUID, nil, &seen)
			if seen.Profile.GivenName != "Flow" {
				t.Errorf("Bob sees %+v", seen)
			}
		}},
		{"account settings", []string{"PUT /v1/accounts/{number}/settings"}, func(t *testing.T) {
			piece.call(t, "updateAccountSettings", args{"discoverable_by_number": false, "share_number": true}, nil)
		}},
	}
}

func pieceGroups(g *gateway, piece *driver, box *inbox) []scenario {
	one := "/v1/groups/{number}/{groupid}"
	needs := []string{"POST /v1/groups/{number}", "GET /v1/groups/{number}", "GET " + one, "PUT " + one, "DELETE " + one,
		"POST " + one + "/members", "DELETE " + one + "/members", "POST " + one + "/admins", "DELETE " + one + "/admins",
		"POST " + one + "/quit", "POST " + one + "/block", "POST " + one + "/join"}
	return []scenario{{"groups", needs, func(t *testing.T) {
		var made struct{ ID string }
		piece.call(t, "createGroup", args{
			"name": "Flow", "members": []string{bob}, "description": "Made by a flow", "expiration_time": 60, "group_link": "enabled",
			"add_members_permission": "only-admins", "edit_group_permission": "every-member",
		}, &made)
		get := func() (found group) {
			t.Helper()
			piece.call(t, "getGroup", args{"groupid": made.ID}, &found)
			return found
		}
		if got := get(); got.Name != "Flow" || got.Description != "Made by a flow" || !slices.Contains(got.Members, bob) || got.InviteLink == "" {
			t.Errorf("made %+v", got)
		}
		var all []group
		piece.call(t, "listGroups", nil, &all)
		if !slices.ContainsFunc(all, func(g group) bool { return g.ID == made.ID }) {
			t.Errorf("%s is not among %+v", made.ID, all)
		}
		type member struct{ Member string }
		var members []member
		piece.call(t, "newGroupMember", args{"groupid": made.ID}, &members)
		if len(members) > 0 { // it begins with those who are there
			t.Errorf("trigger on members: %+v", members)
		}
		piece.call(t, "updateGroup", args{"groupid": made.ID, "name": "Flows", "description": "Made by flows"}, nil)
		piece.call(t, "addMembersToGroup", args{"groupid": made.ID, "members": []string{carol}}, nil)
		piece.call(t, "newGroupMember", args{"groupid": made.ID}, &members)
		if !slices.Equal(members, []member{{carol}}) {
			t.Errorf("trigger on a new member: %+v", members)
		}
		piece.call(t, "addAdminsToGroup", args{"groupid": made.ID, "admins": []string{bob}}, nil)
		if got := get(); got.Name != "Flows" || !slices.Contains(got.Members, carol) || !slices.Contains(got.Admins, bob) {
			t.Errorf("changed %+v", got)
		}
		piece.call(t, "sendMessage", args{"message": "in the new group", "recipients": []string{made.ID}}, nil)
		if got := box.message(t, "in the new group").DataMessage; got.GroupInfo == nil || got.ExpiresInSeconds != 60 {
			t.Errorf("in the group: %+v", got)
		}
		piece.call(t, "removeAdminsFromGroup", args{"groupid": made.ID, "admins": []string{bob}}, nil)
		piece.call(t, "removeMembersFromGroup", args{"groupid": made.ID, "members": []string{carol}}, nil)
		if got := get(); slices.Contains(got.Members, carol) || slices.Contains(got.Admins, bob) {
			t.Errorf("changed back %+v", got)
		}
		piece.call(t, "joinGroup", args{"groupid": demoGroupID}, nil)
		piece.call(t, "blockGroup", args{"groupid": made.ID}, nil)
		if got := get(); !got.Blocked {
			t.Errorf("blocked %+v", got)
		}
		piece.call(t, "addAdminsToGroup", args{"groupid": made.ID, "admins": []string{bob}}, nil) // somebody must remain
		piece.call(t, "quitGroup", args{"groupid": made.ID}, nil)
		if got := get(); got.Member {
			t.Errorf("left %+v", got)
		}
		piece.call(t, "deleteGroup", args{"groupid": made.ID}, nil) // which is leaving, too
		piece.refuse(t, "getGroup", args{"groupid": unknownGroupID}, "404")
	}}}
}

func pieceDevices(piece *driver) []scenario {
	needs := []string{"GET /v1/devices/{number}", "POST /v1/devices/{number}", "DELETE /v1/devices/{number}/{deviceId}"}
	return []scenario{{"devices", needs, func(t *testing.T) {
		type device struct {
			ID   int
			Name string
		}
		var before, after []device
		piece.call(t, "listDevices", nil, &before)
		piece.call(t, "addDevice", args{"uri": "sgnl://linkdevice?uuid=AAAAAAAAAAAAAAAAAAAAAA%3D%3D&pub_key=BQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}, nil)
		piece.call(t, "listDevices", nil, &after)
		if len(before) == 0 || len(after) != len(before)+1 {
			t.Fatalf("before %+v, after %+v", before, after)
		}
		piece.call(t, "removeDevice", args{"deviceId": after[len(after)-1].ID}, nil)
		piece.call(t, "listDevices", nil, &after)
		if len(after) != len(before) {
			t.Errorf("after removal %+v", after)
		}
	}}}
}
