package signalcli_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"heliograph/adapters/signalcli"
	"heliograph/domain"
)

func TestSendResultIsReadWhole(t *testing.T) {
	s := &script{answer: `{"timestamp":9007199254740993,"results":[
		{"recipientAddress":{"uuid":"6D29E1AF-1dbf-4cd4-8c38-e791efe01e6d","number":"+15550100002","username":"bob.01"},"type":"SUCCESS"},
		{"recipientAddress":{"uuid":null,"number":null,"username":null},"groupId":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=","type":"UNREGISTERED_FAILURE"},
		{"recipientAddress":{"number":"+15550100003"},"type":"RATE_LIMIT_FAILURE","token":"token-1","retryAfterSeconds":60,"new":{"field":[1]}}]}`}
	got, err := signalcli.New(s, signalcli.Options{}).Send(t.Context(), account, domain.Message{Target: toBob, Text: "x"})
	if err != nil {
		t.Fatal(err)
	}
	want := domain.SendResult{Timestamp: 9007199254740993, Results: []domain.RecipientResult{
		{Address: domain.Address{UUID: "6d29e1af-1dbf-4cd4-8c38-e791efe01e6d", Number: "+15550100002", Username: "bob.01"}, Status: domain.SendSuccess},
		{Group: group, Status: domain.SendUnregistered},
		{Address: domain.Address{Number: "+15550100003"}, Status: domain.SendRateLimited, ChallengeToken: "token-1", RetryAfter: time.Minute},
	}}
	if diff := cmp.Diff(want, got, cmpopts.EquateComparable(domain.GroupID{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Defect 24: an answer that names no message says nothing about it.
func TestDefect24EmptyAnswersAreNoSuccess(t *testing.T) {
	message := domain.Message{Target: toBob, Text: "x"}
	poll := domain.Poll{Target: toBob, Question: "q", Options: []string{"a", "b"}}
	remoteDelete := domain.RemoteDelete{Target: toBob, TargetTimestamp: stamp}
	for _, out := range []domain.Outgoing{message, poll, remoteDelete} {
		for _, answer := range []string{`{}`, `null`, `"ok"`, `[]`, `{"timestamp":0}`, `{"timestamp":"1700000000123"}`, `{"timestamp":null}`, `{"timestamp":-1}`, ``} {
			s := &script{answer: answer}
			if _, err := signalcli.New(s, signalcli.Options{}).Send(t.Context(), account, out); domain.KindOf(err) != domain.Backend || err == nil {
				t.Errorf("%s answered by %q: got %v", out.Operation(), answer, err)
			}
		}
	}
}

func TestAnswersWithoutTimestampAreFineWhereNoneIsDue(t *testing.T) {
	for _, out := range []domain.Outgoing{
		domain.TypingIndicator{Target: toBob},
		domain.MessageRequestResponse{Target: toBob},
		domain.Message{Target: toBob, EndSession: true},
	} {
		s := &script{answer: `{}`}
		if _, err := signalcli.New(s, signalcli.Options{}).Send(t.Context(), account, out); err != nil {
			t.Errorf("%s: %v", out.Operation(), err)
		}
	}
}
