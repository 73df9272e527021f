package directorytest

import (
	"strings"
	"testing"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

func needGroups(p Ports) bool { return p.Groups != nil }

// create makes a group of the account with others in it.
func create(t *testing.T, h Harness, update domain.GroupUpdate) domain.GroupID {
	t.Helper()
	if update.Name == nil {
		update.Name = ptr("group of a test")
	}
	id, err := h.Groups.Create(t.Context(), h.Account, update)
	ok(t, err)
	return id
}

// see is the group as account sees it; found is false where it does not.
func see(t *testing.T, h Harness, account domain.Account, id domain.GroupID) (group domain.Group, found bool) {
	t.Helper()
	all, err := h.Groups.List(t.Context(), account)
	ok(t, err)
	for _, g := range all {
		if g.ID == id {
			return g, true
		}
	}
	return domain.Group{}, false
}

func mustSee(t *testing.T, h Harness, account domain.Account, id domain.GroupID) domain.Group {
	t.Helper()
	g, found := see(t, h, account, id)
	if !found {
		t.Fatal("the group is not listed")
	}
	return g
}

func update(t *testing.T, h Harness, id domain.GroupID, u domain.GroupUpdate) {
	t.Helper()
	ok(t, h.Groups.Update(t.Context(), h.Account, id, u))
}

func hasMember(g domain.Group, account domain.Account) bool {
	for _, m := range g.Members {
		if m.Number == account.Number() {
			return true
		}
	}
	return false
}

func has(list []domain.Address, account domain.Account) bool {
	for _, a := range list {
		if a.Number == account.Number() {
			return true
		}
	}
	return false
}

var groupClauses = []clause{
	{"CreatedGroupIsListedAsItWasMade", needGroups, func(t *testing.T, h Harness) {
		id := create(t, h, domain.GroupUpdate{Name: ptr("-n --name"), Description: ptr("über alles"), AddMembers: []domain.Recipient{h.other(), h.third()},
			Link: domain.LinkEnabled, MessageExpiration: ptr(time.Hour),
			Permissions: domain.GroupPermissions{AddMembers: domain.OnlyAdmins, EditGroup: domain.OnlyAdmins, SendMessages: domain.EveryMember}})
		for _, account := range []domain.Account{h.Account, h.Other} {
			g := mustSee(t, h, account, id)
			if g.Name != "-n --name" || g.Description != "über alles" || !g.Member || g.Blocked || g.MessageExpiration != time.Hour {
				t.Errorf("listed as %+v", g)
			}
			if len(g.Members) != 3 || !hasMember(g, h.Third) || len(g.Admins) != 1 || !has(g.Admins, h.Account) {
				t.Errorf("members %v, admins %v", g.Members, g.Admins)
			}
			if want := (domain.GroupPermissions{AddMembers: domain.OnlyAdmins, EditGroup: domain.OnlyAdmins, SendMessages: domain.EveryMember}); g.Permissions != want {
				t.Errorf("permissions %+v", g.Permissions)
			}
			if !strings.HasPrefix(g.InviteLink, "https://signal.group/#") {
				t.Errorf("link %q", g.InviteLink)
			}
			if g.PendingMembers == nil || g.RequestingMembers == nil || g.Banned == nil {
				t.Error("a list that is empty is not nil")
			}
		}
	}},
	{"Defect26EachPermissionIsItsOwn", needGroups, func(t *testing.T, h Harness) {
		id := create(t, h, domain.GroupUpdate{})
		for _, p := range []domain.GroupPermissions{{AddMembers: domain.OnlyAdmins, EditGroup: domain.EveryMember, SendMessages: domain.EveryMember},
			{AddMembers: domain.EveryMember, EditGroup: domain.OnlyAdmins, SendMessages: domain.EveryMember},
			{AddMembers: domain.EveryMember, EditGroup: domain.EveryMember, SendMessages: domain.OnlyAdmins}} {
			update(t, h, id, domain.GroupUpdate{Permissions: p})
			if got := mustSee(t, h, h.Account, id).Permissions; got != p {
				t.Errorf("set %+v, got %+v", p, got)
			}
		}
	}},
	{"UpdateLeavesTheRest", needGroups, func(t *testing.T, h Harness) {
		id := create(t, h, domain.GroupUpdate{Description: ptr("before"), AddMembers: []domain.Recipient{h.other()}, MessageExpiration: ptr(time.Hour)})
		before := mustSee(t, h, h.Account, id)
		update(t, h, id, domain.GroupUpdate{})
		update(t, h, id, domain.GroupUpdate{Name: ptr("after")})
		after := mustSee(t, h, h.Account, id)
		if after.Name != "after" || after.Description != before.Description || after.MessageExpiration != before.MessageExpiration ||
			len(after.Members) != len(before.Members) || after.Permissions != before.Permissions {
			t.Errorf("before %+v, after %+v", before, after)
		}
		update(t, h, id, domain.GroupUpdate{Description: ptr("")})
		if g := mustSee(t, h, h.Account, id); g.Description != "" {
			t.Errorf("an empty text clears, got %q", g.Description)
		}
	}},
	{"Defect28ZeroExpirationSwitchesOff", needGroups, func(t *testing.T, h Harness) {
		id := create(t, h, domain.GroupUpdate{MessageExpiration: ptr(time.Hour)})
		update(t, h, id, domain.GroupUpdate{MessageExpiration: ptr(time.Duration(0))})
		if g := mustSee(t, h, h.Account, id); g.MessageExpiration != 0 {
			t.Errorf("still %v", g.MessageExpiration)
		}
		err := h.Groups.Update(t.Context(), h.Account, id, domain.GroupUpdate{MessageExpiration: ptr(1500 * time.Millisecond)})
		want(t, err, domain.Invalid)
	}},
	{"MembersAndAdminsComeAndGo", needGroups, func(t *testing.T, h Harness) {
		id := create(t, h, domain.GroupUpdate{})
		update(t, h, id, domain.GroupUpdate{AddMembers: []domain.Recipient{h.other(), h.third()}})
		update(t, h, id, domain.GroupUpdate{AddAdmins: []domain.Recipient{h.other()}})
		if g := mustSee(t, h, h.Account, id); !hasMember(g, h.Other) || !hasMember(g, h.Third) || !has(g.Admins, h.Other) || has(g.Admins, h.Third) {
			t.Errorf("members %v, admins %v", g.Members, g.Admins)
		}
		update(t, h, id, domain.GroupUpdate{RemoveAdmins: []domain.Recipient{h.other()}, RemoveMembers: []domain.Recipient{h.third()}})
		if g := mustSee(t, h, h.Account, id); hasMember(g, h.Third) || has(g.Admins, h.Other) || !hasMember(g, h.Other) {
			t.Errorf("members %v, admins %v", g.Members, g.Admins)
		}
		want(t, h.Groups.Update(t.Context(), h.Account, id, domain.GroupUpdate{AddMembers: []domain.Recipient{h.Stranger}}), domain.Unregistered)
	}},
	{"WhatOnlyAdminsMayIsAConflict", needGroups, func(t *testing.T, h Harness) {
		id := create(t, h, domain.GroupUpdate{AddMembers: []domain.Recipient{h.other()}})
		want(t, h.Groups.Update(t.Context(), h.Other, id, domain.GroupUpdate{ResetLink: true}), domain.Conflict)
	}},
	{"LabelIsTheAccountsOwn", needGroups, func(t *testing.T, h Harness) {
		id := create(t, h, domain.GroupUpdate{AddMembers: []domain.Recipient{h.other()}})
		err := h.Groups.Update(t.Context(), h.Account, id, domain.GroupUpdate{MemberLabel: ptr("boss"), MemberLabelEmoji: ptr("☀️")})
		if h.NoLabels {
			want(t, err, domain.Unsupported)
			return
		}
		ok(t, err)
		for _, m := range mustSee(t, h, h.Other, id).Members {
			if own := m.Number == h.Account.Number(); own != (m.Label == "boss" && m.LabelEmoji == "☀️") {
				t.Errorf("member %+v", m)
			}
		}
	}},
	{"QuitLeaves", needGroups, func(t *testing.T, h Harness) {
		id := create(t, h, domain.GroupUpdate{AddMembers: []domain.Recipient{h.other()}})
		want(t, h.Groups.Quit(t.Context(), h.Account, id, ports.QuitOptions{}), domain.Conflict)
		ok(t, h.Groups.Quit(t.Context(), h.Account, id, ports.QuitOptions{NewAdmins: []domain.Recipient{h.other()}}))
		if g := mustSee(t, h, h.Account, id); g.Member {
			t.Error("the account is a member still")
		}
		if g := mustSee(t, h, h.Other, id); hasMember(g, h.Account) || !has(g.Admins, h.Other) {
			t.Errorf("members %v, admins %v", g.Members, g.Admins)
		}
	}},
	{"Defect40QuitTwiceIsASuccess", needGroups, func(t *testing.T, h Harness) {
		id := create(t, h, domain.GroupUpdate{})
		ok(t, h.Groups.Quit(t.Context(), h.Account, id, ports.QuitOptions{}))
		ok(t, h.Groups.Quit(t.Context(), h.Account, id, ports.QuitOptions{}))
		ok(t, h.Groups.Quit(t.Context(), h.Account, id, ports.QuitOptions{Delete: true}))
		if _, found := see(t, h, h.Account, id); found {
			t.Error("the group is listed still")
		}
	}},
	{"UnknownGroupIsNotFound", needGroups, func(t *testing.T, h Harness) {
		id, err := domain.ParseInternalGroupID("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
		ok(t, err)
		want(t, h.Groups.Update(t.Context(), h.Account, id, domain.GroupUpdate{Name: ptr("x")}), domain.NotFound)
		want(t, h.Groups.Quit(t.Context(), h.Account, id, ports.QuitOptions{}), domain.NotFound)
	}},
	{"NoGroupIsInvalid", needGroups, func(t *testing.T, h Harness) {
		before, err := h.Groups.List(t.Context(), h.Account)
		ok(t, err)
		want(t, h.Groups.Update(t.Context(), h.Account, domain.GroupID{}, domain.GroupUpdate{Name: ptr("x")}), domain.Invalid)
		want(t, h.Groups.Quit(t.Context(), h.Account, domain.GroupID{}, ports.QuitOptions{}), domain.Invalid)
		if after, err := h.Groups.List(t.Context(), h.Account); err != nil || len(after) != len(before) {
			t.Errorf("%d groups became %d, %v", len(before), len(after), err)
		}
	}},
	{"GroupIsNoMember", needGroups, func(t *testing.T, h Harness) {
		id := create(t, h, domain.GroupUpdate{})
		for _, nobody := range []domain.Recipient{{Group: id}, {}} {
			list := []domain.Recipient{h.other(), nobody}
			want(t, h.Groups.Update(t.Context(), h.Account, id, domain.GroupUpdate{AddMembers: list}), domain.Invalid)
			want(t, h.Groups.Update(t.Context(), h.Account, id, domain.GroupUpdate{Ban: list}), domain.Invalid)
			want(t, h.Groups.Quit(t.Context(), h.Account, id, ports.QuitOptions{NewAdmins: list}), domain.Invalid)
		}
		if g := mustSee(t, h, h.Account, id); len(g.Members) != 1 {
			t.Errorf("members %v", g.Members)
		}
	}},
}

// groupLinkClauses are those of joining.
var groupLinkClauses = []clause{
	{"JoinFollowsTheLink", needGroups, func(t *testing.T, h Harness) {
		id := create(t, h, domain.GroupUpdate{Link: domain.LinkEnabled})
		joined, err := h.Groups.Join(t.Context(), h.Other, mustSee(t, h, h.Account, id).InviteLink)
		ok(t, err)
		if joined.Group != id || joined.Requested || !hasMember(mustSee(t, h, h.Account, id), h.Other) {
			t.Errorf("joined %+v", joined)
		}
	}},
	{"JoinWithApprovalIsARequest", needGroups, func(t *testing.T, h Harness) {
		id := create(t, h, domain.GroupUpdate{Link: domain.LinkEnabledWithApproval})
		joined, err := h.Groups.Join(t.Context(), h.Other, mustSee(t, h, h.Account, id).InviteLink)
		ok(t, err)
		g := mustSee(t, h, h.Account, id)
		if joined.Group != id || !joined.Requested || hasMember(g, h.Other) || !has(g.RequestingMembers, h.Other) {
			t.Errorf("joined %+v, requesting %v", joined, g.RequestingMembers)
		}
	}},
	{"ResetLinkEndsTheOldOne", needGroups, func(t *testing.T, h Harness) {
		id := create(t, h, domain.GroupUpdate{Link: domain.LinkEnabled})
		old := mustSee(t, h, h.Account, id).InviteLink
		update(t, h, id, domain.GroupUpdate{ResetLink: true})
		fresh := mustSee(t, h, h.Account, id).InviteLink
		if fresh == old || fresh == "" {
			t.Errorf("the link is %q after %q", fresh, old)
		}
		if _, err := h.Groups.Join(t.Context(), h.Other, old); err == nil {
			t.Error("the old link works still")
		}
		update(t, h, id, domain.GroupUpdate{Link: domain.LinkDisabled})
		if link := mustSee(t, h, h.Account, id).InviteLink; link != "" {
			t.Errorf("disabled, the link is %q", link)
		}
	}},
	{"BanKeepsOutUntilUnban", needGroups, func(t *testing.T, h Harness) {
		id := create(t, h, domain.GroupUpdate{Link: domain.LinkEnabled, AddMembers: []domain.Recipient{h.other()}})
		link := mustSee(t, h, h.Account, id).InviteLink
		update(t, h, id, domain.GroupUpdate{Ban: []domain.Recipient{h.other()}})
		if g := mustSee(t, h, h.Account, id); hasMember(g, h.Other) || !has(g.Banned, h.Other) {
			t.Errorf("members %v, banned %v", g.Members, g.Banned)
		}
		_, err := h.Groups.Join(t.Context(), h.Other, link)
		want(t, err, domain.Conflict)
		update(t, h, id, domain.GroupUpdate{Unban: []domain.Recipient{h.other()}})
		_, err = h.Groups.Join(t.Context(), h.Other, link)
		ok(t, err)
		if g := mustSee(t, h, h.Account, id); !hasMember(g, h.Other) || len(g.Banned) != 0 {
			t.Errorf("members %v, banned %v", g.Members, g.Banned)
		}
	}},
	{"AnotherLinkIsInvalid", needGroups, func(t *testing.T, h Harness) {
		for _, link := range []string{"", "https://example.org/", "--uri", "https://signal.group/", "https://signal.group/#!"} {
			_, err := h.Groups.Join(t.Context(), h.Other, link)
			want(t, err, domain.Invalid)
		}
	}},
}
