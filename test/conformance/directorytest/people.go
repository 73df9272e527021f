package directorytest

import (
	"bytes"
	"strings"
	"testing"

	"heliograph/domain"
)

var avatarClauses = []clause{
	{"Defect31MissingIsNotFound", needAvatars, func(t *testing.T, h Harness) {
		_, err := h.Avatars.Profile(t.Context(), h.Account, h.other())
		want(t, err, domain.NotFound)
		_, err = h.Avatars.Contact(t.Context(), h.Account, h.other())
		want(t, err, domain.NotFound)
		_, err = h.Avatars.Profile(t.Context(), h.Account, h.Stranger)
		want(t, err, domain.NotFound)
	}},
	{"NobodyIsInvalid", needAvatars, func(t *testing.T, h Harness) {
		_, err := h.Avatars.Profile(t.Context(), h.Account, domain.Recipient{})
		want(t, err, domain.Invalid)
		_, err = h.Avatars.Contact(t.Context(), h.Account, domain.Recipient{})
		want(t, err, domain.Invalid)
		_, err = h.Avatars.Group(t.Context(), h.Account, domain.GroupID{})
		want(t, err, domain.Invalid)
	}},
	{"ProfileShowsWhatItsOwnerChose", func(p Ports) bool { return p.Avatars != nil && p.Settings != nil }, func(t *testing.T, h Harness) {
		ok(t, h.Settings.UpdateProfile(t.Context(), h.Other, domain.ProfileUpdate{Avatar: &h.Picture}))
		got, err := h.Avatars.Profile(t.Context(), h.Account, h.other())
		ok(t, err)
		if !bytes.Equal(got, h.PictureContent) {
			t.Errorf("%d bytes, want %d", len(got), len(h.PictureContent))
		}
		ok(t, h.Settings.UpdateProfile(t.Context(), h.Other, domain.ProfileUpdate{Avatar: &h.Picture, RemoveAvatar: true}))
		_, err = h.Avatars.Profile(t.Context(), h.Account, h.other())
		want(t, err, domain.NotFound)
	}},
	{"GroupShowsItsPicture", func(p Ports) bool { return p.Avatars != nil && p.Groups != nil }, func(t *testing.T, h Harness) {
		id := create(t, h, domain.GroupUpdate{AddMembers: []domain.Recipient{h.other()}})
		_, err := h.Avatars.Group(t.Context(), h.Account, id)
		want(t, err, domain.NotFound)
		update(t, h, id, domain.GroupUpdate{Avatar: &h.Picture})
		got, err := h.Avatars.Group(t.Context(), h.Other, id)
		ok(t, err)
		if !bytes.Equal(got, h.PictureContent) {
			t.Errorf("%d bytes, want %d", len(got), len(h.PictureContent))
		}
	}},
}

func needAvatars(p Ports) bool { return p.Avatars != nil }

var userClauses = []clause{
	{"StatusTellsWhoIsThere", needUsers, func(t *testing.T, h Harness) {
		got, err := h.Users.Status(t.Context(), h.Account, []string{string(h.Other), string(h.Stranger.Number)})
		ok(t, err)
		if len(got) != 2 {
			t.Fatalf("got %+v", got)
		}
		for _, s := range got {
			if there := s.Number == h.Other.Number(); s.Registered != there || (s.UUID != "") != there || s.Asked != string(s.Number) {
				t.Errorf("got %+v", s)
			}
		}
	}},
	{"NothingAskedIsInvalid", needUsers, func(t *testing.T, h Harness) {
		_, err := h.Users.Status(t.Context(), h.Account, nil)
		want(t, err, domain.Invalid)
		_, err = h.Users.Status(t.Context(), h.Account, []string{string(h.Other), ""})
		want(t, err, domain.Invalid)
	}},
	{"ValueIsNeverAnOption", needUsers, func(t *testing.T, h Harness) {
		_, err := h.Users.Status(t.Context(), h.Account, []string{"--username=alice.01"})
		want(t, err, domain.Invalid)
	}},
	{"UsernameIsFound", func(p Ports) bool { return p.Users != nil && p.Settings != nil }, func(t *testing.T, h Harness) {
		assigned, err := h.Settings.SetUsername(t.Context(), h.Other, "finder")
		ok(t, err)
		for _, asked := range []string{string(assigned.Username), "u:" + string(assigned.Username)} {
			got, err := h.Users.Status(t.Context(), h.Account, []string{asked})
			ok(t, err)
			if len(got) != 1 || !got[0].Registered || got[0].UUID == "" {
				t.Errorf("asked %q: %+v", asked, got)
			}
		}
	}},
}

func needUsers(p Ports) bool { return p.Users != nil }

// identity is the key of somebody.
func identity(t *testing.T, h Harness, of domain.Account) domain.Identity {
	t.Helper()
	all, err := h.Identities.List(t.Context(), h.Account)
	ok(t, err)
	for _, i := range all {
		if i.Number == of.Number() {
			return i
		}
	}
	t.Fatal("no key listed")
	return domain.Identity{}
}

var identityClauses = []clause{
	{"ListGivesTheKeys", needIdentities, func(t *testing.T, h Harness) {
		i := identity(t, h, h.Other)
		if i.UUID == "" || len(strings.Fields(i.Fingerprint)) < 32 || len(strings.Fields(i.SafetyNumber)) != 12 || i.TrustLevel == "" {
			t.Errorf("got %+v", i)
		}
	}},
	{"TrustVerifiedTrustsTheKey", needIdentities, func(t *testing.T, h Harness) {
		ok(t, h.Identities.TrustVerified(t.Context(), h.Account, h.other(), identity(t, h, h.Other).SafetyNumber))
		if level := identity(t, h, h.Other).TrustLevel; level != domain.TrustedVerified {
			t.Errorf("level %s", level)
		}
	}},
	{"TrustAllTrustsWithoutVerifying", needIdentities, func(t *testing.T, h Harness) {
		ok(t, h.Identities.TrustAll(t.Context(), h.Account, h.third()))
		if level := identity(t, h, h.Third).TrustLevel; level != domain.TrustedUnverified {
			t.Errorf("level %s", level)
		}
	}},
	{"AnotherNumberIsInvalid", needIdentities, func(t *testing.T, h Harness) {
		for _, number := range []string{"", "12345", "--trust-all-known-keys", strings.Repeat("1", 60)} {
			want(t, h.Identities.TrustVerified(t.Context(), h.Account, h.third(), number), domain.Invalid)
		}
		if level := identity(t, h, h.Third).TrustLevel; level == domain.TrustedVerified {
			t.Errorf("level %s", level)
		}
	}},
	{"StrangerIsUnregistered", needIdentities, func(t *testing.T, h Harness) {
		want(t, h.Identities.TrustAll(t.Context(), h.Account, h.Stranger), domain.Unregistered)
	}},
	{"NobodyIsInvalid", needIdentities, func(t *testing.T, h Harness) {
		want(t, h.Identities.TrustAll(t.Context(), h.Account, domain.Recipient{}), domain.Invalid)
	}},
}

func needIdentities(p Ports) bool { return p.Identities != nil }
