package jetstream

import (
	"context"
	"errors"
	"slices"

	"github.com/nats-io/nats.go/jetstream"
)

// errRenewed is for who asked while another epoch began.
var errRenewed = errors.New("the event log has begun another epoch")

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

// renew sees whether the stream is the one that the log has followed. A stream that was deleted, or made again, or has lost its end with a server's
// power, gives positions a second time: without another epoch readers would pass over what is there now.
func (l *Log) renew(ctx context.Context) error {
	end, _ := l.tail.last()
	info, err := l.stream.Info(ctx)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		var stream jetstream.Stream
		if stream, err = l.open(ctx, false); err == nil {
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
	if places.epoch == l.places.Load().epoch {
		// In a cluster no acknowledged end gets lost, but a server that leads since a moment may not know it yet.
		if info.State.LastSeq >= end || l.store.options.Replicas > 1 {
			return l.tail.follow(ctx)
		}
		stream, err := l.open(ctx, true)
		if err != nil {
			return err
		}
		info = stream.CachedInfo()
		if places, err = positionsOf(info); err != nil {
			return err
		}
	}
	l.warn("the event log has lost events: it begins another epoch")
	l.tail.restart(places, info.State.LastSeq)
	return l.tail.follow(ctx)
}
