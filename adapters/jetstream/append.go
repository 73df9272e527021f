package jetstream

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"heliograph/domain"
)

const (
	// maxEvent bounds one event's payload, in bytes: signal-cli's longest line is the longest that comes.
	maxEvent = 256 << 20
	// maxInline is the largest payload that stands in the log itself, where the server takes as much.
	maxInline = 8<<20 - recordOverhead
	// maxBatch is how many messages JetStream takes in one atomic batch.
	maxBatch = 1000
)

// Append implements ports.EventLog.
//
// What is appended again after a failure must not land behind its successors. The server in this process stores nothing more after a
// write that failed, so a batch is sent ahead of its acknowledgements. A server elsewhere acknowledges each event before the next is sent. In a cluster
// an acknowledgement is a round trip between servers, so a batch goes as one, all or nothing; where it holds what was stored before, its events go one by one.
func (l *Log) Append(ctx context.Context, batch []*domain.Event) error {
	if err := ctx.Err(); err != nil {
		return failure(ctx, "append", true, err)
	}
	for _, e := range batch {
		if len(e.Payload) > maxEvent || int64(len(e.Payload)) > l.options.MaxBytes {
			return domain.Errorf(domain.TooLarge, "append", "event of %d bytes exceeds the event log's limit", len(e.Payload))
		}
		e.Cursor = domain.Cursor{}
	}
	if err := l.store.room(); err != nil {
		return err
	}
	if !l.store.conn.IsConnected() {
		return failure(ctx, "append", false, nats.ErrDisconnected)
	}
	batch = withoutDoubles(batch)
	messages := make([]*nats.Msg, len(batch))
	for i, e := range batch {
		var err error
		if messages[i], err = l.message(ctx, e); err != nil {
			return failure(ctx, "append", true, err)
		}
	}
	ctx, cancel := l.store.attached(ctx)
	defer cancel()
	if l.store.options.Replicas > 1 && len(batch) > 1 && len(batch) <= maxBatch {
		done, err := l.appendAtOnce(ctx, batch, messages)
		if done {
			return err
		}
	}
	if l.store.server != nil {
		return l.appendAhead(ctx, batch, messages)
	}
	return l.appendInTurn(ctx, batch, messages)
}

// withoutDoubles leaves out events whose key stands earlier in the batch.
func withoutDoubles(batch []*domain.Event) []*domain.Event {
	if len(batch) < 2 {
		return batch
	}
	seen := make(map[domain.EventKey]bool, len(batch))
	once := make([]*domain.Event, 0, len(batch))
	for _, e := range batch {
		if e.Key == "" || !seen[e.Key] {
			seen[e.Key] = true
			once = append(once, e)
		}
	}
	return once
}

// message is what is published for e; a payload that is too large for a message is kept as a blob first.
func (l *Log) message(ctx context.Context, e *domain.Event) (*nats.Msg, error) {
	blob := ""
	if len(e.Payload) > min(maxInline, l.store.maxPayload()-recordOverhead) {
		blob = blobName(e)
		if err := l.blobs.Put(ctx, blob, e.Payload); err != nil {
			return nil, err
		}
	}
	m := nats.NewMsg(l.subjects.of(e, blob != ""))
	m.Data = appendRecord(make([]byte, 0, 128+len(e.Payload)), e, blob)
	if e.Key != "" {
		m.Header[jetstream.MsgIDHeader] = []string{string(e.Key)}
	}
	if age := l.options.MaxAgeOf[e.Kind]; age > 0 && age < l.options.MaxAge {
		m.Header[jetstream.MsgTTLHeader] = []string{max(age, time.Second).Truncate(time.Second).String()}
	}
	return m, nil
}

// blobName is the same for the same event when it is appended again.
func blobName(e *domain.Event) string {
	sum := sha256.Sum256([]byte(string(e.Key) + "|" + strconv.FormatInt(int64(e.Received), 10)))
	return "event." + hex.EncodeToString(sum[:16])
}

// appendInTurn publishes each event when the one before it is stored.
func (l *Log) appendInTurn(ctx context.Context, batch []*domain.Event, messages []*nats.Msg) error {
	for i, m := range messages {
		ack, err := l.store.js.PublishMsg(ctx, m, jetstream.WithRetryAttempts(0))
		if err != nil {
			return partly(i, failure(ctx, "append", false, err))
		}
		l.acknowledged(batch[i], ack)
	}
	return nil
}

// acknowledged notes where an event is, unless it had been there before.
func (l *Log) acknowledged(e *domain.Event, ack *jetstream.PubAck) {
	if !ack.Duplicate {
		e.Cursor = l.cursor(ack.Sequence)
	}
	l.tail.stored(ack.Sequence) // perhaps by an append whose acknowledgement was lost
}

var errUnanswered = errors.New("the connection was lost before the answer came")

// partly is the error of a batch of which so many other events were sent and may be stored.
func partly(others int, err error) error {
	if others > 0 && domain.KindOf(err) == domain.Unavailable {
		return &domain.Error{Op: "append", Kind: domain.OutcomeUnknown, Detail: "a part of the events may be stored", Err: err}
	}
	return err
}

// appendAhead publishes all events and then waits for the acknowledgements. It sends nothing to a server that was started again meanwhile, which
// could take what comes after an event that the one before it refused.
func (l *Log) appendAhead(ctx context.Context, batch []*domain.Event, messages []*nats.Msg) error {
	life := l.store.conn.Stats().Reconnects
	acks := make([]jetstream.PubAckFuture, 0, len(messages))
	var sent error
	for _, m := range messages {
		if l.store.conn.Stats().Reconnects != life {
			sent = nats.ErrDisconnected
			break
		}
		ack, err := l.store.js.PublishMsgAsync(m, jetstream.WithRetryAttempts(0))
		if err != nil {
			sent = err
			break
		}
		acks = append(acks, ack)
	}
	for i, future := range acks {
		select {
		case ack := <-future.Ok():
			l.acknowledged(batch[i], ack)
		case err := <-future.Err():
			if errors.Is(err, nats.ErrDisconnected) {
				err = errUnanswered // unlike others who are told of it, this one was sent
			}
			return partly(len(acks)-1, failure(ctx, "append", false, err))
		case <-ctx.Done():
			return partly(i, failure(ctx, "append", false, ctx.Err()))
		}
	}
	if sent != nil {
		return partly(len(acks), failure(ctx, "append", false, sent))
	}
	return nil
}

// Headers and error codes of JetStream's atomic batches, which the client library has no names for.
const (
	batchIDHeader       = "Nats-Batch-Id"
	batchSequenceHeader = "Nats-Batch-Sequence"
	batchCommitHeader   = "Nats-Batch-Commit"

	errCodeBatchHoldsDouble = 10201
)

// batchAnswer is what the last message of a batch is answered.
type batchAnswer struct {
	Error *jetstream.APIError `json:"error"`
	Seq   uint64              `json:"seq"` // of the last message
	Count int                 `json:"count"`
}

// appendAtOnce publishes the events as one atomic batch. done is false where the server refused it for a double.
func (l *Log) appendAtOnce(ctx context.Context, batch []*domain.Event, messages []*nats.Msg) (done bool, err error) {
	id := l.id + "-" + strconv.FormatUint(l.batches.Add(1), 36)
	last := len(messages) - 1
	for i, m := range messages {
		m.Header[batchIDHeader] = []string{id}
		m.Header[batchSequenceHeader] = []string{strconv.Itoa(i + 1)}
	}
	defer func() {
		if !done {
			for _, m := range messages {
				delete(m.Header, batchIDHeader)
				delete(m.Header, batchSequenceHeader)
				delete(m.Header, batchCommitHeader)
			}
		}
	}()
	for _, m := range messages[:last] {
		if err := l.store.conn.PublishMsg(m); err != nil {
			return true, failure(ctx, "append", false, err) // without its end the server forgets the batch
		}
	}
	messages[last].Header[batchCommitHeader] = []string{"1"}
	reply, err := l.store.conn.RequestMsgWithContext(ctx, messages[last])
	if err != nil {
		return true, failure(ctx, "append", false, err)
	}
	var answer batchAnswer
	if err := json.Unmarshal(reply.Data, &answer); err != nil {
		return true, failure(ctx, "append", false, err)
	}
	switch {
	case answer.Error != nil && answer.Error.ErrorCode == errCodeBatchHoldsDouble:
		return false, nil
	case answer.Error != nil:
		return true, failure(ctx, "append", false, answer.Error)
	case answer.Count != len(batch) || answer.Seq < uint64(len(batch)):
		return true, failure(ctx, "append", false, errors.New("the server stored another number of events"))
	}
	for i, e := range batch {
		e.Cursor = l.cursor(answer.Seq - uint64(last-i))
	}
	l.tail.stored(answer.Seq)
	return true, nil
}
