package webhook

import (
	"net/http"
	"strings"
	"time"
)

// maxRetryAfter bounds what a receiver can ask for.
const maxRetryAfter = 24 * time.Hour

// retryAfter reads the header Retry-After, seconds or a date, as the time from now on: at most maxRetryAfter, and 0 for what is
// past or cannot be read.
func retryAfter(value string, now time.Time) time.Duration {
	if value == "" {
		return 0
	}
	if strings.Trim(value, "0123456789") == "" {
		var wait time.Duration
		for _, digit := range []byte(value) {
			wait = min(wait*10+time.Duration(digit-'0')*time.Second, maxRetryAfter)
		}
		return wait
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), maxRetryAfter)
}
