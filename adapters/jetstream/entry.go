package jetstream

import (
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"heliograph/domain"
)

// entryOverhead is what an event takes besides its payload, in bytes, roughly.
const entryOverhead = 384

// entry is one message of the log.
type entry struct {
	seq     uint64
	event   *domain.Event
	blob    string // where the payload is; empty where the event has it
	expires int64  // nanoseconds since the Unix epoch
}

func (e *entry) size() int { return entryOverhead + len(e.event.Payload) }

// entry makes an entry of a message.
func (l *Log) entry(seq uint64, stored time.Time, header nats.Header, data []byte) (entry, error) {
	event, blob, err := parseRecord(data)
	if err != nil {
		return entry{}, err
	}
	event.Cursor = l.cursor(seq)
	if key := header[jetstream.MsgIDHeader]; len(key) > 0 {
		event.Key = domain.EventKey(key[0])
	}
	age := l.options.MaxAge
	if shorter := l.options.MaxAgeOf[event.Kind]; shorter > 0 {
		age = min(age, shorter)
	}
	return entry{seq: seq, event: event, blob: blob, expires: stored.Add(age).UnixNano()}, nil
}
