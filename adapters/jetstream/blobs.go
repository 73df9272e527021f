package jetstream

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"heliograph/domain"
	"heliograph/ports"
)

var _ ports.Blobs = (*Blobs)(nil)

// chunkBytes is what one message holds of a content; every server takes it.
const chunkBytes = 512 << 10

// BlobsOptions bound what is kept.
type BlobsOptions struct {
	// MaxAge is how long contents are kept; 0 for ever.
	MaxAge time.Duration
	// MaxBytes is what all contents may have (1 GiB); the oldest go first.
	MaxBytes int64
}

// Blobs keeps contents in a stream: their pieces, and behind them, under the name, a message that lists them. So what is found is
// whole, the oldest contents go first where age or size end their time, and every question goes to the stream's leader. nats.go's
// ObjectStore reads through a consumer that may run on a server of a cluster which has not got everything yet.
type Blobs struct {
	store    *Store
	stream   jetstream.Stream
	subject  string // the beginning of all subjects
	maxBytes int64
}

// manifest is the message under a name.
type manifest struct {
	// Pieces is the part of the subjects that belongs to this content, followed by numbers from 0.
	Pieces string `json:"pieces,omitempty"`
	Bytes  int    `json:"bytes"`
	// SHA256 of the content, in hex.
	SHA256 string `json:"sha256"`
}

func (m manifest) count() int { return (m.Bytes + chunkBytes - 1) / chunkBytes }

// Blobs opens the contents of the store, and makes the stream for them where there is none.
func (s *Store) Blobs(ctx context.Context, options BlobsOptions) (*Blobs, error) {
	if options.MaxBytes == 0 {
		options.MaxBytes = 1 << 30
	}
	subject := s.options.Prefix + ".blobs."
	stream, err := s.stream(ctx, jetstream.StreamConfig{
		Name:              s.options.Prefix + "-blobs",
		Description:       "Large contents of Heliograph, by name",
		Subjects:          []string{subject + ">"},
		MaxMsgsPerSubject: 1,
		MaxAge:            options.MaxAge,
		MaxBytes:          options.MaxBytes,
		Discard:           jetstream.DiscardOld,
		Storage:           jetstream.FileStorage,
		Replicas:          s.options.Replicas,
	})
	if err != nil {
		return nil, failure(ctx, "blobs", true, err)
	}
	return &Blobs{s, stream, subject, options.MaxBytes}, nil
}

var errDamaged = domain.Errorf(domain.Internal, "", "a content is damaged")

// Put implements ports.Blobs.
func (b *Blobs) Put(ctx context.Context, name string, content []byte) error {
	if err := check(ctx, "put", name, nil); err != nil {
		return err
	}
	if int64(len(content)) > b.maxBytes-b.maxBytes/8 { // an eighth for subjects and the list
		return domain.Errorf(domain.TooLarge, "put", "%d bytes are more than the store keeps", len(content))
	}
	if err := b.store.room(); err != nil {
		return err
	}
	return failure(ctx, "put", true, b.put(ctx, name, content))
}

func (b *Blobs) put(ctx context.Context, name string, content []byte) error {
	old, err := b.find(ctx, name)
	if err != nil && kindOf(err) != domain.NotFound && !errors.Is(err, errDamaged) {
		return err
	}
	sum := sha256.Sum256(content)
	m := manifest{Pieces: rand.Text(), Bytes: len(content), SHA256: hex.EncodeToString(sum[:])}
	for n := range m.count() {
		piece := content[n*chunkBytes : min((n+1)*chunkBytes, len(content))]
		if err := b.publish(ctx, b.pieceSubject(m, n), piece); err != nil {
			return err // what there is of it goes with the oldest
		}
	}
	list, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if err := b.publish(ctx, b.nameSubject(name), list); err != nil {
		return err
	}
	b.purge(ctx, old)
	return nil
}

func (b *Blobs) publish(ctx context.Context, subject string, data []byte) error {
	ctx, cancel := b.store.call(ctx)
	defer cancel()
	_, err := b.store.js.PublishMsg(ctx, &nats.Msg{Subject: subject, Data: data})
	return err
}

// Get implements ports.Blobs.
func (b *Blobs) Get(ctx context.Context, name string) ([]byte, error) {
	if err := check(ctx, "get", name, nil); err != nil {
		return nil, err
	}
	content, err := b.get(ctx, name)
	if err != nil && kindOf(err) == domain.NotFound { // replaced between its list and its pieces, or gone
		content, err = b.get(ctx, name)
	}
	return content, failure(ctx, "get", true, err)
}

func (b *Blobs) get(ctx context.Context, name string) ([]byte, error) {
	m, err := b.find(ctx, name)
	if err != nil {
		return nil, err
	}
	content := make([]byte, 0, m.Bytes)
	for n := range m.count() {
		piece, err := b.last(ctx, b.pieceSubject(m, n))
		if err != nil {
			return nil, err
		}
		content = append(content, piece...)
	}
	if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != m.SHA256 {
		return nil, errDamaged
	}
	return content, nil
}

// Delete implements ports.Blobs.
func (b *Blobs) Delete(ctx context.Context, name string) error {
	if err := check(ctx, "delete", name, nil); err != nil {
		return err
	}
	m, err := b.find(ctx, name)
	if err != nil && kindOf(err) == domain.NotFound {
		return nil
	}
	if err == nil {
		call, cancel := b.store.call(ctx)
		defer cancel()
		err = b.stream.Purge(call, jetstream.WithPurgeSubject(b.nameSubject(name)))
	}
	if err == nil {
		b.purge(ctx, m)
	}
	return failure(ctx, "delete", true, err)
}

// purge removes pieces that nothing lists any more. Where that does not work they go with the oldest.
func (b *Blobs) purge(ctx context.Context, m manifest) {
	if m.count() == 0 {
		return
	}
	ctx, cancel := b.store.call(ctx)
	defer cancel()
	if err := b.stream.Purge(ctx, jetstream.WithPurgeSubject(b.subject+"pieces."+m.Pieces+".*")); err != nil {
		b.store.options.Logger.Debug("pieces of a content that was replaced stay until they are the oldest", "error", err)
	}
}

// find reads the list of a content.
func (b *Blobs) find(ctx context.Context, name string) (m manifest, err error) {
	list, err := b.last(ctx, b.nameSubject(name))
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(list, &m); err != nil || m.Bytes < 0 {
		return m, errDamaged
	}
	return m, nil
}

func (b *Blobs) last(ctx context.Context, subject string) ([]byte, error) {
	ctx, cancel := b.store.call(ctx)
	defer cancel()
	message, err := b.stream.GetLastMsgForSubject(ctx, subject)
	if err != nil {
		return nil, err
	}
	return message.Data, nil
}

func (b *Blobs) nameSubject(name string) string { return b.subject + "names." + hashed(name) }

func (b *Blobs) pieceSubject(m manifest, n int) string {
	return fmt.Sprintf("%spieces.%s.%d", b.subject, m.Pieces, n)
}
