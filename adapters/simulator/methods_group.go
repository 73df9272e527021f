package simulator

import "slices"

// person is a member in listings.
type person struct {
	Number *string `json:"number"`
	UUID   *string `json:"uuid"`
}

type groupMember struct {
	Number     *string `json:"number"`
	UUID       *string `json:"uuid"`
	IsAdmin    *bool   `json:"isAdmin,omitempty"` // absent before 0.14.1
	Label      string  `json:"label,omitempty"`
	LabelEmoji string  `json:"labelEmoji,omitempty"`
}

type groupEntry struct {
	ID                    string        `json:"id"`
	Name                  *string       `json:"name"`
	Description           *string       `json:"description"`
	IsMember              bool          `json:"isMember"`
	IsBlocked             bool          `json:"isBlocked"`
	MessageExpirationTime int           `json:"messageExpirationTime"`
	Members               []groupMember `json:"members"`
	PendingMembers        []person      `json:"pendingMembers"`
	RequestingMembers     []person      `json:"requestingMembers"`
	Admins                []person      `json:"admins"`
	Banned                []person      `json:"banned"`
	PermissionAddMember   string        `json:"permissionAddMember"`
	PermissionEditDetails string        `json:"permissionEditDetails"`
	PermissionSendMessage string        `json:"permissionSendMessage"`
	GroupInviteLink       *string       `json:"groupInviteLink"`
}

func personOf(a *account) person { return person{Number: a.visibleNumber(), UUID: &a.uuid} }

func people(accounts []*account) []person {
	out := []person{}
	for _, a := range accounts {
		out = append(out, personOf(a))
	}
	return out
}

func listGroups(k *call) (any, error) {
	wanted := k.p.strings("groupId")
	for _, id := range wanted {
		if err := parseGroupID(id); err != nil {
			return nil, err
		}
	}
	out := []groupEntry{}
	for _, g := range k.net.groups {
		if g.knownTo(k.account.uuid) && (len(wanted) == 0 || slices.Contains(wanted, g.id)) {
			out = append(out, k.groupEntry(g))
		}
	}
	return out, nil
}

func (k *call) groupEntry(g *group) groupEntry {
	name, description := g.name, g.description
	e := groupEntry{
		ID: g.id, Name: &name, Description: &description, IsMember: g.member(k.account.uuid) != nil,
		IsBlocked: k.account.blocked[g.id], MessageExpirationTime: g.expiration,
		Members: []groupMember{}, PendingMembers: people(g.pending), RequestingMembers: people(g.requesting),
		Admins: []person{}, Banned: people(g.banned), PermissionAddMember: g.addMembers,
		PermissionEditDetails: g.editDetails, PermissionSendMessage: g.sendMessages, GroupInviteLink: g.inviteLink(),
	}
	for _, m := range g.members {
		p := personOf(m.account)
		entry := groupMember{Number: p.Number, UUID: p.UUID}
		if k.sim.release >= release0_14_1 {
			admin := m.admin
			entry.IsAdmin, entry.Label, entry.LabelEmoji = &admin, m.label, m.labelEmoji
		}
		e.Members = append(e.Members, entry)
		if m.admin {
			e.Admins = append(e.Admins, p)
		}
	}
	return e
}

// groupResponse is the answer of the commands that change a group.
type groupResponse struct {
	Timestamp     int64        `json:"timestamp,omitempty"`
	Results       []sendResult `json:"results,omitzero"`
	GroupID       string       `json:"groupId,omitempty"`
	OnlyRequested bool         `json:"onlyRequested,omitempty"`
}

// tellGroup sends everybody in the group, and extra people, that it changed. The caller holds network.mu.
func (k *call) tellGroup(g *group, extra ...*account) (int64, []sendResult) {
	timestamp := k.account.nextTimestamp(k.sim.now())
	info := g.info("UPDATE")
	out := outgoing{timestamp: timestamp, receipt: true, admin: true, content: func(*group, int) body {
		d := &dataMessage{GroupInfo: info}
		k.finish(d, timestamp, g, g.expiration)
		return body{Data: d}
	}}
	results, _ := k.transmit(targets{groups: []*group{g}}, out)
	fragment := out.content(g, 0).fragment()
	for _, a := range extra {
		r := k.outcome(address{uuid: a.uuid, account: k.net.registered(a)})
		if r.Type == success {
			k.enqueue(a, out, fragment, g.id)
		}
		results = append(results, r)
	}
	// Changing a group has no group id in its results, unlike sending to it.
	for i := range results {
		results[i].GroupID = ""
	}
	return timestamp, results
}

func quitGroup(k *call) (any, error) {
	id := k.p.required("groupId")
	if k.p.err != nil {
		return nil, k.p.err
	}
	g, err := k.net.findGroup(k.account, id)
	if err != nil {
		return nil, err
	}
	me := g.member(k.account.uuid)
	if me == nil {
		if k.p.boolean("delete") {
			delete(g.former, k.account.uuid)
		}
		return empty{}, nil
	}
	admins, err := k.accounts("admin")
	if err != nil {
		return nil, err
	}
	for _, a := range admins {
		if m := g.member(a.uuid); m != nil {
			m.admin = true
		}
	}
	if me.admin && g.admins() == 1 && len(g.members) > 1 {
		return nil, userError("You need to specify a new admin with --admin: User is last admin in group: %s (%s)", g.name, g.id)
	}
	g.leave(k.account.uuid)
	g.revision++
	timestamp, results := k.tellGroup(g)
	if k.p.boolean("delete") {
		delete(g.former, k.account.uuid)
	}
	return groupResponse{Timestamp: timestamp, Results: results}, nil
}

func joinGroup(k *call) (any, error) {
	uri := k.p.required("uri")
	if k.p.err != nil {
		return nil, k.p.err
	}
	g, err := k.net.byInviteLink(uri)
	if err != nil {
		return nil, err
	}
	if contains(g.banned, k.account.uuid) {
		return nil, ioError("Failed to send message: [403]  (AuthorizationFailedException)")
	}
	if g.link == linkApproval && g.member(k.account.uuid) == nil {
		if !contains(g.requesting, k.account.uuid) {
			g.requesting = append(g.requesting, k.account)
		}
		g.revision++
		return groupResponse{Timestamp: k.account.nextTimestamp(k.sim.now()), Results: []sendResult{}, GroupID: g.id, OnlyRequested: true}, nil
	}
	g.join(k.account)
	g.revision++
	timestamp, results := k.tellGroup(g)
	return groupResponse{Timestamp: timestamp, Results: results, GroupID: g.id}, nil
}

// accounts reads a list of people that must be registered.
func (k *call) accounts(name string) ([]*account, *Error) {
	var out []*account
	for _, text := range k.p.strings(name) {
		a, err := k.net.parseAddress(text)
		if err != nil {
			return nil, err
		}
		if a.account == nil {
			return nil, userError("The user %s is not registered.", a.text())
		}
		out = append(out, a.account)
	}
	return out, k.p.err
}
