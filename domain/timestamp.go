package domain

import "time"

// Timestamp is a point in time in milliseconds since the Unix epoch, as Signal
// counts it. A sender and its timestamp name a message.
type Timestamp int64

// MinTimestamp is the smallest timestamp signal-cli takes as a 64-bit parameter: one that fits in 32 bits is refused there.
const MinTimestamp Timestamp = 1 << 31

// ParseTimestamp checks a timestamp from outside. Errors are Invalid.
func ParseTimestamp(ms int64) (Timestamp, error) {
	if Timestamp(ms) < MinTimestamp {
		return 0, Errorf(Invalid, "", "timestamp must be in milliseconds since 1970")
	}
	return Timestamp(ms), nil
}

// Time is the same as time.Time, in UTC.
func (t Timestamp) Time() time.Time { return time.UnixMilli(int64(t)).UTC() }
