package simulator

import (
	"crypto/rand"
	"encoding/base64"
	"slices"
)

// Values of a group's permissions.
const (
	everyMember = "EVERY_MEMBER"
	onlyAdmins  = "ONLY_ADMINS"
)

// group is a version 2 group: one state that all members see. network.mu guards it.
type group struct {
	id                string
	name, description string
	revision          int
	expiration        int
	members           []*member
	pending           []*account
	requesting        []*account
	banned            []*account
	// former members still know the group.
	former                                map[string]bool
	addMembers, editDetails, sendMessages string
	// link is one of the states in group_link.go; linkPassword is made with the first link.
	link         string
	linkPassword []byte
	avatar       []byte
}

type member struct {
	account           *account
	admin             bool
	label, labelEmoji string
}

func randomBytes(n int) []byte {
	out := make([]byte, n)
	_, _ = rand.Read(out)
	return out
}

func newGroup(from Group, n *network) *group {
	g := &group{
		id: from.ID, name: from.Name, description: from.Description, former: map[string]bool{},
		addMembers: everyMember, editDetails: everyMember, sendMessages: everyMember,
	}
	if g.id == "" {
		g.id = base64.StdEncoding.EncodeToString(randomBytes(32))
	}
	for i, number := range from.Members {
		if a := n.byNumber[number]; a != nil {
			g.members = append(g.members, &member{account: a, admin: i == 0})
		}
	}
	return g
}

func (n *network) addGroup(g *group) {
	n.groups = append(n.groups, g)
	n.byGroup[g.id] = g
}

func (g *group) member(uuid string) *member {
	for _, m := range g.members {
		if m.account.uuid == uuid {
			return m
		}
	}
	return nil
}

func (g *group) isAdmin(uuid string) bool {
	m := g.member(uuid)
	return m != nil && m.admin
}

func (g *group) knownTo(uuid string) bool {
	return g.member(uuid) != nil || g.former[uuid] || contains(g.pending, uuid) || contains(g.requesting, uuid)
}

func (g *group) admins() int {
	n := 0
	for _, m := range g.members {
		if m.admin {
			n++
		}
	}
	return n
}

// leave takes a member out; it still knows the group afterwards.
func (g *group) leave(uuid string) {
	g.members = slices.DeleteFunc(g.members, func(m *member) bool { return m.account.uuid == uuid })
	g.pending = without(g.pending, uuid)
	g.former[uuid] = true
}

// join makes an account a member.
func (g *group) join(a *account) {
	if g.member(a.uuid) == nil {
		g.members = append(g.members, &member{account: a})
	}
	g.pending, g.requesting = without(g.pending, a.uuid), without(g.requesting, a.uuid)
	delete(g.former, a.uuid)
}

func contains(accounts []*account, uuid string) bool {
	return slices.ContainsFunc(accounts, func(a *account) bool { return a.uuid == uuid })
}

func without(accounts []*account, uuid string) []*account {
	return slices.DeleteFunc(slices.Clone(accounts), func(a *account) bool { return a.uuid == uuid })
}

// info is the groupInfo of a message.
func (g *group) info(kind string) *groupInfo {
	name := g.name
	return &groupInfo{GroupID: g.id, GroupName: &name, Revision: g.revision, Type: kind}
}
