package accountstate

import (
	"context"

	"heliograph/domain"
	"heliograph/ports"
)

// Sender gives next's sends with an eye on their outcomes.
func (f *Facts) Sender(next ports.Sender) ports.Sender { return sender{next, f} }

type sender struct {
	next  ports.Sender
	facts *Facts
}

// Send implements ports.Sender.
func (s sender) Send(ctx context.Context, from domain.Account, out domain.Outgoing) (domain.SendResult, error) {
	result, err := s.next.Send(ctx, from, out)
	if err != nil {
		s.facts.failed(from, err)
	} else {
		s.facts.worked(from)
	}
	switch tokens := tokensOf(result, err); {
	case len(tokens) > 0:
		s.facts.challenged(from, tokens)
	case err == nil && limited(out):
		s.facts.unblocked(from)
	}
	return result, err
}

// limited says that Signal's challenges stand in the way of out: signs of life pass all the same.
func limited(out domain.Outgoing) bool {
	switch out.(type) {
	case domain.TypingIndicator, domain.Receipt:
		return false
	}
	return true
}

// Poller gives next's polls with an eye on their outcomes.
func (f *Facts) Poller(next ports.Poller) ports.Poller { return poller{next, f} }

type poller struct {
	next  ports.Poller
	facts *Facts
}

// Poll implements ports.Poller.
func (p poller) Poll(ctx context.Context, account domain.Account, options ports.PollOptions, receive func([]byte) error) error {
	err := p.next.Poll(ctx, account, options, receive)
	if err != nil {
		p.facts.failed(account, err)
	} else {
		p.facts.worked(account)
	}
	return err
}
