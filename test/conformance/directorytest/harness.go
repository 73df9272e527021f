// Package directorytest holds what the ports promise that are the directories of an account (ports.Groups, Contacts, BlockList, Avatars,
// UserDirectory, Identities, AccountSettings, Devices, StickerPacks), as tests. An adapter or a fake runs it:
//
//	directorytest.Run(t, func(t *testing.T) directorytest.Harness { … })
//
// They stand together because what one changes is seen through another.
package directorytest

import (
	"context"
	"testing"

	"heliograph/domain"
	"heliograph/ports"
)

// Ports are the directories of one backend. One that is nil is not tested, nor what needs it.
type Ports struct {
	Groups     ports.Groups
	Contacts   ports.Contacts
	BlockList  ports.BlockList
	Avatars    ports.Avatars
	Users      ports.UserDirectory
	Identities ports.Identities
	Settings   ports.AccountSettings
	Devices    ports.Devices
	Stickers   ports.StickerPacks
}

// Harness is a fresh backend. Its maker frees all with t.Cleanup.
type Harness struct {
	Ports
	// Broken are those of a backend that cannot be reached; all nil where that cannot be made.
	Broken Ports
	// Account has two contacts, which are accounts of the backend too.
	Account, Other, Third domain.Account
	// Unknown is an account that the backend does not have, Stranger is nobody at Signal.
	Unknown  domain.Account
	Stranger domain.Recipient
	// Picture is an image with its content.
	Picture        domain.AttachmentFile
	PictureContent []byte
	// PackID and PackKey are of a pack of stickers that can be installed.
	PackID, PackKey string
	// NoLabels says that the backend is too old for labels of members.
	NoLabels bool
}

// clause is one promise.
type clause struct {
	name string
	// needs says which ports it takes.
	needs func(p Ports) bool
	check func(t *testing.T, h Harness)
}

// Run checks all promises. Those of one port share a harness: each leaves the rest as it was, or makes its own.
func Run(t *testing.T, newHarness func(t *testing.T) Harness) {
	for _, suite := range []struct {
		name    string
		clauses []clause
	}{
		{"Groups", groupClauses}, {"GroupLinks", groupLinkClauses}, {"Contacts", contactClauses}, {"BlockList", blockClauses},
		{"Avatars", avatarClauses}, {"UserDirectory", userClauses}, {"Identities", identityClauses}, {"AccountSettings", settingClauses},
		{"Devices", deviceClauses}, {"StickerPacks", stickerClauses}, {"Every", everyClauses},
	} {
		t.Run(suite.name, func(t *testing.T) {
			h := newHarness(t)
			for _, c := range suite.clauses {
				if c.needs(h.Ports) {
					t.Run(c.name, func(t *testing.T) { c.check(t, h) })
				}
			}
		})
	}
}

func (h Harness) other() domain.Recipient { return domain.Recipient{Number: h.Other.Number()} }
func (h Harness) third() domain.Recipient { return domain.Recipient{Number: h.Third.Number()} }

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func want(t *testing.T, err error, kind domain.Kind) {
	t.Helper()
	if err == nil || domain.KindOf(err) != kind {
		t.Errorf("got %v, want kind %v", err, kind)
	}
}

func ptr[T any](v T) *T { return &v }

// everyClauses hold for all methods.
var everyClauses = []clause{
	{"UnknownAccountIsToldByKind", always, func(t *testing.T, h Harness) {
		h.each(t.Context(), h.Ports, h.Unknown, func(name string, err error) {
			t.Run(name, func(t *testing.T) { want(t, err, domain.UnknownAccount) })
		})
	}},
	{"AccountThatIsNoNumberIsInvalid", always, func(t *testing.T, h Harness) {
		h.each(t.Context(), h.Ports, "--config=/x", func(name string, err error) {
			t.Run(name, func(t *testing.T) { want(t, err, domain.Invalid) })
		})
	}},
	{"EndedContextIsCanceled", always, func(t *testing.T, h Harness) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		h.each(ctx, h.Ports, h.Account, func(name string, err error) {
			t.Run(name, func(t *testing.T) { want(t, err, domain.Canceled) })
		})
	}},
	{"BackendOutOfReachIsUnavailable", always, func(t *testing.T, h Harness) {
		h.each(t.Context(), h.Broken, h.Account, func(name string, err error) {
			t.Run(name, func(t *testing.T) { want(t, err, domain.Unavailable) })
		})
	}},
}

func always(Ports) bool { return true }

// each calls every method of the ports that are there, in a way that could succeed and does no harm.
func (h Harness) each(ctx context.Context, p Ports, account domain.Account, ended func(name string, err error)) {
	id, err := domain.ParseInternalGroupID("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
	if err != nil {
		panic(err)
	}
	type call struct {
		name string
		err  error
	}
	var calls []call
	add := func(name string, err error) { calls = append(calls, call{name, err}) }
	if g := p.Groups; g != nil {
		_, err := g.List(ctx, account)
		add("Groups.List", err)
		_, err = g.Create(ctx, account, domain.GroupUpdate{Name: ptr("x")})
		add("Groups.Create", err)
		add("Groups.Update", g.Update(ctx, account, id, domain.GroupUpdate{}))
		add("Groups.Quit", g.Quit(ctx, account, id, ports.QuitOptions{}))
		_, err = g.Join(ctx, account, "https://signal.group/#abcd")
		add("Groups.Join", err)
	}
	if c := p.Contacts; c != nil {
		_, err := c.List(ctx, account, true)
		add("Contacts.List", err)
		_, err = c.Get(ctx, account, h.other(), false)
		add("Contacts.Get", err)
		add("Contacts.Update", c.Update(ctx, account, h.other(), domain.ContactUpdate{}))
		add("Contacts.Remove", c.Remove(ctx, account, h.Stranger, ports.RemoveContact))
		add("Contacts.Sync", c.Sync(ctx, account))
	}
	if b := p.BlockList; b != nil {
		add("BlockList.Block", b.Block(ctx, account, []domain.Recipient{{Group: id}}))
		add("BlockList.Unblock", b.Unblock(ctx, account, []domain.Recipient{{Group: id}}))
	}
	if a := p.Avatars; a != nil {
		_, err := a.Contact(ctx, account, h.other())
		add("Avatars.Contact", err)
		_, err = a.Profile(ctx, account, h.other())
		add("Avatars.Profile", err)
		_, err = a.Group(ctx, account, id)
		add("Avatars.Group", err)
	}
	if u := p.Users; u != nil {
		_, err := u.Status(ctx, account, []string{string(h.Other)})
		add("UserDirectory.Status", err)
	}
	if i := p.Identities; i != nil {
		_, err := i.List(ctx, account)
		add("Identities.List", err)
		add("Identities.TrustAll", i.TrustAll(ctx, account, h.other()))
		add("Identities.TrustVerified", i.TrustVerified(ctx, account, h.other(), "1"))
	}
	if s := p.Settings; s != nil {
		add("AccountSettings.Update", s.Update(ctx, account, domain.AccountUpdate{}))
		_, err := s.SetUsername(ctx, account, "x")
		add("AccountSettings.SetUsername", err)
		add("AccountSettings.RemoveUsername", s.RemoveUsername(ctx, account))
		add("AccountSettings.SetPIN", s.SetPIN(ctx, account, "1234"))
		add("AccountSettings.RemovePIN", s.RemovePIN(ctx, account))
		add("AccountSettings.SubmitChallenge", s.SubmitChallenge(ctx, account, "x", "y"))
		add("AccountSettings.UpdateProfile", s.UpdateProfile(ctx, account, domain.ProfileUpdate{}))
	}
	if d := p.Devices; d != nil {
		_, err := d.List(ctx, account)
		add("Devices.List", err)
		add("Devices.Add", d.Add(ctx, account, "x"))
		add("Devices.Remove", d.Remove(ctx, account, 99))
	}
	if s := p.Stickers; s != nil {
		_, err := s.List(ctx, account)
		add("StickerPacks.List", err)
		add("StickerPacks.Add", s.Add(ctx, account, "00", "00"))
	}
	for _, c := range calls {
		ended(c.name, c.err)
	}
}
