package httpapi

import (
	"fmt"
	"net/http"
	"strconv"

	"heliograph/adapters/httpapi/oas"
	"heliograph/domain"
	"heliograph/ports"
)

// sending takes messages. Its bodies are decoded as a stream, see sendbody.go.
type sending struct {
	messaging ports.Messaging
	spool     ports.Spool
	uploads   ports.Uploads
	fail      failures
	// listed says that /v2/send answers a list that holds the object, see answersList.
	listed bool
}

// answersList reports whether clients of that version of the reference read a list as the answer of /v2/send:
// builds after 0.100 answer one, releases up to it and the reference's own document one object.
func answersList(version string) bool {
	var major, minor int
	if n, _ := fmt.Sscanf(version, "%d.%d", &major, &minor); n < 2 {
		return false
	}
	return major > 0 || minor > 100
}

func (s *sending) sendMessage(w http.ResponseWriter, r *http.Request) {
	s.serve(w, r, opSendMessage, sendBodyV2, (*sendBody).draft)
}

func (s *sending) sendMessageV1(w http.ResponseWriter, r *http.Request) {
	s.serve(w, r, opSendMessageV1, sendBodyV1, (*sendBody).draftV1)
}

// serve decodes a body, sends what it says and answers. The files of the request are gone when it returns, uploads stay.
func (s *sending) serve(w http.ResponseWriter, r *http.Request, op operation, version bodyVersion, draft func(*sendBody) (ports.Draft, error)) {
	files := &uploads{spool: s.spool}
	defer files.close()
	body, err := decodeSendBody(r.Body, version, files)
	if err != nil {
		s.fail.answer(w, r, op, bodyError(err))
		return
	}
	held, release, err := holdUploads(r, s.uploads, body.attachmentIDs)
	if err != nil {
		s.fail.answer(w, r, op, err)
		return
	}
	defer release()
	body.attachments = append(body.attachments, held...)
	message, err := draft(body)
	if err != nil {
		s.fail.answer(w, r, op, err)
		return
	}
	result, err := s.messaging.Send(r.Context(), message)
	if err != nil {
		s.fail.answer(w, r, op, nameAccount(err, message.From))
		return
	}
	writeSent(w, result, s.listed && op == opSendMessage)
}

// writeSent answers a send. Nearly always there is nothing to tell but the timestamp.
func writeSent(w http.ResponseWriter, result domain.SendResult, listed bool) {
	if failed := result.Failed(); len(failed) > 0 {
		sent := sentMessage(result.Timestamp, failed)
		if listed {
			writeJSON(w, http.StatusCreated, []oas.SentMessage{sent})
			return
		}
		writeJSON(w, http.StatusCreated, sent)
		return
	}
	var room [64]byte
	encoded := room[:0]
	if listed {
		encoded = append(encoded, '[')
	}
	encoded = append(encoded, `{"timestamp":"`...)
	encoded = strconv.AppendInt(encoded, int64(result.Timestamp), 10)
	encoded = append(encoded, `"}`...)
	if listed {
		encoded = append(encoded, ']')
	}
	writeEncoded(w, http.StatusCreated, encoded)
}

// nameAccount adds to a rate limit whose it is, where the backend did not say, and to an untrusted key who may trust it.
func nameAccount(err error, account domain.Account) error {
	switch domain.KindOf(err) {
	case domain.Untrusted:
		return &accountError{account, err}
	case domain.RateLimited:
	default:
		return err
	}
	limit := domain.RateLimit{Account: account}
	if known, ok := findRateLimit(err); ok {
		limit.ChallengeTokens, limit.RetryAfter = known.ChallengeTokens, known.RetryAfter
		if known.Account != "" {
			return err
		}
	}
	return &domain.Error{Kind: domain.RateLimited, Detail: domain.DetailOf(err), Err: &limit}
}

// sentMessage is the answer for a message that not all got.
func sentMessage(timestamp domain.Timestamp, failed []domain.RecipientResult) oas.SentMessage {
	recipients := make([]oas.FailedRecipient, len(failed))
	for i, one := range failed {
		recipients[i] = oas.FailedRecipient{
			Number:   optional(string(one.Address.Number)),
			Uuid:     optional(string(one.Address.UUID)),
			Username: optional(string(one.Address.Username)),
			Reason:   string(one.Status),
		}
	}
	return oas.SentMessage{
		Timestamp: strconv.FormatInt(int64(timestamp), 10),
		Errors:    &oas.SendErrors{Recipients: recipients},
	}
}
