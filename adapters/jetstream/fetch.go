package jetstream

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// fetchRequest asks for messages of the log, oldest first (JetStream's direct get of a batch).
type fetchRequest struct {
	// Seq is where to begin; 0 where StartTime says it.
	Seq       uint64     `json:"seq,omitempty"`
	StartTime *time.Time `json:"start_time,omitempty"`
	// NextFor is the subject of those that are wanted; empty for all.
	NextFor string `json:"next_by_subj,omitempty"`
	// Batch bounds how many come.
	Batch int `json:"batch"`
	// MaxBytes is how many bytes end the batch, with the message that reaches it.
	MaxBytes int `json:"max_bytes"`
}

// fetched is what came.
type fetched struct {
	entries []entry
	// first and last are the sequences of what came, also of what cannot be read; 0 where nothing did.
	first, last uint64
	// pending is how many more there are; 0 is certain.
	pending int
}

// What JetStream answers with, which the client library has no names for.
const (
	statusHeader    = "Status"
	sequenceHeader  = "Nats-Sequence"
	timeHeader      = "Nats-Time-Stamp"
	pendingHeader   = "Nats-Num-Pending"
	statusEnd       = "204"
	statusNotFound  = "404"
	directGet       = "$JS.API.DIRECT.GET."
	leaderGet       = "$JS.API.STREAM.MSG.GET."
	errCodeNotFound = 10037

	// fetchTimeout bounds the wait for one answer where ctx does not.
	fetchTimeout = 10 * time.Second
	// Bounds of the pause before a server that lags is asked again.
	minLag = 5 * time.Millisecond
	maxLag = 200 * time.Millisecond
)

// fetch asks one server for messages. In a cluster that may be one which lags, so its word that there are no more is checked with the leader. At
// least one comes where pending says that there are more.
func (l *Log) fetch(ctx context.Context, request fetchRequest) (fetched, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	for pause := minLag; ; pause = min(2*pause, maxLag) {
		found, err := l.fetchAnywhere(ctx, request)
		if err != nil || found.pending > 0 || l.store.options.Replicas == 1 {
			return found, err
		}
		_, more, err := l.leaderNext(ctx, max(request.Seq, found.last+1), request.NextFor)
		if err != nil || !more {
			return found, err
		}
		if found.last > 0 {
			found.pending = 1
			return found, nil
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return fetched{}, ctx.Err()
		}
	}
}

// fetchAnywhere asks the server that answers first.
func (l *Log) fetchAnywhere(ctx context.Context, request fetchRequest) (fetched, error) {
	asked, err := json.Marshal(request)
	if err != nil {
		return fetched{}, err
	}
	conn := l.store.conn
	inbox := conn.NewInbox()
	answers, err := conn.SubscribeSync(inbox)
	if err != nil {
		return fetched{}, err
	}
	defer func() { _ = answers.Unsubscribe() }() // fails where the connection is closed, which ends it too
	if err := conn.PublishRequest(directGet+l.name(), inbox, asked); err != nil {
		return fetched{}, err
	}
	var found fetched
	for {
		m, err := answers.NextMsgWithContext(ctx)
		if err != nil {
			return fetched{}, err
		}
		switch status := m.Header.Get(statusHeader); status {
		case "":
			if err := l.add(&found, m); err != nil {
				return fetched{}, err
			}
		case statusNotFound:
			return found, nil
		case statusEnd:
			found.pending, err = strconv.Atoi(m.Header.Get(pendingHeader))
			return found, err
		default:
			return fetched{}, fmt.Errorf("the event log's server answered %s", status)
		}
	}
}

// add takes one message; one that cannot be read is left out.
func (l *Log) add(found *fetched, m *nats.Msg) error {
	seq, err := strconv.ParseUint(m.Header.Get(sequenceHeader), 10, 64)
	if err != nil {
		return err
	}
	if found.last = seq; found.first == 0 {
		found.first = seq
	}
	stored, err := time.Parse(time.RFC3339Nano, m.Header.Get(timeHeader))
	if err != nil {
		return err
	}
	e, err := l.entry(seq, stored, m.Header, m.Data)
	if err != nil {
		l.warn("a message of the event log is left out", slog.Uint64("sequence", seq), slog.Any("error", err))
		return nil
	}
	found.entries = append(found.entries, e)
	return nil
}

// leaderNext asks the stream's leader for the first message from seq on with the subject; empty for any.
func (l *Log) leaderNext(ctx context.Context, seq uint64, subject string) (next uint64, there bool, err error) {
	if subject == "" {
		subject = l.subjects.all()
	}
	asked, err := json.Marshal(struct {
		Seq     uint64 `json:"seq"`
		NextFor string `json:"next_by_subj"`
	}{seq, subject})
	if err != nil {
		return 0, false, err
	}
	reply, err := l.store.conn.RequestWithContext(ctx, leaderGet+l.name(), asked)
	if err != nil {
		return 0, false, err
	}
	var answer struct {
		Error   *jetstream.APIError `json:"error"`
		Message struct {
			Seq uint64 `json:"seq"`
		} `json:"message"`
	}
	if err := json.Unmarshal(reply.Data, &answer); err != nil {
		return 0, false, err
	}
	switch {
	case answer.Error == nil:
		return answer.Message.Seq, true, nil
	case answer.Error.ErrorCode == errCodeNotFound:
		return 0, false, nil
	}
	return 0, false, answer.Error
}
