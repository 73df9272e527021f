package jetstream

import (
	"context"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"heliograph/domain"
)

// WithoutReserve lets the disk fill to the last byte.
func WithoutReserve(o Options) Options {
	o.withoutReserve = true
	return o
}

// StopServer ends the server in this process and nothing else.
func (s *Store) StopServer() error { return s.server.stop() }

// DisableJetStream does what a server does by itself when it cannot write.
func (s *Store) DisableJetStream() error { return s.server.nats.ShutdownJetStream() }

// Room is what everything that writes asks first.
func (s *Store) Room() error { return s.room() }

// SplitURL takes what is secret out of a list of URLs.
func SplitURL(list string) (servers, user string, err error) {
	servers, u, err := splitURL(list)
	return servers, u.String(), err
}

// Publish stores a message as the event log does.
func (s *Store) Publish(ctx context.Context, subject string, data []byte) (uint64, error) {
	ack, err := s.js.Publish(ctx, subject, data)
	if err != nil {
		return 0, err
	}
	return ack.Sequence, nil
}

// BlobName is where the payload of a large event is kept.
func BlobName(e *domain.Event) string { return blobName(e) }

// TooOld reports whether a server of this version lacks something.
func TooOld(version string) bool { return tooOld(version) }

// Messages is how many there are in the stream.
func (b *Blobs) Messages(ctx context.Context) (uint64, error) {
	info, err := b.stream.Info(ctx)
	if err != nil {
		return 0, err
	}
	return info.State.Msgs, nil
}

// Unfollow has nothing come to the log any more, as where the server's messages are late.
func (l *Log) Unfollow() { l.tail.unfollow() }

// Follow ends what Unfollow began.
func (l *Log) Follow(ctx context.Context) error { return l.tail.follow(ctx) }

// Come is the arrival of an event that was stored.
func (l *Log) Come(e *domain.Event) { l.tail.take(late{e: e}) }

// Subject is that of an event's message.
func (l *Log) Subject(e *domain.Event, blob bool) string { return l.subjects.of(e, blob) }

// late is an event's message.
type late struct {
	jetstream.Msg
	e *domain.Event
}

func (m late) Data() []byte         { return appendRecord(nil, m.e, "") }
func (m late) Headers() nats.Header { return nil }
func (m late) Metadata() (*jetstream.MsgMetadata, error) {
	return &jetstream.MsgMetadata{Sequence: jetstream.SequencePair{Stream: m.e.Cursor.Seq}, Timestamp: time.Now()}, nil
}

// DeleteStream deletes all that the log has, as its operator may.
func (l *Log) DeleteStream(ctx context.Context) error { return l.store.js.DeleteStream(ctx, l.name()) }
