package fake

import (
	"context"
	"slices"
	"sync"
	"unicode/utf8"

	"heliograph/domain"
	"heliograph/ports"
)

var _ ports.Sender = (*Sender)(nil)

// firstTimestamp is what the first message of a Sender gets; each gets one more than the one before.
const firstTimestamp domain.Timestamp = 1767225600000

// Sender remembers what was sent instead of sending it, and can be told to fail.
type Sender struct {
	accounts []domain.Account

	mu        sync.Mutex // guards all below
	sent      []Sent
	strangers []domain.Recipient
	failures  []error
	stalled   chan struct{}
	closed    bool
}

// Sent is what one Send carried.
type Sent struct {
	From      domain.Account
	Out       domain.Outgoing
	Timestamp domain.Timestamp
}

// NewSender makes one that sends for accounts.
func NewSender(accounts ...domain.Account) *Sender { return &Sender{accounts: accounts} }

// Sent is everything that was sent, in order.
func (s *Sender) Sent() []Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.sent)
}

// Unregister makes Signal not know the recipients.
func (s *Sender) Unregister(recipients ...domain.Recipient) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.strangers = append(s.strangers, recipients...)
}

// Fail makes the next sends end with errs, one each, and send nothing.
func (s *Sender) Fail(errs ...error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures = append(s.failures, errs...)
}

// Stall makes sends wait until resume is called; one whose context ends meanwhile has an unknown outcome.
func (s *Sender) Stall() (resume func()) {
	stalled := make(chan struct{})
	s.mu.Lock()
	s.stalled = stalled
	s.mu.Unlock()
	return sync.OnceFunc(func() {
		s.mu.Lock()
		s.stalled = nil
		s.mu.Unlock()
		close(stalled)
	})
}

// Close makes it Unavailable.
func (s *Sender) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
}

// Send implements ports.Sender.
func (s *Sender) Send(ctx context.Context, from domain.Account, out domain.Outgoing) (domain.SendResult, error) {
	if err := ctx.Err(); err != nil {
		return domain.SendResult{}, &domain.Error{Op: "send", Kind: domain.KindOf(err), Detail: "the request ended before it was sent", Err: err}
	}
	if err := check(out); err != nil {
		return domain.SendResult{}, err
	}
	s.mu.Lock()
	stalled := s.stalled
	s.mu.Unlock()
	if stalled != nil {
		select {
		case <-stalled:
		case <-ctx.Done():
			return domain.SendResult{}, &domain.Error{Op: "send", Kind: domain.OutcomeUnknown, Detail: "the request ended without an answer", Err: ctx.Err()}
		}
	}
	return s.send(from, out)
}

func (s *Sender) send(from domain.Account, out domain.Outgoing) (domain.SendResult, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return domain.SendResult{}, domain.Errorf(domain.Unavailable, "send", "the sender is closed")
	case !slices.Contains(s.accounts, from):
		return domain.SendResult{}, domain.Errorf(domain.UnknownAccount, "send", "there is no such account")
	case len(s.failures) > 0:
		err := s.failures[0]
		s.failures = s.failures[1:]
		return domain.SendResult{}, err
	}
	results, reached := s.resultsLocked(recipients(out))
	if len(results) > 0 && !reached {
		return domain.SendResult{}, domain.Errorf(domain.Unregistered, "send", "no recipient is registered")
	}
	timestamp := firstTimestamp + domain.Timestamp(len(s.sent))
	s.sent = append(s.sent, Sent{From: from, Out: out, Timestamp: timestamp})
	return domain.SendResult{Timestamp: timestamp, Results: results}, nil
}

// resultsLocked is the outcome for each recipient, and whether one was reached.
func (s *Sender) resultsLocked(recipients []domain.Recipient) (results []domain.RecipientResult, reached bool) {
	for _, r := range recipients {
		result := domain.RecipientResult{
			Address: domain.Address{Number: r.Number, UUID: r.UUID, Username: r.Username},
			Group:   r.Group,
			Status:  domain.SendSuccess,
		}
		if slices.Contains(s.strangers, r) {
			result.Status = domain.SendUnregistered
		} else {
			reached = true
		}
		results = append(results, result)
	}
	return results, reached
}

// check refuses messages that no backend takes.
func check(out domain.Outgoing) error {
	m, ok := out.(domain.Message)
	switch {
	case !ok:
		return nil
	case len(m.Recipients) == 0 && !m.NoteToSelf:
		return domain.Errorf(domain.Invalid, "send", "a message needs a recipient")
	case !utf8.ValidString(m.Text):
		return domain.Errorf(domain.Invalid, "send", "the text is not UTF-8")
	}
	return nil
}

// recipients of a message; what else goes out always arrives.
func recipients(out domain.Outgoing) []domain.Recipient {
	if m, ok := out.(domain.Message); ok {
		return m.Recipients
	}
	return nil
}
