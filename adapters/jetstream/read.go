package jetstream

import (
	"context"
	"errors"
	"log/slog"

	"heliograph/domain"
	"heliograph/ports"
)

const (
	// pageBytes bounds the payload of one page.
	pageBytes = 1 << 20
	// scanEvents bounds how many events are asked for at once, or looked at in the past.
	scanEvents = 4096
)

// page collects what a Read gives.
type page struct {
	filter  domain.Filter
	limit   int
	entries []entry
	bytes   int
}

// take adds e where it matches; false when it does not fit any more. A blob, whose size only its store knows, has a page for itself.
func (p *page) take(e *entry) bool {
	if !e.may(p.filter) {
		return true
	}
	n := len(p.entries)
	if n == p.limit || n > 0 && (e.blob != "" || p.bytes+len(e.event.Payload) > pageBytes) {
		return false
	}
	p.entries = append(p.entries, *e)
	p.bytes += len(e.event.Payload)
	if e.blob != "" {
		p.bytes = pageBytes + 1
	}
	return true
}

// may reports whether e passes the filter, or could where its payload is not here: who sent it may stand in that alone.
func (e *entry) may(filter domain.Filter) bool {
	if e.blob != "" {
		filter.Senders, filter.With = nil, ""
	}
	return filter.Match(e.event)
}

// Read implements ports.EventLog.
func (l *Log) Read(ctx context.Context, filter domain.Filter, from domain.Cursor, limit int) (ports.Page, error) {
	if err := ctx.Err(); err != nil {
		return ports.Page{}, failure(ctx, "read", true, err)
	}
	if err := l.tail.catchUp(ctx); err != nil {
		return ports.Page{}, failure(ctx, "read", true, err)
	}
	places := l.places.Load()
	last, _ := l.tail.last()
	r := reading{log: l, places: places, page: page{filter: filter, limit: max(limit, 1)}, from: places.seq(from.Seq), last: last}
	switch {
	case from == domain.Latest:
		return ports.Page{Next: places.after(last)}, nil
	case from == domain.Oldest:
		r.oldest = true
	case from.Epoch != places.epoch:
		r.oldest, r.reset, r.from = true, true, 0
	case r.from > last:
		return ports.Page{Next: from}, nil // perhaps a position that another gateway is ahead of us with
	case r.from == last:
		return ports.Page{Next: places.after(last)}, nil
	}
	result, err := r.run(ctx)
	if err == nil {
		err = l.renewed(places)
	}
	if err != nil {
		return ports.Page{}, failure(ctx, "read", true, err)
	}
	return result, nil
}

// reading is one Read in progress.
type reading struct {
	log    *Log
	places *positions
	page   page
	from   uint64 // everything up to here was looked at
	last   uint64 // everything up to here is known to be stored
	ask    int    // how many events were asked for: more each time, as the filter rejects some
	oldest bool   // it begins at the oldest retained event, so nothing before counts as missed
	reset  bool
	gap    *domain.Gap
}

func (r *reading) run(ctx context.Context) (ports.Page, error) {
	for {
		if next, held := r.log.tail.read(&r.page, r.from); held {
			r.from = next
			break
		}
		more, err := r.fetch(ctx)
		if err != nil {
			return ports.Page{}, err
		}
		if !more {
			break
		}
	}
	events, err := r.log.resolve(ctx, r.page.filter, r.page.entries)
	if err != nil {
		return ports.Page{}, err
	}
	if len(events) == 0 && len(r.page.entries) > 0 { // an empty page would say that there is nothing more
		r.page.entries, r.page.bytes = nil, 0
		return r.run(ctx)
	}
	return ports.Page{Events: events, Next: r.places.after(r.from), Gap: r.gap, Reset: r.reset}, nil
}

// fetch asks the server for what comes next; false when the page is done.
func (r *reading) fetch(ctx context.Context) (more bool, err error) {
	r.ask = min(max(2*r.ask, r.page.limit), scanEvents)
	found, err := r.log.fetch(ctx, fetchRequest{Seq: r.from + 1, NextFor: r.log.subjects.matching(r.page.filter), Batch: r.ask, MaxBytes: pageBytes})
	if err != nil {
		return false, err
	}
	if !r.oldest && found.first != r.from+1 {
		if end, err := r.missed(ctx, &found); err != nil || end {
			return false, err
		}
	}
	r.oldest = false
	for i := range found.entries {
		if !r.page.take(&found.entries[i]) {
			return false, nil
		}
		r.from = found.entries[i].seq
	}
	r.from = max(r.from, found.last)
	if found.pending == 0 {
		r.from = max(r.from, r.last)
		return false, nil
	}
	return len(r.page.entries) < r.page.limit && r.page.bytes < pageBytes, nil
}

// missed finds out whether retention took what comes after from. A page that holds something ends before that: the next one tells of it.
func (r *reading) missed(ctx context.Context, found *fetched) (end bool, err error) {
	state, err := r.log.state(ctx)
	if err != nil {
		return false, err
	}
	first := state.FirstSeq
	if found.first > 0 {
		first = min(first, found.first)
	}
	switch {
	case r.from+1 >= first:
		return false, nil
	case len(r.page.entries) > 0:
		return true, nil
	case r.gap == nil:
		r.gap = &domain.Gap{After: r.places.after(r.from)}
	}
	r.gap.Next = r.places.at(first)
	r.from = first - 1
	return false, nil
}

// resolve gives the events of entries with all payloads. A blob that is gone or damaged is left out, and one that does not pass the filter.
func (l *Log) resolve(ctx context.Context, filter domain.Filter, entries []entry) ([]*domain.Event, error) {
	events := make([]*domain.Event, 0, len(entries))
	for i := range entries {
		e := entries[i].event
		if name := entries[i].blob; name != "" {
			payload, err := l.blobs.Get(ctx, name)
			if err != nil && domain.KindOf(err) == domain.NotFound || errors.Is(err, errDamaged) {
				l.warn("an event is left out: its payload is gone", slog.Uint64("sequence", entries[i].seq), slog.Any("error", err))
				continue
			}
			if err != nil {
				return nil, err
			}
			whole := *e
			whole.Payload = payload
			if e = &whole; !filter.Match(e) {
				continue
			}
		}
		events = append(events, e)
	}
	return events, nil
}
