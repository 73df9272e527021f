package domain

import "time"

// SendResult is what became of one Outgoing.
type SendResult struct {
	// Timestamp names the sent message for edits, reactions, quotes and deletes.
	Timestamp Timestamp
	// Results has one entry a recipient, one a member for a group; empty means that all went well.
	Results []RecipientResult
}

// RecipientResult is what became of it for one recipient.
type RecipientResult struct {
	Address Address
	// Group is set for members of a group target.
	Group  GroupID
	Status SendStatus
	// ChallengeToken is set when a captcha lifts the rate limit.
	ChallengeToken string
	// RetryAfter is zero when Signal named no time.
	RetryAfter time.Duration
}

// Address is how signal-cli names a person in results; each field may be empty.
type Address struct {
	UUID     UUID
	Number   Number
	Username Username
}

// SendStatus is the outcome for one recipient, in signal-cli's words.
type SendStatus string

// The outcomes signal-cli knows.
const (
	SendSuccess         SendStatus = "SUCCESS"
	SendNetworkFailure  SendStatus = "NETWORK_FAILURE"
	SendUnregistered    SendStatus = "UNREGISTERED_FAILURE"
	SendIdentityFailure SendStatus = "IDENTITY_FAILURE"
	SendRateLimited     SendStatus = "RATE_LIMIT_FAILURE"
	SendInvalidPreKey   SendStatus = "INVALID_PRE_KEY_FAILURE"
)

// Failed are the entries that are no success.
func (r SendResult) Failed() []RecipientResult {
	var failed []RecipientResult
	for _, one := range r.Results {
		if one.Status != SendSuccess {
			failed = append(failed, one)
		}
	}
	return failed
}
