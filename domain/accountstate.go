package domain

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
)

// AccountState says what an account is able to do now; a closed set usable as a metric's label.
type AccountState string

// The states of an account.
const (
	// StateStarting is an account of which nothing was heard since the gateway started. It is no change, so no event tells of it.
	StateStarting AccountState = "starting"
	// StateLinking is an account that is being registered or linked and that the backend does not have yet.
	StateLinking AccountState = "linking"
	// StateWorking is an account that the backend has, and of which nothing bad was heard.
	StateWorking AccountState = "working"
	// StateChallengeRequired is an account that Signal lets send again when a captcha was solved. It receives all the same.
	StateChallengeRequired AccountState = "challenge_required"
	// StateUnlinked is an account that the backend lost: its device was removed, or the number was registered elsewhere.
	StateUnlinked AccountState = "unlinked"
	// StateBackendDown is an account whose backend does not answer.
	StateBackendDown AccountState = "backend_down"
	// StateOutdated is an account whose backend is too old for Signal's servers.
	StateOutdated AccountState = "outdated"
)

var accountStates = [...]AccountState{
	StateStarting, StateLinking, StateWorking, StateChallengeRequired, StateUnlinked, StateBackendDown, StateOutdated,
}

// AccountStates lists all states.
func AccountStates() []AccountState { return slices.Clone(accountStates[:]) }

// AccountStatus is the state of an account and what is known of its cause. Its JSON is what clients and the store get.
type AccountStatus struct {
	State AccountState `json:"state"`
	// Since is when the state began, or when the gateway came to know of it.
	Since Timestamp `json:"since"`
	// Reason is a sentence for people, without numbers; empty where the state says it all.
	Reason string `json:"reason,omitempty"`
	// ChallengeTokens are what a captcha must be handed in for; set for StateChallengeRequired only.
	ChallengeTokens []string `json:"challenge_tokens,omitempty"`
}

// Event is what tells readers that account's status has changed to s. follows names the status before it, a number that the store of
// statuses never gives twice for an account, 0 where it had none: gateways that come to the same conclusion, or one that does so again after
// a crash, make one event of it.
func (s AccountStatus) Event(account Account, follows uint64) (*Event, error) {
	payload, err := json.Marshal(struct {
		Account Account       `json:"account"`
		Status  AccountStatus `json:"accountState"`
	}{account, s})
	if err != nil {
		return nil, &Error{Kind: Internal, Detail: "a status that is no JSON", Err: err}
	}
	return &Event{Account: account, Kind: KindAccount, Key: s.key(account, follows), Received: s.Since, Payload: payload}, nil
}

// key is a hash as all keys are, so that no number is in it. An account that is new once more has a first status again; only
// time tells the two apart.
func (s AccountStatus) key(account Account, follows uint64) EventKey {
	k := keyParts(nil)
	k.add(string(KindAccount))
	k.add(string(account))
	k.add(string(s.State))
	k.number(int64(follows))
	if follows == 0 {
		k.number(int64(s.Since))
	}
	sum := sha256.Sum256(k)
	return EventKey(hex.EncodeToString(sum[:16]))
}
