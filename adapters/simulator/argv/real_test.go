package argv_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"heliograph/adapters/simulator/argv"
	"heliograph/test/realcli"
)

// vocabulary is what random command lines are made of, beside flags and their prefixes.
var vocabulary = []string{
	"--", "-", "", "-1", "-12x", "x", "+15550100001", "5", "3.5", "true", "json", "plain-text", "read", "enabled",
	"only-admins", "accept", "manual", "@file", "ab=c", "-=x", "--=x", "---x", "-é", "é", "9999999999", "99999999999999999999",
}

var commands = strings.Fields(`addDevice addStickerPack block daemon deleteLocalAccountData finishChangeNumber getAttachment
getAvatar getSticker getUserStatus joinGroup jsonRpc link listAccounts listContacts listDevices listGroups listIdentities
listStickerPacks quitGroup receive register remoteDelete removeContact removeDevice removePin send sendContacts
sendMessageRequestResponse sendPaymentNotification sendReaction sendReceipt sendSyncRequest sendTyping setPin
startChangeNumber submitRateLimitChallenge trust unblock unregister updateAccount updateConfiguration updateContact
updateGroup updateProfile uploadStickerPack verify version sen list s`)

var flags = strings.Fields(`-a --account -u --username -c --config -o --output -v --verbose --trust-new-identities --dbus
--dbus-system --log-file --service-environment -h --help --version -g --group-id --group -m --message --message-from-stdin
--attachment -e --end-session --mention --text-style --quote-timestamp --sticker --edit-timestamp --note-to-self
--notify-self -t --target-timestamp --type --stop -r --remove --emoji --target-author --timeout --max-messages --uri --name
-n --given-name --expiration --admin --member --remove-member --link --reset-link --blocked --detailed -d --device-id --pin
-p --profile --contact --recipient --id --tcp --socket --receive-mode --captcha --voice --delete --hide --forget
--set-permission-add-member --avatar --remove-avatar --delete-username --number-sharing --verified-safety-number
--trust-all-known-keys --view-once --story --bogus`)

// randomVector is a command line with much of what can go wrong.
func randomVector(r *rand.Rand) []string {
	pick := func(from []string) string { return from[r.IntN(len(from))] }
	word := func() string {
		switch r.IntN(8) {
		case 0, 1, 2:
			return pick(flags)
		case 3:
			return pick(flags) + "=" + pick(vocabulary)
		case 4:
			f := pick(flags)
			return f[:1+r.IntN(len(f))]
		case 5:
			return "-" + string("agmtrvhnuedx"[r.IntN(12)]) + string("agmtrvhnuedx"[r.IntN(12)])
		default:
			return pick(vocabulary)
		}
	}
	var args []string
	for range r.IntN(3) {
		args = append(args, pick([]string{"-a", "x", "-o", "json", "--config=/c", "-v", "-aX", "--verb", "--acc", "--", word()}))
	}
	if r.IntN(20) > 0 {
		args = append(args, pick(commands))
	}
	for range r.IntN(7) {
		args = append(args, word())
	}
	return args
}

// TestSameAsRealParser compares with signal-cli's own parser of 0.13.19 on random command lines.
func TestSameAsRealParser(t *testing.T) {
	real, ours := realcli.NewParser(t), argv.For("0.13.19")
	r := rand.New(rand.NewPCG(14, 6))
	accepted := 0
	for range 20_000 {
		args := randomVector(r)
		want, err := real.Parse(args)
		if err != nil {
			t.Fatalf("%q: %v", args, err)
		}
		got, err := ours.Parse(args)
		if message := ""; !want.OK {
			if err != nil {
				message = err.Error()
			}
			if message != want.Error {
				t.Errorf("%q: error %q, real %q", args, message, want.Error)
			}
			continue
		}
		accepted++
		if err != nil {
			t.Errorf("%q: error %q, real accepts it", args, err)
			continue
		}
		if got.Command != want.Command {
			t.Errorf("%q: command %q, real %q", args, got.Command, want.Command)
		}
		// the default socket path depends on the environment and is filled in later
		if got.Params["socket"] == "" {
			delete(got.Params, "socket")
			delete(want.Params, "socket")
		}
		if diff := cmp.Diff(want.Params, got.Params); diff != "" {
			t.Errorf("%q: real -, ours +:\n%s", args, diff)
		}
		if t.Failed() && accepted > 100 {
			t.FailNow()
		}
	}
	if accepted < 500 {
		t.Errorf("only %d command lines were accepted", accepted)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"-a\x00+1\x00send\x00-m\x00-x", "send\x00--\x00--attachment=/etc/passwd", "--version", "send\x00--m"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		args := strings.Split(line, "\x00")
		got, err := argv.Parse(args)
		var refused *argv.Error
		switch {
		case err == nil:
			if got.Command == "" {
				t.Fatalf("%q: accepted without a command", args)
			}
		case errors.Is(err, argv.ErrHelp), errors.Is(err, argv.ErrVersion), errors.As(err, &refused):
		default:
			t.Fatalf("%q: %T", args, err)
		}
	})
}
