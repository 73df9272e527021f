package signalcli

import (
	"bytes"
	"encoding/json"
	"time"

	"heliograph/adapters/signalcli/rawjson"
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
	result, ok := plainSendResult(answer)
	if !ok {
		var a sendAnswer
		if err := json.Unmarshal(answer, &a); err != nil {
			return domain.SendResult{}, &domain.Error{Op: method, Kind: domain.Backend,
				Detail: "signal-cli gave an answer that cannot be understood", Err: err}
		}
		result = a.result()
	}
	if needTimestamp && result.Timestamp <= 0 {
		return domain.SendResult{}, domain.Errorf(domain.Backend, method, "signal-cli gave no timestamp for the message")
	}
	return result, nil
}

// plainSendResult reads the usual answer, in a sixth of the time that encoding/json takes; ok is false for any other.
func plainSendResult(answer []byte) (result domain.SendResult, ok bool) {
	ok = true
	isObject := rawjson.Members(answer, func(name, value []byte) {
		switch string(name) {
		case "timestamp":
			n, isInt := rawjson.Int(value)
			result.Timestamp, ok = domain.Timestamp(n), ok && isInt
		case "results":
			result.Results = nil
			isList := rawjson.Elements(value, func(value []byte) {
				one, isPlain := plainRecipient(value)
				result.Results, ok = append(result.Results, one), ok && isPlain
			})
			ok = ok && isList
		default:
			ok = ok && len(bytes.TrimLeft(name, "abcdefghijklmnopqrstuvwxyz")) == 0 // encoding/json takes "Timestamp" too
		}
	})
	return result, ok && isObject
}

// plainRecipient reads an entry that is a success for somebody.
func plainRecipient(value []byte) (one domain.RecipientResult, ok bool) {
	ok = true
	isObject := rawjson.Members(value, func(name, value []byte) {
		var text string
		plain := true
		switch string(name) {
		case "type":
			one.Status, plain = domain.SendSuccess, string(value) == `"`+string(domain.SendSuccess)+`"`
		case "recipientAddress":
			plain = rawjson.Members(value, func(name, value []byte) {
				text, isText := rawjson.Text(value)
				switch string(name) {
				case "uuid":
					one.Address.UUID, _ = domain.ParseUUID(text)
				case "number":
					one.Address.Number, _ = domain.ParseNumber(text)
				case "username":
					one.Address.Username = domain.Username(text)
				}
				ok = ok && isText
			})
		case "groupId":
			text, plain = rawjson.Text(value)
			one.Group, _ = domain.ParseInternalGroupID(text)
		default:
			plain = false
		}
		ok = ok && plain
	})
	return one, ok && isObject
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
