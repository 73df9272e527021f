package jetstream

import (
	"context"
	"slices"

	"heliograph/domain"
	"heliograph/ports"
)

// pastWindow is how many positions are looked at first.
const pastWindow = 256

// ReadBack implements ports.EventLog. The server reads forwards only, so it looks at windows before until, each larger than the last.
func (l *Log) ReadBack(ctx context.Context, filter domain.Filter, until domain.Cursor, limit int) (ports.Past, error) {
	if err := ctx.Err(); err != nil {
		return ports.Past{}, failure(ctx, "read back", true, err)
	}
	places := l.places.Load()
	if until != domain.Latest && until.Epoch != places.epoch {
		return ports.Past{Next: until, Done: true}, nil
	}
	if err := l.tail.catchUp(ctx); err != nil {
		return ports.Past{}, failure(ctx, "read back", true, err)
	}
	state, err := l.state(ctx)
	if err != nil {
		return ports.Past{}, failure(ctx, "read back", true, err)
	}
	next := state.LastSeq
	if until != domain.Latest {
		next = min(next, places.seq(until.Seq))
	}
	p := page{filter: filter, limit: max(limit, 1)}
	for looked, window := uint64(0), uint64(pastWindow); looked < scanEvents && next >= state.FirstSeq; looked, window = looked+window, window*2 {
		before := max(state.FirstSeq-1, next-min(next, window))
		found, low, err := l.between(ctx, filter, before, next)
		if err != nil {
			return ports.Past{}, failure(ctx, "read back", true, err)
		}
		full := false
		for _, e := range slices.Backward(found) {
			if full = !p.take(&e); full {
				break
			}
			next = e.seq - 1
		}
		if full {
			break
		}
		if next = low; low > before {
			break
		}
	}
	events, err := l.resolve(ctx, filter, p.entries)
	if err == nil {
		err = l.renewed(places)
	}
	if err != nil {
		return ports.Past{}, failure(ctx, "read back", true, err)
	}
	return ports.Past{Events: events, Next: places.after(next), Done: next < state.FirstSeq}, nil
}

// between gives the entries after low and up to end that match; low is before, or a later position where they are larger than a page.
func (l *Log) between(ctx context.Context, filter domain.Filter, before, end uint64) (entries []entry, low uint64, err error) {
	subject := l.subjects.matching(filter)
	bytes := 0
	low = before
	for from := before; from < end; {
		found, err := l.fetch(ctx, fetchRequest{Seq: from + 1, NextFor: subject, Batch: int(end - from), MaxBytes: pageBytes})
		if err != nil {
			return nil, 0, err
		}
		for _, e := range found.entries {
			if e.seq > end {
				return entries, low, nil
			}
			if e.may(filter) {
				entries = append(entries, e)
				bytes += len(e.event.Payload)
			}
		}
		for len(entries) > 1 && bytes-len(entries[0].event.Payload) > pageBytes {
			bytes -= len(entries[0].event.Payload)
			low = entries[0].seq
			entries = entries[1:]
		}
		from = max(from, found.last)
		if found.pending == 0 {
			break
		}
	}
	return entries, low, nil
}
