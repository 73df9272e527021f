package simulator_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"heliograph/adapters/simulator"
)

// notOurs are recorded answers that come from what the recording's stand-in server could not do.
var notOurs = map[string]string{
	"send known but unregistered": "it gave no keys for contacts",
	"getUserStatus":               "it had no directory",
	"addDevice":                   "it had no devices", "removeDevice": "it had no devices",
	"updateProfile": "it stored no profiles",
	"setPin":        "it had no key backup", "removePin": "it had no key backup",
	"joinGroup": "it had no groups", "updateGroup edit": "it had no groups", "quitGroup": "the change before it failed",
	"startChangeNumber": "it verified no numbers", "finishChangeNumber": "startChangeNumber failed",
	"register": "it verified no numbers", "verify": "register failed",
	"submitRateLimitChallenge": "it had no challenges",
}

// TestRecordedAnswers asks what the real signal-cli 0.13.19 was asked and compares codes, texts, keys and types.
func TestRecordedAnswers(t *testing.T) {
	raw, err := os.ReadFile("testdata/answers.json")
	if err != nil {
		t.Fatal(err)
	}
	phone := func(number string) simulator.Account {
		return simulator.Account{Number: number, GivenName: "Contact", FamilyName: number, Phone: true}
	}
	sim := start(t, simulator.Options{
		Version: "0.13.19", ReceiveMode: simulator.ReceiveOnStart,
		Accounts: []simulator.Account{
			{Number: alice, GivenName: "Account", FamilyName: "No1", About: "a"}, {Number: bob, GivenName: "Account", FamilyName: "No2", About: "b"},
			phone("+15550200001"), phone("+15550200002"), phone("+15550200003"),
		},
		Groups: []simulator.Group{{ID: "KlqPBBXXbvZ6tw8y3OLn1901Jm+WyzQu046retsQ/08=", Name: "Group 1", Members: []string{alice, bob, "+15550200001"}}},
	})
	c := open(t, sim)
	for _, e := range decode[[]struct {
		Name              string
		Request, Response json.RawMessage
	}](t, raw) {
		t.Run(e.Name, func(t *testing.T) {
			c.t = t
			c.write(string(e.Request) + "\n")
			got := c.read()
			for got.Method != "" {
				got = c.read()
			}
			want := decode[answer](t, e.Response)
			if notOurs[e.Name] != "" {
				return
			}
			switch {
			case (want.Error == nil) != (got.Error == nil):
				t.Fatalf("got %s %v, want %s %v", got.Result, got.Error, want.Result, want.Error)
			case want.Error != nil:
				if want.Error.Code != got.Error.Code || want.Error.Message != got.Error.Message {
					t.Errorf("got %v, want %v", got.Error, want.Error)
				}
			default:
				compareKeys(t, decode[any](t, want.Result), decode[any](t, got.Result))
			}
		})
	}
}

func compareKeys(t *testing.T, want, got any) {
	t.Helper()
	wanted, had := map[string]bool{}, map[string]bool{}
	keys("", want, wanted)
	keys("", got, had)
	known := func(set map[string]bool, k string) bool {
		path, kind, _ := strings.Cut(k, " ")
		// whether a name or a note is there depends on the people, not on the shape
		return set[k] || kind == "null" && set[path+" string"] || kind == "string" && set[path+" null"]
	}
	for k := range wanted {
		if !known(had, k) {
			t.Errorf("missing %s", k)
		}
	}
	for k := range had {
		if !known(wanted, k) {
			t.Errorf("unexpected %s", k)
		}
	}
}
