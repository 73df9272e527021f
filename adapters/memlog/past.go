package memlog

import (
	"context"

	"heliograph/domain"
	"heliograph/ports"
)

// ReadBack implements ports.EventLog.
func (l *Log) ReadBack(ctx context.Context, filter domain.Filter, until domain.Cursor, limit int) (ports.Past, error) {
	if err := ctx.Err(); err != nil {
		return ports.Past{}, contextError("read back", err)
	}
	l.expire()
	l.mu.RLock()
	defer l.mu.RUnlock()
	if until == domain.Latest {
		until = l.cursor(l.last)
	}
	if until.Epoch != l.epoch {
		return ports.Past{Next: until, Done: true}, nil
	}
	var past ports.Past
	bytes := 0
	seq := min(until.Seq, l.last)
	for range scanEvents {
		if seq < l.first {
			break
		}
		if e := l.events.at(int(seq - l.first)).event; e != nil && filter.Match(e) {
			if n := len(past.Events); n == max(limit, 1) || n > 0 && bytes+len(e.Payload) > pageBytes {
				break
			}
			past.Events = append(past.Events, e)
			bytes += len(e.Payload)
		}
		seq--
	}
	past.Next, past.Done = l.cursor(seq), seq < l.first
	return past, nil
}
