package fake_test

import (
	"testing"
	"time"

	"heliograph/adapters/memlog"
	"heliograph/domain"
	"heliograph/ports"
	"heliograph/test/conformance/eventlogtest"
	"heliograph/test/conformance/sendertest"
	"heliograph/test/fake"
)

func TestEventLog(t *testing.T) {
	eventlogtest.Run(t, func(_ testing.TB, s eventlogtest.Settings) eventlogtest.Harness {
		clock := fake.NewClock(time.UnixMilli(1767225600000))
		newLog := func() *fake.EventLog {
			return fake.NewEventLog(memlog.New(memlog.Options{MaxBytes: s.RetainBytes, DedupWindow: s.DedupWindow, Now: clock.Now}))
		}
		log := newLog()
		broken := fake.NewEventLog(memlog.New(memlog.Options{}))
		broken.FailAppends(1, domain.Unavailable)
		broken.FailReads(1, domain.Unavailable)
		return eventlogtest.Harness{Log: log, Second: log, Advance: clock.Advance, Broken: broken, Reborn: func() ports.EventLog { return newLog() },
			LoseAck: func(n int) {
				if n == 1 { // each append has one
					log.DropAcknowledgements(1)
				}
			}}
	})
}

func TestSender(t *testing.T) {
	sendertest.Run(t, func(t *testing.T) sendertest.Harness {
		group, err := domain.ParseInternalGroupID("q1Yt0bJ8mQe3ZrVn5uKXh7oWcT2dLsPyGfAi9BvN4ME=")
		if err != nil {
			t.Fatal(err)
		}
		const alice domain.Account = "+15550100001"
		stranger := domain.Recipient{Number: "+15550109999"}
		s := fake.NewSender(alice)
		s.Unregister(stranger)
		return sendertest.Harness{
			Sender: s, From: alice, To: domain.Recipient{Number: "+15550100002"}, Group: group,
			Stranger: stranger, UnknownAccount: "+15550109998",
			File:  domain.AttachmentFile{Path: t.TempDir() + "/file.txt", ContentType: "text/plain"},
			Stall: s.Stall, Close: s.Close,
			Fail: func(kind domain.Kind) bool {
				s.Fail(&domain.Error{Op: "send", Kind: kind, Detail: "told to fail", Err: causes[kind]})
				return true
			},
			LoseBefore: func() { s.Fail(domain.Errorf(domain.Unavailable, "send", "the backend is away")) },
			LoseAfter:  func() { s.Fail(domain.Errorf(domain.OutcomeUnknown, "send", "the backend went away")) },
			Delivered: func(*testing.T, int) map[domain.Timestamp]string {
				texts := map[domain.Timestamp]string{}
				for _, sent := range s.Sent() {
					if m, ok := sent.Out.(domain.Message); ok {
						texts[sent.Timestamp] = m.Text
					}
				}
				return texts
			},
		}
	})
}

var causes = map[domain.Kind]error{
	domain.RateLimited: &domain.RateLimit{Account: "+15550100001", ChallengeTokens: sendertest.Tokens},
	domain.Untrusted:   &domain.UntrustedIdentity{Recipients: []domain.Address{{Number: "+15550100002"}}},
}
