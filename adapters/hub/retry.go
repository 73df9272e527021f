package hub

import (
	"context"
	"math/rand/v2"
	"time"
)

// Bounds of the pause after a failure of the log.
const (
	minRetry = 50 * time.Millisecond
	maxRetry = 2 * time.Second
)

// retry is the growing pause between attempts.
type retry struct{ last time.Duration }

// sleep waits; false when ctx ended.
func (r *retry) sleep(ctx context.Context) bool {
	r.last = min(max(2*r.last, minRetry), maxRetry)
	timer := time.NewTimer(r.last/2 + rand.N(r.last/2))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (r *retry) reset() { r.last = 0 }
