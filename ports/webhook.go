package ports

import "context"

// Webhook is a program elsewhere that is called with what was received.
type Webhook interface {
	// Deliver makes one attempt to hand over body, a JSON object, which it does not keep, and blocks until the webhook has
	// answered, the time of an attempt is over or ctx ends. Calls made side by side may arrive in any order. A delivery that
	// failed may have arrived all the same.
	// Error kinds: Unavailable (not reached, or it asks to come back later) and Timeout (no answer in time), after which another
	// attempt may succeed; Invalid (refused: the same again is refused again); Canceled when ctx ended, Timeout when its deadline passed.
	// No error names the address, which may hold credentials.
	Deliver(ctx context.Context, body []byte) error
}
