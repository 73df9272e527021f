package jetstream

import (
	"context"
	"errors"
	"slices"

	"github.com/nats-io/nats.go/jetstream"
)

// stream gives a stream with this configuration: as it is, brought up to it, or new. Where nothing is to be changed nothing is
// written, so that a full disk keeps nobody from reading.
func (s *Store) stream(ctx context.Context, config jetstream.StreamConfig) (jetstream.Stream, error) {
	stream, err := s.js.Stream(ctx, config.Name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		stream, err = s.js.CreateStream(ctx, config)
		if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) { // another gateway was faster
			stream, err = s.js.Stream(ctx, config.Name)
		}
	}
	if err != nil || fits(stream.CachedInfo().Config, config) {
		return stream, err
	}
	config.Metadata = stream.CachedInfo().Config.Metadata
	return s.js.UpdateStream(ctx, config)
}

// fits reports whether a stream has what is wanted of it. What the server writes for a zero value counts as that.
func fits(has, want jetstream.StreamConfig) bool {
	unbounded := func(n int64) int64 {
		if n == 0 {
			return -1
		}
		return n
	}
	return slices.Equal(has.Subjects, want.Subjects) &&
		has.Description == want.Description &&
		has.Replicas == want.Replicas &&
		has.MaxAge == want.MaxAge &&
		has.MaxBytes == unbounded(want.MaxBytes) &&
		has.MaxMsgsPerSubject == unbounded(want.MaxMsgsPerSubject) &&
		(has.Duplicates == want.Duplicates || want.Duplicates == 0) &&
		has.Discard == want.Discard &&
		has.AllowDirect == want.AllowDirect &&
		has.AllowMsgTTL == want.AllowMsgTTL &&
		has.AllowAtomicPublish == want.AllowAtomicPublish
}
