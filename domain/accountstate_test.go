package domain_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"heliograph/domain"
)

const stateAccount = domain.Account("+15550100001")

func accountEvent(t *testing.T, status domain.AccountStatus, account domain.Account, follows uint64) *domain.Event {
	t.Helper()
	e, err := status.Event(account, follows)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestAccountStatusIsAnEvent(t *testing.T) {
	status := domain.AccountStatus{State: domain.StateChallengeRequired, Since: 1700000000123, Reason: "why", ChallengeTokens: []string{"token"}}
	e := accountEvent(t, status, stateAccount, 7)
	const want = `{"account":"+15550100001","accountState":{"state":"challenge_required","since":1700000000123,"reason":"why","challenge_tokens":["token"]}}`
	if string(e.Payload) != want || e.Kind != domain.KindAccount || e.Account != stateAccount || e.Received != 1700000000123 || e.Source != "" {
		t.Errorf("%+v with payload %s", e, e.Payload)
	}
	if strings.Contains(string(e.Key), "555") {
		t.Errorf("the key %s names the account", e.Key)
	}
	var back struct{ AccountState domain.AccountStatus }
	if err := json.Unmarshal(e.Payload, &back); err != nil || !reflect.DeepEqual(back.AccountState, status) {
		t.Errorf("read back as %+v, %v", back, err)
	}
	if envelope, err := domain.ParseEnvelope(e.Payload); err != nil || envelope.Account() != stateAccount {
		t.Errorf("who reads envelopes cannot read it: %v", err)
	}
}

// The same change has one key, so that the log keeps it once; each other one has its own.
func TestAccountEventKeys(t *testing.T) {
	working := domain.AccountStatus{State: domain.StateWorking, Since: 1}
	key := accountEvent(t, working, stateAccount, 1).Key
	later := working
	later.Since, later.Reason = 2, "said otherwise"
	if accountEvent(t, later, stateAccount, 1).Key != key {
		t.Error("time and words make another change of it")
	}
	if first, again := accountEvent(t, working, stateAccount, 0).Key, accountEvent(t, later, stateAccount, 0).Key; first == again {
		t.Error("an account that is new once more is taken for the one before")
	}
	for name, other := range map[string]*domain.Event{
		"another account":   accountEvent(t, working, "+15550100002", 1),
		"after another one": accountEvent(t, working, stateAccount, 2),
		"the first one":     accountEvent(t, working, stateAccount, 0),
		"another state":     accountEvent(t, domain.AccountStatus{State: domain.StateUnlinked}, stateAccount, 1),
	} {
		if other.Key == key {
			t.Errorf("%s: the same key", name)
		}
	}
}

func TestAccountStates(t *testing.T) {
	states := domain.AccountStates()
	if len(states) != 7 || len(slices.Compact(slices.Sorted(slices.Values(states)))) != 7 {
		t.Errorf("%v", states)
	}
	states[0] = "changed"
	if domain.AccountStates()[0] != domain.StateStarting {
		t.Error("the list is shared")
	}
}
