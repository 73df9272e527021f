package jetstream

import (
	"context"
	"errors"
	"slices"

	"github.com/nats-io/nats.go/jetstream"
)

// errRenewed is for who asked while the stream turned out to be another one.
var errRenewed = errors.New("the event log has lost events meanwhile")

// renewed fails where the positions are not the given ones any more.
func (l *Log) renewed(places *positions) error {
	if l.places.Load() != places {
		return errRenewed
	}
	return nil
}

func (s *Store) watch(l *Log) {
	s.logsMu.Lock()
	defer s.logsMu.Unlock()
	s.logs = append(s.logs, l)
}

func (s *Store) unwatch(l *Log) {
	s.logsMu.Lock()
	defer s.logsMu.Unlock()
	s.logs = slices.DeleteFunc(s.logs, func(other *Log) bool { return other == l })
}

// renew looks after the open logs.
func (s *Store) renew(ctx context.Context) {
	s.logsMu.Lock()
	logs := slices.Clone(s.logs)
	s.logsMu.Unlock()
	for _, l := range logs {
		call, cancel := context.WithTimeout(ctx, callTimeout)
		if err := l.renew(call); err != nil && ctx.Err() == nil {
			s.options.Logger.Debug("the event log's stream was not looked at", "error", err)
		}
		cancel()
	}
}

// renew sees whether the stream is the one that the log has followed. One that was deleted, or made again, or has lost its end with a server's
// power, gives positions a second time: readers would pass over what is there now.
func (l *Log) renew(ctx context.Context) error {
	select {
	case l.renewing <- struct{}{}:
		defer func() { <-l.renewing }()
	case <-ctx.Done():
		return ctx.Err()
	}
	before, interrupted := l.tail.marked()
	info, err := l.stream.Info(ctx)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		var stream jetstream.Stream
		if stream, err = l.open(ctx); err == nil {
			info = stream.CachedInfo()
		}
	}
	if err != nil {
		return err
	}
	places, err := positionsOf(info)
	if err != nil {
		return err
	}
	if places.equal(l.places.Load()) {
		last, lost, err := l.lostEnd(ctx, info.State, before, interrupted)
		if err != nil {
			return err
		}
		if !lost {
			l.tail.unmark(before)
			return l.tail.follow(ctx)
		}
		stream, err := l.jumpAt(ctx, info, last)
		if err != nil {
			return err
		}
		info = stream.CachedInfo()
		if places, err = positionsOf(info); err != nil {
			return err
		}
	}
	l.warn("the event log has lost events: what comes gets other positions")
	l.tail.restart(places, info.State)
	return l.tail.follow(ctx)
}

// lostEnd reports whether the stream lost messages at its end since before, and the last one that it kept: what it has stored since then is younger
// than all that had come. That it is shorter is seen at any time; where it may have grown again it must have been away, which interrupted says.
func (l *Log) lostEnd(ctx context.Context, now jetstream.StreamState, before mark, interrupted bool) (last uint64, lost bool, err error) {
	// In a cluster no acknowledged end gets lost, but a server that leads since a moment may not know it yet.
	if l.store.options.Replicas > 1 || now.LastSeq >= before.seq && !interrupted {
		return 0, false, nil
	}
	since := before.time.Add(1)
	younger, err := l.fetch(ctx, fetchRequest{StartTime: &since, Batch: 1, MaxBytes: 1})
	if err != nil {
		return 0, false, err
	}
	last = now.LastSeq
	if younger.first > 0 {
		last = younger.first - 1
	}
	return last, last < before.seq, nil
}
