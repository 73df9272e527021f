package receiving

import (
	"crypto/rand"

	"heliograph/domain"
)

// event makes an event of a payload. One that cannot be understood is of
// KindOther and keeps its payload. account is for payloads that name none.
//
// Events without a sender are never taken for doubles; they get a key of
// their own, so that an append that is made again stores them once.
func (s *Service) event(payload []byte, account domain.Account) *domain.Event {
	received := domain.Timestamp(s.options.Now().UnixMilli())
	e := &domain.Event{Kind: domain.KindOther, Received: received, Payload: payload}
	envelope, err := domain.ParseEnvelope(payload)
	if err == nil {
		*e = envelope.Event(received)
	} else {
		s.options.Logger.Warn("received payload cannot be understood, kept as it is", "bytes", len(payload))
	}
	if e.Account == "" {
		e.Account = account
	}
	if e.Key == "" {
		e.Key = domain.EventKey("unique|" + rand.Text())
	}
	return e
}
