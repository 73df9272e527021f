package jetstream

import (
	"context"

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
