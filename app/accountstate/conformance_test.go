package accountstate_test

import (
	"testing"

	"heliograph/app/accountstate"
	"heliograph/domain"
	"heliograph/test/conformance/sendertest"
	"heliograph/test/fake"
)

// A Sender whose outcomes are noted promises all that the one behind it does.
func TestSenderConformance(t *testing.T) {
	group, err := domain.ParseInternalGroupID("q1Yt0bJ8mQe3ZrVn5uKXh7oWcT2dLsPyGfAi9BvN4ME=")
	if err != nil {
		t.Fatal(err)
	}
	to, stranger := domain.Recipient{Number: "+15550100002"}, domain.Recipient{Number: "+15550109999"}
	causes := map[domain.Kind]error{
		domain.RateLimited: &domain.RateLimit{Account: alice, ChallengeTokens: sendertest.Tokens},
		domain.Untrusted:   &domain.UntrustedIdentity{Recipients: []domain.Address{{Number: to.Number}}},
	}
	sendertest.Run(t, func(t *testing.T) sendertest.Harness {
		next := fake.NewSender(alice)
		next.Unregister(stranger)
		return sendertest.Harness{
			Sender: accountstate.NewFacts().Sender(next),
			From:   alice, To: to, Group: group, Stranger: stranger, UnknownAccount: "+15550109998",
			File:  domain.AttachmentFile{Path: t.TempDir() + "/file.txt", ContentType: "text/plain"},
			Stall: next.Stall, Close: next.Close,
			Fail: func(kind domain.Kind) bool {
				next.Fail(&domain.Error{Op: "send", Kind: kind, Detail: "told to fail", Err: causes[kind]})
				return true
			},
			LoseBefore: func() { next.Fail(domain.Errorf(domain.Unavailable, "send", "the backend is away")) },
			LoseAfter:  func() { next.Fail(domain.Errorf(domain.OutcomeUnknown, "send", "the backend went away")) },
			Delivered: func(*testing.T, int) map[domain.Timestamp]string {
				texts := map[domain.Timestamp]string{}
				for _, sent := range next.Sent() {
					if m, ok := sent.Out.(domain.Message); ok {
						texts[sent.Timestamp] = m.Text
					}
				}
				return texts
			},
		}
	})
}
