package jetstream

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"heliograph/domain"
	"heliograph/ports"
)

var _ ports.KeyValue = (*KeyValue)(nil)

// Bounds that ports.KeyValue gives, in bytes.
const (
	maxKey   = 1 << 10
	maxValue = 512 << 10
)

// listers bounds the questions of one List at one time.
const listers = 16

// KeyValue keeps values in a stream with one message a key. All questions go to the stream's leader: any other server of a cluster
// may answer with an older value. That is why it is no bucket of nats.go's KeyValue, whose lists come from a consumer that runs
// anywhere; and a deleted key leaves nothing behind here.
type KeyValue struct {
	store  *Store
	stream jetstream.Stream
	// subject is the beginning of all subjects.
	subject string
}

// KeyValue opens the values of the store, and makes the stream for them where there is none.
func (s *Store) KeyValue(ctx context.Context) (*KeyValue, error) {
	subject := s.options.Prefix + ".values."
	stream, err := s.stream(ctx, jetstream.StreamConfig{
		Name:              s.options.Prefix + "-values",
		Description:       "Small values of Heliograph, by key",
		Subjects:          []string{subject + ">"},
		MaxMsgsPerSubject: 1,
		Storage:           jetstream.FileStorage,
		Replicas:          s.options.Replicas,
	})
	if err != nil {
		return nil, failure(ctx, "values", false, err)
	}
	return &KeyValue{s, stream, subject}, nil
}

// Get implements ports.KeyValue.
func (k *KeyValue) Get(ctx context.Context, space, key string) (ports.Entry, error) {
	if err := check(ctx, "get", key, nil); err != nil {
		return ports.Entry{}, err
	}
	call, cancel := k.store.call(ctx)
	defer cancel()
	entry, err := k.read(call, k.subjectOf(space, key))
	return entry, failure(ctx, "get", true, err)
}

// Put implements ports.KeyValue.
func (k *KeyValue) Put(ctx context.Context, space, key string, value []byte, revision uint64) (uint64, error) {
	if err := check(ctx, "put", key, value); err != nil {
		return 0, err
	}
	if err := k.store.room(); err != nil {
		return 0, err
	}
	body := make([]byte, 0, binary.MaxVarintLen64+len(key)+len(value))
	body = append(append(binary.AppendUvarint(body, uint64(len(key))), key...), value...)
	var options []jetstream.PublishOpt
	if revision != ports.AnyRevision {
		options = append(options, jetstream.WithExpectLastSequencePerSubject(revision))
	}
	call, cancel := k.store.call(ctx)
	defer cancel()
	ack, err := k.store.js.PublishMsg(call, &nats.Msg{Subject: k.subjectOf(space, key), Data: body}, options...)
	if err != nil {
		return 0, failure(ctx, "put", false, err)
	}
	return ack.Sequence, nil
}

// Delete implements ports.KeyValue.
func (k *KeyValue) Delete(ctx context.Context, space, key string) error {
	if err := check(ctx, "delete", key, nil); err != nil {
		return err
	}
	call, cancel := k.store.call(ctx)
	defer cancel()
	return failure(ctx, "delete", false, k.stream.Purge(call, jetstream.WithPurgeSubject(k.subjectOf(space, key))))
}

// List implements ports.KeyValue.
func (k *KeyValue) List(ctx context.Context, space string) ([]ports.Entry, error) {
	if err := check(ctx, "list", "", nil); err != nil {
		return nil, err
	}
	call, cancel := k.store.call(ctx)
	defer cancel()
	entries, err := k.list(call, k.subject+space+".>")
	return entries, failure(ctx, "list", true, err)
}

func (k *KeyValue) list(ctx context.Context, filter string) ([]ports.Entry, error) {
	info, err := k.stream.Info(ctx, jetstream.WithSubjectFilter(filter))
	if err != nil {
		return nil, err
	}
	entries := make([]ports.Entry, len(info.State.Subjects))
	asking, ctx := errgroup.WithContext(ctx)
	asking.SetLimit(listers)
	n := 0
	for subject := range info.State.Subjects {
		into := &entries[n]
		n++
		asking.Go(func() (err error) {
			*into, err = k.read(ctx, subject)
			if err != nil && kindOf(err) == domain.NotFound {
				return nil // deleted meanwhile
			}
			return err
		})
	}
	if err := asking.Wait(); err != nil {
		return nil, err
	}
	entries = slices.DeleteFunc(entries, func(e ports.Entry) bool { return e.Revision == 0 })
	slices.SortFunc(entries, func(a, b ports.Entry) int { return strings.Compare(a.Key, b.Key) })
	return entries, nil
}

// read asks for the newest value of a subject.
func (k *KeyValue) read(ctx context.Context, subject string) (ports.Entry, error) {
	message, err := k.stream.GetLastMsgForSubject(ctx, subject)
	if err != nil {
		return ports.Entry{}, err
	}
	length, n := binary.Uvarint(message.Data)
	if n <= 0 || length > uint64(len(message.Data)-n) {
		return ports.Entry{}, domain.Errorf(domain.Internal, "", "a value is damaged")
	}
	rest := message.Data[n:]
	return ports.Entry{Key: string(rest[:length]), Value: rest[length:], Revision: message.Sequence}, nil
}

func (k *KeyValue) subjectOf(space, key string) string { return k.subject + space + "." + hashed(key) }

// hashed is a name from outside as part of a subject. The hash is cut to 160 bits, which nobody finds two names for.
func hashed(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:20])
}

func check(ctx context.Context, op, key string, value []byte) error {
	switch err := ctx.Err(); {
	case err != nil:
		return &domain.Error{Op: op, Kind: domain.KindOf(err), Err: err}
	case len(key) > maxKey:
		return domain.Errorf(domain.Invalid, op, "a name of %d bytes is too long", len(key))
	case len(value) > maxValue:
		return domain.Errorf(domain.Invalid, op, "a value of %d bytes is too large", len(value))
	}
	return nil
}
