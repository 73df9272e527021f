package directorytest

import (
	"strings"
	"testing"

	"heliograph/domain"
)

func needSettings(p Ports) bool { return p.Settings != nil }

var settingClauses = []clause{
	{"UsernameGetsItsDiscriminator", needSettings, func(t *testing.T, h Harness) {
		got, err := h.Settings.SetUsername(t.Context(), h.Account, "heliograph")
		ok(t, err)
		if name, digits, _ := strings.Cut(string(got.Username), "."); name != "heliograph" || len(digits) < 2 || got.Link == "" {
			t.Errorf("got %+v", got)
		}
		ok(t, h.Settings.RemoveUsername(t.Context(), h.Account))
	}},
	{"WholeUsernameIsTaken", needSettings, func(t *testing.T, h Harness) {
		got, err := h.Settings.SetUsername(t.Context(), h.Account, "heliograph.42")
		ok(t, err)
		if got.Username != "heliograph.42" {
			t.Errorf("got %+v", got)
		}
		if _, err := h.Settings.SetUsername(t.Context(), h.Other, "heliograph.42"); err == nil {
			t.Error("two accounts have one username")
		}
	}},
	{"EmptyValuesAreInvalid", needSettings, func(t *testing.T, h Harness) {
		_, err := h.Settings.SetUsername(t.Context(), h.Account, "")
		want(t, err, domain.Invalid)
		want(t, h.Settings.SetPIN(t.Context(), h.Account, ""), domain.Invalid)
		want(t, h.Settings.SubmitChallenge(t.Context(), h.Account, "", "signalcaptcha://x"), domain.Invalid)
		want(t, h.Settings.SubmitChallenge(t.Context(), h.Account, "token", ""), domain.Invalid)
	}},
	{"PINIsSetAndRemoved", needSettings, func(t *testing.T, h Harness) {
		ok(t, h.Settings.SetPIN(t.Context(), h.Account, "--help"))
		ok(t, h.Settings.RemovePIN(t.Context(), h.Account))
		ok(t, h.Settings.RemovePIN(t.Context(), h.Account))
	}},
	{"WrongCaptchaIsRejected", needSettings, func(t *testing.T, h Harness) {
		want(t, h.Settings.SubmitChallenge(t.Context(), h.Account, "token", "no captcha"), domain.CaptchaRejected)
		ok(t, h.Settings.SubmitChallenge(t.Context(), h.Account, "token", "signalcaptcha://fine"))
	}},
	{"FalseIsNotLeftOut", func(p Ports) bool { return p.Settings != nil && p.Contacts != nil }, func(t *testing.T, h Harness) {
		uuid := get(t, h, h.Other, domain.Recipient{Number: h.Account.Number()}).UUID
		for _, share := range []bool{false, true} {
			ok(t, h.Settings.Update(t.Context(), h.Account, domain.AccountUpdate{ShareNumber: &share, DiscoverableByNumber: ptr(true)}))
			ok(t, h.Settings.Update(t.Context(), h.Account, domain.AccountUpdate{}))
			if seen := get(t, h, h.Other, domain.Recipient{UUID: uuid}).Number != ""; seen != share {
				t.Errorf("share %v, seen %v", share, seen)
			}
		}
	}},
	{"ProfileIsSeenByOthers", func(p Ports) bool { return p.Settings != nil && p.Contacts != nil }, func(t *testing.T, h Harness) {
		who := domain.Recipient{Number: h.Account.Number()}
		ok(t, h.Settings.UpdateProfile(t.Context(), h.Account, domain.ProfileUpdate{GivenName: ptr("Änne"), FamilyName: ptr("-f"), About: ptr("--about"),
			AboutEmoji: ptr("☀️"), Avatar: &h.Picture}))
		p := get(t, h, h.Other, who).Profile
		if p == nil || p.GivenName != "Änne" || p.FamilyName != "-f" || p.About != "--about" || p.AboutEmoji != "☀️" || !p.HasAvatar {
			t.Fatalf("seen as %+v", p)
		}
		ok(t, h.Settings.UpdateProfile(t.Context(), h.Account, domain.ProfileUpdate{About: ptr(""), RemoveAvatar: true}))
		if p := get(t, h, h.Other, who).Profile; p.GivenName != "Änne" || p.About != "" || p.HasAvatar {
			t.Errorf("seen as %+v", p)
		}
	}},
}

func needDevices(p Ports) bool { return p.Devices != nil }

var deviceClauses = []clause{
	{"DevicesComeAndGo", needDevices, func(t *testing.T, h Harness) {
		list := func() []domain.Device {
			t.Helper()
			devices, err := h.Devices.List(t.Context(), h.Account)
			ok(t, err)
			return devices
		}
		before := list()
		if len(before) == 0 || before[0].ID != 1 || before[0].Created == 0 {
			t.Fatalf("devices %+v", before)
		}
		ok(t, h.Devices.Add(t.Context(), h.Account, "sgnl://linkdevice?uuid=abcDEF123-_%3D%3D&pub_key=BQ1234567890"))
		added := list()
		if len(added) != len(before)+1 {
			t.Fatalf("devices %+v", added)
		}
		ok(t, h.Devices.Remove(t.Context(), h.Account, added[len(added)-1].ID))
		if after := list(); len(after) != len(before) {
			t.Errorf("devices %+v", after)
		}
	}},
	{"WrongValuesAreInvalid", needDevices, func(t *testing.T, h Harness) {
		for _, uri := range []string{"", "https://example.org", "--help"} {
			want(t, h.Devices.Add(t.Context(), h.Account, uri), domain.Invalid)
		}
		for _, id := range []domain.DeviceID{0, -1} {
			want(t, h.Devices.Remove(t.Context(), h.Account, id), domain.Invalid)
		}
	}},
	{"UnknownDeviceIsAnError", needDevices, func(t *testing.T, h Harness) {
		want(t, h.Devices.Remove(t.Context(), h.Account, 99), domain.NotFound)
	}},
}

func needStickers(p Ports) bool { return p.Stickers != nil }

var stickerClauses = []clause{
	{"AddedPackIsInstalled", needStickers, func(t *testing.T, h Harness) {
		ok(t, h.Stickers.Add(t.Context(), h.Account, strings.ToUpper(h.PackID), h.PackKey))
		packs, err := h.Stickers.List(t.Context(), h.Account)
		ok(t, err)
		for _, p := range packs {
			if p.ID == h.PackID {
				if !p.Installed || p.Title == "" || p.Author == "" || !strings.Contains(p.URL, h.PackKey) {
					t.Errorf("listed as %+v", p)
				}
				return
			}
		}
		t.Errorf("packs %+v", packs)
	}},
	{"WrongIDOrKeyIsInvalid", needStickers, func(t *testing.T, h Harness) {
		for _, pack := range [][2]string{{"", ""}, {h.PackID, ""}, {"", h.PackKey}, {"xyz", h.PackKey}, {h.PackID, "00&pack_id=11"}, {"-", "-"}} {
			want(t, h.Stickers.Add(t.Context(), h.Account, pack[0], pack[1]), domain.Invalid)
		}
	}},
	{"UnknownPackIsAnError", needStickers, func(t *testing.T, h Harness) {
		want(t, h.Stickers.Add(t.Context(), h.Account, strings.Repeat("1f", 16), h.PackKey), domain.Backend)
	}},
}
