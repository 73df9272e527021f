package simulator

import (
	"slices"
)

// groupChange is what updateGroup is asked to do; nil means not asked.
type groupChange struct {
	name, description              *string
	avatar                         []byte
	add, remove, promote, demote   []*account
	ban, unban                     []*account
	resetLink                      bool
	link                           *string
	addMembers, edit, sendMessages *string
	expiration                     *int
	label, labelEmoji              *string
}

func updateGroup(k *call) (any, error) {
	var avatar []byte
	if source, ok := k.p.str("avatar"); ok {
		var err *Error
		if avatar, err = readContent(source); err != nil {
			return nil, userError("Failed to add avatar attachment for group: %s", err.Message)
		}
	}
	k.net.mu.Lock()
	defer k.net.mu.Unlock()
	change, err := k.readGroupChange()
	if err != nil {
		return nil, err
	}
	change.avatar = avatar
	id, given := k.p.str("groupId")
	if !given {
		return k.createGroup(change)
	}
	g, err := k.net.findGroup(k.account, id)
	if err != nil {
		return nil, err
	}
	me := g.member(k.account.uuid)
	if me == nil {
		return nil, userError("User is not a member of group: %s (%s)", g.name, g.id)
	}
	if !me.admin && change.needsAdmin(g) {
		return nil, unexpected("Failed to send message: [403]  (AuthorizationFailedException)")
	}
	gone := change.apply(g, me)
	g.revision++
	timestamp, results := k.tellGroup(g, gone...)
	return groupResponse{Timestamp: timestamp, Results: results}, nil
}

// createGroup makes a group and then updates it: two sends whose results are joined.
func (k *call) createGroup(change groupChange) (any, error) {
	g := newGroup(Group{}, k.net)
	me := &member{account: k.account, admin: true}
	g.members = []*member{me}
	for _, a := range change.add {
		g.join(a)
	}
	if change.name != nil {
		g.name = *change.name
	}
	k.net.addGroup(g)
	_, created := k.tellGroup(g)
	change.apply(g, me)
	g.revision++
	timestamp, updated := k.tellGroup(g)
	return groupResponse{Timestamp: timestamp, Results: append(created, updated...), GroupID: g.id}, nil
}

func (k *call) readGroupChange() (groupChange, *Error) {
	c := groupChange{
		name: k.optional("name"), description: k.optional("description"),
		resetLink: k.p.boolean("resetLink"),
	}
	for _, list := range []struct {
		into *[]*account
		name string
	}{
		{&c.add, "member"}, {&c.remove, "removeMember"}, {&c.promote, "admin"}, {&c.demote, "removeAdmin"},
		{&c.ban, "ban"}, {&c.unban, "unban"},
	} {
		var err *Error
		if *list.into, err = k.accounts(list.name); err != nil {
			return c, err
		}
	}
	if k.sim.release >= release0_14_1 {
		c.label, c.labelEmoji = k.optional("memberLabel"), k.optional("memberLabelEmoji")
	}
	if n, ok := k.p.int32("expiration"); ok {
		c.expiration = &n
	}
	var err *Error
	if c.link, err = k.choice("link", map[string]string{"enabled": linkEnabled, "enabled-with-approval": linkApproval,
		"enabledWithApproval": linkApproval, "disabled": ""}); err != nil {
		return c, err
	}
	permissions := map[string]string{"every-member": everyMember, "everyMember": everyMember, "only-admins": onlyAdmins, "onlyAdmins": onlyAdmins}
	if c.addMembers, err = k.choice("setPermissionAddMember", permissions); err != nil {
		return c, err
	}
	if c.edit, err = k.choice("setPermissionEditDetails", permissions); err != nil {
		return c, err
	}
	if c.sendMessages, err = k.choice("setPermissionSendMessages", permissions); err != nil {
		return c, err
	}
	return c, k.p.err
}

func (k *call) optional(name string) *string {
	if s, ok := k.p.str(name); ok {
		return &s
	}
	return nil
}

// choice reads a text that must be one of the keys and returns its value.
func (k *call) choice(name string, values map[string]string) (*string, *Error) {
	text, ok := k.p.str(name)
	if !ok {
		return nil, nil
	}
	value, ok := values[text]
	if !ok {
		return nil, userError("Invalid %s: %s", name, text)
	}
	return &value, nil
}

func (c groupChange) needsAdmin(g *group) bool {
	details := c.name != nil || c.description != nil || c.avatar != nil || c.expiration != nil
	adminOnly := len(c.remove)+len(c.promote)+len(c.demote)+len(c.ban)+len(c.unban) > 0 || c.resetLink || c.link != nil ||
		c.addMembers != nil || c.edit != nil || c.sendMessages != nil
	return adminOnly || (details && g.editDetails == onlyAdmins) || (len(c.add) > 0 && g.addMembers == onlyAdmins)
}

// apply changes the group and returns who is no member any more.
func (c groupChange) apply(g *group, me *member) (gone []*account) {
	set(&g.name, c.name)
	set(&g.description, c.description)
	set(&g.addMembers, c.addMembers)
	set(&g.editDetails, c.edit)
	set(&g.sendMessages, c.sendMessages)
	set(&g.expiration, c.expiration)
	set(&me.label, c.label)
	set(&me.labelEmoji, c.labelEmoji)
	if c.avatar != nil {
		g.avatar = c.avatar
	}
	if c.link != nil {
		g.link = *c.link
	}
	if c.resetLink || (g.link != "" && g.linkPassword == nil) {
		g.linkPassword = randomBytes(16)
	}
	for _, a := range c.add {
		g.join(a)
	}
	for _, a := range append(slices.Clone(c.remove), c.ban...) {
		if g.member(a.uuid) != nil {
			gone = append(gone, a)
		}
		g.leave(a.uuid)
	}
	for _, a := range c.ban {
		if !contains(g.banned, a.uuid) {
			g.banned = append(g.banned, a)
		}
	}
	for _, a := range c.unban {
		g.banned = without(g.banned, a.uuid)
	}
	for _, a := range c.promote {
		if m := g.member(a.uuid); m != nil {
			m.admin = true
		}
	}
	for _, a := range c.demote {
		if m := g.member(a.uuid); m != nil {
			m.admin = false
		}
	}
	return gone
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}
