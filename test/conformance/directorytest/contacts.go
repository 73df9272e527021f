package directorytest

import (
	"testing"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

func needContacts(p Ports) bool { return p.Contacts != nil }

func get(t *testing.T, h Harness, account domain.Account, who domain.Recipient) domain.Contact {
	t.Helper()
	c, err := h.Contacts.Get(t.Context(), account, who, true)
	ok(t, err)
	return c
}

// listed reports whether somebody is among the contacts.
func listed(t *testing.T, h Harness, all bool, who domain.Recipient) bool {
	t.Helper()
	contacts, err := h.Contacts.List(t.Context(), h.Account, all)
	ok(t, err)
	for _, c := range contacts {
		if c.Number == who.Number {
			return true
		}
	}
	return false
}

var contactClauses = []clause{
	{"ListGivesTheContacts", needContacts, func(t *testing.T, h Harness) {
		if !listed(t, h, false, h.other()) || !listed(t, h, false, h.third()) {
			t.Error("a contact is missing")
		}
	}},
	{"GetFindsByNumberAndUUID", needContacts, func(t *testing.T, h Harness) {
		byNumber := get(t, h, h.Account, h.other())
		if byNumber.Number != h.Other.Number() || byNumber.UUID == "" || byNumber.Profile == nil {
			t.Fatalf("got %+v", byNumber)
		}
		if byUUID := get(t, h, h.Account, domain.Recipient{UUID: byNumber.UUID}); byUUID.Number != byNumber.Number || byUUID.Name != byNumber.Name {
			t.Errorf("by UUID %+v, by number %+v", byUUID, byNumber)
		}
	}},
	{"GetOfAStrangerIsNotFound", needContacts, func(t *testing.T, h Harness) {
		_, err := h.Contacts.Get(t.Context(), h.Account, h.Stranger, false)
		want(t, err, domain.NotFound)
	}},
	{"Defect28UpdateChangesWhatIsGiven", needContacts, func(t *testing.T, h Harness) {
		change := func(u domain.ContactUpdate) domain.Contact {
			t.Helper()
			ok(t, h.Contacts.Update(t.Context(), h.Account, h.other(), u))
			return get(t, h, h.Account, h.other())
		}
		before := get(t, h, h.Account, h.other())
		if c := change(domain.ContactUpdate{Name: ptr("-n Bob Ä"), MessageExpiration: ptr(24 * time.Hour)}); c.Name != "-n Bob Ä" || c.MessageExpiration != 24*time.Hour {
			t.Errorf("got %+v", c)
		}
		if c := change(domain.ContactUpdate{}); c.Name != "-n Bob Ä" || c.MessageExpiration != 24*time.Hour {
			t.Errorf("an update of nothing: %+v", c)
		}
		if c := change(domain.ContactUpdate{MessageExpiration: ptr(time.Duration(0))}); c.Name != "-n Bob Ä" || c.MessageExpiration != 0 {
			t.Errorf("got %+v", c)
		}
		if c := change(domain.ContactUpdate{Name: ptr("")}); c.Name == "-n Bob Ä" {
			t.Errorf("the name stays %q, was %q", c.Name, before.Name)
		}
	}},
	{"UpdateOfAStrangerIsUnregistered", needContacts, func(t *testing.T, h Harness) {
		want(t, h.Contacts.Update(t.Context(), h.Account, h.Stranger, domain.ContactUpdate{Name: ptr("x")}), domain.Unregistered)
	}},
	{"GroupOrNobodyIsInvalid", needContacts, func(t *testing.T, h Harness) {
		id, err := domain.ParseInternalGroupID("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
		ok(t, err)
		for _, who := range []domain.Recipient{{}, {Group: id}} {
			_, err := h.Contacts.Get(t.Context(), h.Account, who, false)
			want(t, err, domain.Invalid)
			want(t, h.Contacts.Update(t.Context(), h.Account, who, domain.ContactUpdate{}), domain.Invalid)
			want(t, h.Contacts.Remove(t.Context(), h.Account, who, ports.RemoveForget), domain.Invalid)
		}
	}},
	{"NegativeOrBrokenSecondsAreInvalid", needContacts, func(t *testing.T, h Harness) {
		for _, d := range []time.Duration{-time.Second, time.Millisecond, 1 << 62} {
			want(t, h.Contacts.Update(t.Context(), h.Account, h.other(), domain.ContactUpdate{MessageExpiration: &d}), domain.Invalid)
		}
	}},
	{"SyncSucceeds", needContacts, func(t *testing.T, h Harness) { ok(t, h.Contacts.Sync(t.Context(), h.Account)) }},
	{"HiddenContactIsAmongAll", needContacts, func(t *testing.T, h Harness) {
		ok(t, h.Contacts.Remove(t.Context(), h.Account, h.other(), ports.RemoveHide))
		if listed(t, h, false, h.other()) || !listed(t, h, true, h.other()) || !get(t, h, h.Account, h.other()).Hidden {
			t.Error("not hidden, or not among all")
		}
	}},
	{"RemovedContactIsListedNoMore", needContacts, func(t *testing.T, h Harness) {
		for _, mode := range []ports.RemoveMode{ports.RemoveContact, ports.RemoveForget} {
			ok(t, h.Contacts.Update(t.Context(), h.Account, h.third(), domain.ContactUpdate{Name: ptr("Third")}))
			if !listed(t, h, false, h.third()) {
				t.Fatal("an update makes a contact")
			}
			ok(t, h.Contacts.Remove(t.Context(), h.Account, h.third(), mode))
			if listed(t, h, false, h.third()) {
				t.Errorf("mode %d: listed still", mode)
			}
		}
	}},
}

var blockClauses = []clause{
	{"Defect25BlockedPersonIsSeenAsSuch", func(p Ports) bool { return p.BlockList != nil && p.Contacts != nil }, func(t *testing.T, h Harness) {
		both := []domain.Recipient{h.other(), {UUID: get(t, h, h.Account, h.third()).UUID}}
		ok(t, h.BlockList.Block(t.Context(), h.Account, both))
		if !get(t, h, h.Account, h.other()).Blocked || !get(t, h, h.Account, h.third()).Blocked {
			t.Error("not blocked")
		}
		if get(t, h, h.Other, h.third()).Blocked {
			t.Error("another account blocks too")
		}
		ok(t, h.BlockList.Unblock(t.Context(), h.Account, both[:1]))
		if get(t, h, h.Account, h.other()).Blocked || !get(t, h, h.Account, h.third()).Blocked {
			t.Error("one of two was to be unblocked")
		}
	}},
	{"BlockedGroupIsSeenAsSuch", func(p Ports) bool { return p.BlockList != nil && p.Groups != nil }, func(t *testing.T, h Harness) {
		id := create(t, h, domain.GroupUpdate{})
		ok(t, h.BlockList.Block(t.Context(), h.Account, []domain.Recipient{h.other(), {Group: id}}))
		if !mustSee(t, h, h.Account, id).Blocked {
			t.Error("not blocked")
		}
		ok(t, h.BlockList.Unblock(t.Context(), h.Account, []domain.Recipient{{Group: id}}))
		if mustSee(t, h, h.Account, id).Blocked {
			t.Error("blocked still")
		}
	}},
	{"NobodyIsInvalid", func(p Ports) bool { return p.BlockList != nil }, func(t *testing.T, h Harness) {
		want(t, h.BlockList.Block(t.Context(), h.Account, nil), domain.Invalid)
		want(t, h.BlockList.Unblock(t.Context(), h.Account, []domain.Recipient{{}}), domain.Invalid)
	}},
	{"StrangerIsUnregistered", func(p Ports) bool { return p.BlockList != nil }, func(t *testing.T, h Harness) {
		want(t, h.BlockList.Block(t.Context(), h.Account, []domain.Recipient{h.Stranger}), domain.Unregistered)
	}},
}
