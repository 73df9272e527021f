package signalcli_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"heliograph/adapters/signalcli"
	"heliograph/domain"
	"heliograph/ports"
)

func ptr[T any](v T) *T { return &v }

var (
	picture = domain.AttachmentFile{Path: "/spool/1/picture.png", FileName: "picture.png", ContentType: "image/png", Size: 3}
	crowd   = []domain.Recipient{bob, carol, dave}
)

// noun is a method of a port, called in one way.
type noun struct {
	name string
	// answer of signal-cli that makes it a success; empty for {}.
	answer string
	call   func(ctx context.Context, c *signalcli.Client) error
}

// nouns are all methods of the ports that are not about messages, with all that can be said in them.
func nouns() []noun {
	const created = `{"timestamp":1700000000123,"results":[],"groupId":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}`
	update := func(u domain.GroupUpdate) func(context.Context, *signalcli.Client) error {
		return func(ctx context.Context, c *signalcli.Client) error {
			return signalcli.NewGroups(c).Update(ctx, account, group, u)
		}
	}
	settings := func(u domain.AccountUpdate) func(context.Context, *signalcli.Client) error {
		return func(ctx context.Context, c *signalcli.Client) error {
			return signalcli.NewAccountSettings(c).Update(ctx, account, u)
		}
	}
	return []noun{
		{"groups", "[]", func(ctx context.Context, c *signalcli.Client) error {
			_, err := signalcli.NewGroups(c).List(ctx, account)
			return err
		}},
		{"new group", created, func(ctx context.Context, c *signalcli.Client) error {
			id, err := signalcli.NewGroups(c).Create(ctx, account, domain.GroupUpdate{Name: ptr("New"), AddMembers: crowd})
			if id != group {
				return fmt.Errorf("got group %v, %w", id, err)
			}
			return err
		}},
		{"defect 29: group with everything", "", update(domain.GroupUpdate{Name: ptr("-n"), Description: ptr(""), Avatar: &picture, AddMembers: crowd,
			RemoveMembers: crowd, AddAdmins: crowd, RemoveAdmins: crowd, Ban: crowd, Unban: crowd, ResetLink: true, Link: domain.LinkEnabledWithApproval,
			Permissions:       domain.GroupPermissions{AddMembers: domain.OnlyAdmins, EditGroup: domain.EveryMember, SendMessages: domain.OnlyAdmins},
			MessageExpiration: ptr(time.Hour), MemberLabel: ptr("boss"), MemberLabelEmoji: ptr("")})},
		{"defect 28: group without expiration", "", update(domain.GroupUpdate{MessageExpiration: ptr(time.Duration(0))})},
		{"group as it is", "", update(domain.GroupUpdate{})},
		{"group left", "", func(ctx context.Context, c *signalcli.Client) error {
			return signalcli.NewGroups(c).Quit(ctx, account, group, ports.QuitOptions{Delete: true, NewAdmins: crowd})
		}},
		{"group joined", created, func(ctx context.Context, c *signalcli.Client) error {
			_, err := signalcli.NewGroups(c).Join(ctx, account, "https://signal.group/#abcd")
			return err
		}},
		{"contacts", "[]", func(ctx context.Context, c *signalcli.Client) error {
			_, err := signalcli.NewContacts(c).List(ctx, account, false)
			return err
		}},
		{"everybody", "[]", func(ctx context.Context, c *signalcli.Client) error {
			_, err := signalcli.NewContacts(c).List(ctx, account, true)
			return err
		}},
		{"one contact", `[{"number":"+15550100002"}]`, func(ctx context.Context, c *signalcli.Client) error {
			_, err := signalcli.NewContacts(c).Get(ctx, account, dave, true)
			return err
		}},
		{"contact changed", "", func(ctx context.Context, c *signalcli.Client) error {
			return signalcli.NewContacts(c).Update(ctx, account, bob, domain.ContactUpdate{Name: ptr("Bob"), MessageExpiration: ptr(time.Minute)})
		}},
		{"defect 28: contact cleared", "", func(ctx context.Context, c *signalcli.Client) error {
			return signalcli.NewContacts(c).Update(ctx, account, bob, domain.ContactUpdate{Name: ptr(""), MessageExpiration: ptr(time.Duration(0))})
		}},
		{"contact removed", "", func(ctx context.Context, c *signalcli.Client) error {
			return signalcli.NewContacts(c).Remove(ctx, account, bob, ports.RemoveContact)
		}},
		{"contact hidden", "", func(ctx context.Context, c *signalcli.Client) error {
			return signalcli.NewContacts(c).Remove(ctx, account, bob, ports.RemoveHide)
		}},
		{"contact forgotten", "", func(ctx context.Context, c *signalcli.Client) error {
			return signalcli.NewContacts(c).Remove(ctx, account, bob, ports.RemoveForget)
		}},
		{"contacts synchronised", "", func(ctx context.Context, c *signalcli.Client) error {
			return signalcli.NewContacts(c).Sync(ctx, account)
		}},
		{"blocked", "", func(ctx context.Context, c *signalcli.Client) error {
			return signalcli.NewBlockList(c).Block(ctx, account, append(crowd[:3:3], domain.Recipient{Group: group}))
		}},
		{"unblocked", "", func(ctx context.Context, c *signalcli.Client) error {
			return signalcli.NewBlockList(c).Unblock(ctx, account, []domain.Recipient{{Group: group}})
		}},
		{"avatar of a contact", `{"data":"AAAA"}`, func(ctx context.Context, c *signalcli.Client) error {
			_, err := signalcli.NewAvatars(c).Contact(ctx, account, bob)
			return err
		}},
		{"avatar of a profile", `{"data":"AAAA"}`, func(ctx context.Context, c *signalcli.Client) error {
			_, err := signalcli.NewAvatars(c).Profile(ctx, account, carol)
			return err
		}},
		{"avatar of a group", `{"data":"AAAA"}`, func(ctx context.Context, c *signalcli.Client) error {
			_, err := signalcli.NewAvatars(c).Group(ctx, account, group)
			return err
		}},
		{"status", "[]", func(ctx context.Context, c *signalcli.Client) error {
			_, err := signalcli.NewUserDirectory(c).Status(ctx, account, []string{"+15550100002", "u:dave.01", "+15550100002,+15550100003", "--username"})
			return err
		}},
		{"identities", "[]", func(ctx context.Context, c *signalcli.Client) error {
			_, err := signalcli.NewIdentities(c).List(ctx, account)
			return err
		}},
		{"all keys trusted", "", func(ctx context.Context, c *signalcli.Client) error {
			return signalcli.NewIdentities(c).TrustAll(ctx, account, bob)
		}},
		{"key trusted", "", func(ctx context.Context, c *signalcli.Client) error {
			return signalcli.NewIdentities(c).TrustVerified(ctx, account, carol, "12345 67890")
		}},
		{"seen by number", "", settings(domain.AccountUpdate{DiscoverableByNumber: ptr(true), ShareNumber: ptr(false)})},
		{"settings as they are", "", settings(domain.AccountUpdate{})},
		{"username", `{"username":"alice.42"}`, func(ctx context.Context, c *signalcli.Client) error {
			_, err := signalcli.NewAccountSettings(c).SetUsername(ctx, account, "alice")
			return err
		}},
		{"username removed", "", func(ctx context.Context, c *signalcli.Client) error {
			return signalcli.NewAccountSettings(c).RemoveUsername(ctx, account)
		}},
		{"PIN", "", func(ctx context.Context, c *signalcli.Client) error {
			return signalcli.NewAccountSettings(c).SetPIN(ctx, account, "--help")
		}},
		{"PIN removed", "", func(ctx context.Context, c *signalcli.Client) error {
			return signalcli.NewAccountSettings(c).RemovePIN(ctx, account)
		}},
		{"challenge", "", func(ctx context.Context, c *signalcli.Client) error {
			return signalcli.NewAccountSettings(c).SubmitChallenge(ctx, account, "tok", "signalcaptcha://abc.def")
		}},
		{"profile", "", func(ctx context.Context, c *signalcli.Client) error {
			return signalcli.NewAccountSettings(c).UpdateProfile(ctx, account, domain.ProfileUpdate{GivenName: ptr("Alice"), FamilyName: ptr(""),
				About: ptr("hi"), AboutEmoji: ptr("x"), Avatar: &picture})
		}},
		{"profile without avatar", "", func(ctx context.Context, c *signalcli.Client) error {
			return signalcli.NewAccountSettings(c).UpdateProfile(ctx, account, domain.ProfileUpdate{GivenName: ptr("Alice"), Avatar: &picture, RemoveAvatar: true})
		}},
		{"devices", "[]", func(ctx context.Context, c *signalcli.Client) error {
			_, err := signalcli.NewDevices(c).List(ctx, account)
			return err
		}},
		{"device added", "", func(ctx context.Context, c *signalcli.Client) error {
			return signalcli.NewDevices(c).Add(ctx, account, "sgnl://linkdevice?uuid=a&pub_key=b")
		}},
		{"device removed", "", func(ctx context.Context, c *signalcli.Client) error {
			return signalcli.NewDevices(c).Remove(ctx, account, 2)
		}},
		{"sticker packs", "[]", func(ctx context.Context, c *signalcli.Client) error {
			_, err := signalcli.NewStickerPacks(c).List(ctx, account)
			return err
		}},
		{"sticker pack added", "", func(ctx context.Context, c *signalcli.Client) error {
			return signalcli.NewStickerPacks(c).Add(ctx, account, "9A32", "19546e")
		}},
	}
}

func TestEveryNounBecomesOneCall(t *testing.T) {
	reads := map[string]bool{}
	for _, m := range signalcli.Methods() {
		reads[m.Name] = m.Read
	}
	var got bytes.Buffer
	for _, n := range nouns() {
		if n.answer == "" {
			n.answer = "{}"
		}
		s := &script{answer: n.answer}
		if err := n.call(t.Context(), signalcli.New(s, signalcli.Options{SharedDisk: true})); err != nil {
			t.Errorf("%s: %v", n.name, err)
			continue
		}
		if len(s.calls) != 1 || s.calls[0].Account != account || s.calls[0].Effect == reads[s.calls[0].Method] {
			t.Errorf("%s: got calls %v", n.name, s.calls)
			continue
		}
		fmt.Fprintf(&got, "# %s\n%s\n", n.name, s.calls[0].Method)
		for _, p := range s.calls[0].Params {
			fmt.Fprintf(&got, "  %s%s: %#v\n", p.Name, []string{"", " (positional)", " (stdin)", " (word)"}[p.Form], p.Value)
		}
	}
	golden := filepath.Join("testdata", "nouns.golden")
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("calls differ (-want +got):\n%s", diff)
	}
}

// An answer that lacks what was asked for is no success: DEFECTS.md, number 24.
func TestDefect24AnswersThatSayNothingAreErrors(t *testing.T) {
	needs := map[string]bool{"listGroups": true, "joinGroup": true, "listContacts": true, "getAvatar": true, "getUserStatus": true,
		"listIdentities": true, "listDevices": true, "listStickerPacks": true}
	for _, n := range nouns() {
		for _, answer := range []string{`{}`, `"x"`, `{"data":""}`, `{"data":"***"}`, `{"groupId":"AAAA"}`} {
			s := &script{answer: answer}
			err := n.call(t.Context(), signalcli.New(s, signalcli.Options{SharedDisk: true}))
			needed := needs[s.calls[0].Method] || n.name == "new group" || n.name == "username"
			if kind := domain.KindOf(err); needed != (err != nil) || err != nil && kind != domain.Backend {
				t.Errorf("%s, answered %s: %v", n.name, answer, err)
			}
		}
	}
}

func TestNounsRefuseAnAccountThatIsNone(t *testing.T) {
	s := &script{answer: "[]"}
	_, err := signalcli.NewGroups(signalcli.New(s, signalcli.Options{})).List(t.Context(), "--config=/x")
	if domain.KindOf(err) != domain.Invalid || len(s.calls) != 0 {
		t.Errorf("got %v, %d calls", err, len(s.calls))
	}
}

func TestOldSignalCliIsToldWhatTheNounNeeds(t *testing.T) {
	for name, tc := range map[string]struct {
		version string
		update  domain.GroupUpdate
		needs   string // empty: it is called
	}{
		"label":        {"0.13.19", domain.GroupUpdate{MemberLabel: ptr("boss")}, "0.14.1"},
		"emoji":        {"0.14.0", domain.GroupUpdate{MemberLabelEmoji: ptr("x")}, "0.14.1"},
		"label there":  {"0.14.1", domain.GroupUpdate{MemberLabel: ptr("boss")}, ""},
		"not asked":    {"0.13.19", domain.GroupUpdate{Name: ptr("x"), Ban: crowd}, ""},
		"not known":    {"", domain.GroupUpdate{MemberLabel: ptr("boss")}, ""},
		"label unsaid": {"0.13.0", domain.GroupUpdate{ResetLink: true}, ""},
	} {
		s := &script{answer: `{}`, version: tc.version}
		err := signalcli.NewGroups(signalcli.New(s, signalcli.Options{})).Update(t.Context(), account, group, tc.update)
		if tc.needs == "" {
			if err != nil || len(s.calls) != 1 {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if domain.KindOf(err) != domain.Unsupported || !strings.Contains(domain.DetailOf(err), tc.needs) || len(s.calls) != 0 {
			t.Errorf("%s: got %v, want %s named", name, err, tc.needs)
		}
	}
}
