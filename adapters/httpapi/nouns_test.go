package httpapi_test

import (
	"context"
	"fmt"

	"heliograph/adapters/httpapi"
	"heliograph/domain"
	"heliograph/ports"
)

// nouns is the ports by noun: every call is written down and answered with err, or with what the fields hold.
type nouns struct {
	calls        []string
	err          error
	groups       []domain.Group
	contacts     []domain.Contact
	statuses     []domain.UserStatus
	picture      []byte
	mode         domain.TrustMode
	devices      []domain.Device
	packs        []domain.StickerPack
	identities   []domain.Identity
	capabilities []ports.Capability
	report       ports.AccountReport
}

func (n *nouns) did(format string, args ...any) error {
	n.calls = append(n.calls, fmt.Sprintf(format, args...))
	return n.err
}

// into makes p serve n.
func (n *nouns) into(p *httpapi.Ports) {
	p.Groups, p.GroupDirectory, p.Contacts, p.BlockList, p.Avatars = fakeGroups{n}, fakeDirectory{n}, fakeContacts{n}, fakeBlockList{n}, fakeAvatars{n}
	p.UserDirectory, p.Identities, p.AccountSettings, p.Devices = fakeUsers{n}, fakeIdentities{n}, fakeSettings{n}, fakeDevices{n}
	p.StickerPacks, p.TrustModes, p.Capabilities, p.States = fakePacks{n}, fakeTrustModes{n}, fakeCapabilities{n}, fakeStates{n}
	hooks := newFakeWebhooks(n)
	p.Webhooks, p.WebhookDeliveries, p.DeadLetters = hooks, hooks, hooks
}

// show writes an update with what its pointers point to.
func show(u domain.GroupUpdate) string {
	text := ""
	add := func(name string, there bool, v any) {
		if there {
			text += fmt.Sprintf(" %s=%v", name, v)
		}
	}
	add("name", u.Name != nil, value(u.Name))
	add("description", u.Description != nil, value(u.Description))
	if u.Avatar != nil {
		add("avatar", true, u.Avatar.ContentType)
	}
	add("add", u.AddMembers != nil, u.AddMembers)
	add("remove", u.RemoveMembers != nil, u.RemoveMembers)
	add("admins", u.AddAdmins != nil, u.AddAdmins)
	add("no admins", u.RemoveAdmins != nil, u.RemoveAdmins)
	add("ban", u.Ban != nil, u.Ban)
	add("unban", u.Unban != nil, u.Unban)
	add("reset", u.ResetLink, u.ResetLink)
	add("link", u.Link != "", u.Link)
	add("permissions", u.Permissions != domain.GroupPermissions{}, u.Permissions)
	add("expiration", u.MessageExpiration != nil, value(u.MessageExpiration))
	add("label", u.MemberLabel != nil, value(u.MemberLabel))
	add("emoji", u.MemberLabelEmoji != nil, value(u.MemberLabelEmoji))
	return text
}

type fakeGroups struct{ *nouns }

func (f fakeGroups) List(_ context.Context, a domain.Account) ([]domain.Group, error) {
	return f.groups, f.did("list groups of %s", a)
}
func (f fakeGroups) Create(_ context.Context, a domain.Account, u domain.GroupUpdate) (domain.GroupID, error) {
	id, _ := domain.ParseGroupID(family)
	return id, f.did("create group of %s:%s", a, show(u))
}
func (f fakeGroups) Update(_ context.Context, a domain.Account, g domain.GroupID, u domain.GroupUpdate) error {
	return f.did("update %s of %s:%s", g, a, show(u))
}
func (f fakeGroups) Quit(_ context.Context, a domain.Account, g domain.GroupID, o ports.QuitOptions) error {
	return f.did("quit %s of %s %v", g, a, o)
}
func (f fakeGroups) Join(_ context.Context, a domain.Account, link string) (domain.GroupJoin, error) {
	id, _ := domain.ParseGroupID(family)
	return domain.GroupJoin{Group: id, Requested: true}, f.did("join of %s: %s", a, link)
}

type fakeDirectory struct{ *nouns }

func (f fakeDirectory) Get(_ context.Context, a domain.Account, reference string) (domain.Group, error) {
	if len(f.groups) == 0 {
		return domain.Group{}, f.did("get %s of %s", reference, a)
	}
	return f.groups[0], f.did("get %s of %s", reference, a)
}
func (f fakeDirectory) UpdateKnown(_ context.Context, a domain.Account, reference string, u domain.GroupUpdate) error {
	return f.did("update known %s of %s:%s", reference, a, show(u))
}

type fakeContacts struct{ *nouns }

func (f fakeContacts) List(_ context.Context, a domain.Account, all bool) ([]domain.Contact, error) {
	return f.contacts, f.did("list contacts of %s %v", a, all)
}
func (f fakeContacts) Get(_ context.Context, a domain.Account, who domain.Recipient, all bool) (domain.Contact, error) {
	if len(f.contacts) == 0 {
		return domain.Contact{}, f.did("get contact %s of %s %v", who, a, all)
	}
	return f.contacts[0], f.did("get contact %s of %s %v", who, a, all)
}
func (f fakeContacts) Update(_ context.Context, a domain.Account, who domain.Recipient, u domain.ContactUpdate) error {
	name, expiration := "absent", "absent"
	if u.Name != nil {
		name = fmt.Sprintf("%q", *u.Name)
	}
	if u.MessageExpiration != nil {
		expiration = u.MessageExpiration.String()
	}
	return f.did("update contact %s of %s: name %s, expiration %s", who, a, name, expiration)
}
func (f fakeContacts) Remove(_ context.Context, a domain.Account, who domain.Recipient, mode ports.RemoveMode) error {
	return f.did("remove contact %s of %s %d", who, a, mode)
}
func (f fakeContacts) Sync(_ context.Context, a domain.Account) error {
	return f.did("sync contacts of %s", a)
}

type fakeBlockList struct{ *nouns }

func (f fakeBlockList) Block(_ context.Context, a domain.Account, who []domain.Recipient) error {
	return f.did("block %v of %s", who, a)
}
func (f fakeBlockList) Unblock(_ context.Context, a domain.Account, who []domain.Recipient) error {
	return f.did("unblock %v of %s", who, a)
}

type fakeAvatars struct{ *nouns }

func (f fakeAvatars) Contact(_ context.Context, a domain.Account, who domain.Recipient) ([]byte, error) {
	return f.picture, f.did("contact avatar %s of %s", who, a)
}
func (f fakeAvatars) Profile(_ context.Context, a domain.Account, who domain.Recipient) ([]byte, error) {
	return f.picture, f.did("profile avatar %s of %s", who, a)
}
func (f fakeAvatars) Group(_ context.Context, a domain.Account, g domain.GroupID) ([]byte, error) {
	return f.picture, f.did("group avatar %s of %s", g, a)
}

type fakeUsers struct{ *nouns }

func (f fakeUsers) Status(_ context.Context, a domain.Account, asked []string) ([]domain.UserStatus, error) {
	return f.statuses, f.did("status %q of %s", asked, a)
}

type fakeIdentities struct{ *nouns }

func (f fakeIdentities) List(_ context.Context, a domain.Account) ([]domain.Identity, error) {
	return f.identities, f.did("list identities of %s", a)
}
func (f fakeIdentities) TrustAll(_ context.Context, a domain.Account, who domain.Recipient) error {
	return f.did("trust all of %s of %s", who, a)
}
func (f fakeIdentities) TrustVerified(_ context.Context, a domain.Account, who domain.Recipient, number string) error {
	return f.did("trust %s with %s of %s", who, number, a)
}

type fakeSettings struct{ *nouns }

func (f fakeSettings) Update(_ context.Context, a domain.Account, u domain.AccountUpdate) error {
	return f.did("settings of %s: %v %v, %v %v", a, u.DiscoverableByNumber != nil, value(u.DiscoverableByNumber), u.ShareNumber != nil, value(u.ShareNumber))
}
func (f fakeSettings) SetUsername(_ context.Context, a domain.Account, name string) (domain.AssignedUsername, error) {
	return domain.AssignedUsername{Username: "alice.42", Link: "https://signal.me/#eu/x"}, f.did("username of %s: %s", a, name)
}
func (f fakeSettings) RemoveUsername(_ context.Context, a domain.Account) error {
	return f.did("remove username of %s", a)
}
func (f fakeSettings) SetPIN(_ context.Context, a domain.Account, pin string) error {
	return f.did("PIN of %s: %s", a, pin)
}
func (f fakeSettings) RemovePIN(_ context.Context, a domain.Account) error {
	return f.did("remove PIN of %s", a)
}
func (f fakeSettings) SubmitChallenge(_ context.Context, a domain.Account, token, captcha string) error {
	return f.did("challenge of %s: %s %s", a, token, captcha)
}
func (f fakeSettings) UpdateProfile(_ context.Context, a domain.Account, u domain.ProfileUpdate) error {
	avatar := "none"
	if u.Avatar != nil {
		avatar = u.Avatar.ContentType
	}
	return f.did("profile of %s: %s, about %v %q, avatar %s, remove %v", a, value(u.GivenName), u.About != nil, value(u.About), avatar, u.RemoveAvatar)
}

type fakeDevices struct{ *nouns }

func (f fakeDevices) List(_ context.Context, a domain.Account) ([]domain.Device, error) {
	return f.nouns.devices, f.did("list devices of %s", a)
}
func (f fakeDevices) Add(_ context.Context, a domain.Account, uri string) error {
	return f.did("add device of %s: %s", a, uri)
}
func (f fakeDevices) Remove(_ context.Context, a domain.Account, device domain.DeviceID) error {
	return f.did("remove device %d of %s", device, a)
}

type fakePacks struct{ *nouns }

func (f fakePacks) List(_ context.Context, a domain.Account) ([]domain.StickerPack, error) {
	return f.packs, f.did("list packs of %s", a)
}
func (f fakePacks) Add(_ context.Context, a domain.Account, id, key string) error {
	return f.did("add pack of %s: %s %s", a, id, key)
}

type fakeTrustModes struct{ *nouns }

func (f fakeTrustModes) TrustMode(_ context.Context, a domain.Account) (domain.TrustMode, error) {
	return f.mode, f.did("trust mode of %s", a)
}
func (f fakeTrustModes) SetTrustMode(_ context.Context, a domain.Account, mode domain.TrustMode) error {
	return f.did("trust mode of %s: %s", a, mode)
}

type fakeCapabilities struct{ *nouns }

func (f fakeCapabilities) Capabilities(context.Context) ([]ports.Capability, error) {
	return f.capabilities, f.did("capabilities")
}

const family = "group.QUFFQ0F3UUZCZ2NJQ1FvTERBME9EeEFSRWhNVUZSWVhHQmthR3h3ZEhoOD0="
