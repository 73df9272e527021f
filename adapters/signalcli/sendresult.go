package signalcli

import (
	"encoding/json"
	"time"

	"heliograph/domain"
)

// sendAnswer is SendResult as signal-cli writes it.
type sendAnswer struct {
	Timestamp *int64 `json:"timestamp"`
	Results   []struct {
		RecipientAddress struct {
			UUID     string `json:"uuid"`
			Number   string `json:"number"`
			Username string `json:"username"`
		} `json:"recipientAddress"`
		GroupID           string            `json:"groupId"`
		Type              domain.SendStatus `json:"type"`
		Token             string            `json:"token"`
		RetryAfterSeconds int64             `json:"retryAfterSeconds"`
	} `json:"results"`
}

// namesMessage says whether the answer must carry the timestamp of what was sent.
func namesMessage(out domain.Outgoing) bool {
	switch o := out.(type) {
	case domain.Message:
		return !o.EndSession
	case domain.Poll, domain.RemoteDelete:
		return true
	}
	return false
}

// decodeSendResult reads an answer. One without the timestamp that names the message is a
// Backend error: nothing says that it was sent.
func decodeSendResult(method string, answer []byte, needTimestamp bool) (domain.SendResult, error) {
	var a sendAnswer
	if err := json.Unmarshal(answer, &a); err != nil {
		return domain.SendResult{}, &domain.Error{Op: method, Kind: domain.Backend,
			Detail: "signal-cli gave an answer that cannot be understood", Err: err}
	}
	if needTimestamp && (a.Timestamp == nil || *a.Timestamp <= 0) {
		return domain.SendResult{}, domain.Errorf(domain.Backend, method, "signal-cli gave no timestamp for the message")
	}
	return a.result(), nil
}

func (a sendAnswer) result() domain.SendResult {
	var r domain.SendResult
	if a.Timestamp != nil {
		r.Timestamp = domain.Timestamp(*a.Timestamp)
	}
	if len(a.Results) == 0 {
		return r
	}
	r.Results = make([]domain.RecipientResult, len(a.Results))
	for i, one := range a.Results {
		to := &r.Results[i]
		to.Address.UUID, _ = domain.ParseUUID(one.RecipientAddress.UUID)
		to.Address.Number, _ = domain.ParseNumber(one.RecipientAddress.Number)
		to.Address.Username = domain.Username(one.RecipientAddress.Username)
		if one.GroupID != "" {
			to.Group, _ = domain.ParseInternalGroupID(one.GroupID)
		}
		to.Status = one.Type
		to.ChallengeToken = one.Token
		to.RetryAfter = time.Duration(one.RetryAfterSeconds) * time.Second
	}
	return r
}
