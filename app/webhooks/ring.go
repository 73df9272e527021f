package webhooks

import "heliograph/ports"

// keptAttempts is how many attempts of a webhook are remembered.
const keptAttempts = 100

// ring is the last attempts.
type ring struct {
	attempts []ports.WebhookAttempt
	next     int
}

func (r *ring) add(a ports.WebhookAttempt) {
	if len(r.attempts) < keptAttempts {
		r.attempts = append(r.attempts, a)
		return
	}
	r.attempts[r.next] = a
	r.next = (r.next + 1) % keptAttempts
}

// list gives them, newest first.
func (r *ring) list() []ports.WebhookAttempt {
	n := len(r.attempts)
	list := make([]ports.WebhookAttempt, n)
	for i := range n {
		list[i] = r.attempts[(r.next+2*n-1-i)%n]
	}
	return list
}
