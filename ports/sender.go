package ports

import (
	"context"

	"heliograph/domain"
)

// Sender sends what an account has to say.
type Sender interface {
	// Send carries out out for from and blocks until the backend has answered
	// or ctx ends. Calls made side by side may reach Signal in any order; a
	// caller that needs an order waits for the answer. Attachment files must
	// stay until Send returns.
	//
	// A result with failed recipients is a success as long as one recipient
	// got it. Error kinds: Invalid, UnknownAccount, Unregistered (nobody is reachable),
	// Untrusted (cause *domain.UntrustedIdentity), RateLimited (cause
	// *domain.RateLimit), Unsupported, TooLarge, Unavailable (certainly not sent; cause
	// *domain.Backoff where a time is known), OutcomeUnknown (the connection, the process
	// or ctx ended after the request had left), Timeout and Canceled (ctx ended
	// before), Backend, Internal. Send never retries.
	Send(ctx context.Context, from domain.Account, out domain.Outgoing) (domain.SendResult, error)
}
