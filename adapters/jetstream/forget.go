package jetstream

import (
	"context"
	"fmt"
	"log/slog"
	"slices"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"heliograph/domain"
)

// Forget implements ports.EventLog.
func (l *Log) Forget(ctx context.Context, account domain.Account) error {
	if err := ctx.Err(); err != nil {
		return failure(ctx, "forget", true, err)
	}
	if err := l.forgetBlobs(ctx, account); err != nil {
		return failure(ctx, "forget", true, err)
	}
	state, err := l.state(ctx)
	if err != nil {
		return failure(ctx, "forget", true, err)
	}
	gone := forgetting{accountToken(account), state.LastSeq}
	if err := l.stream.Purge(ctx, jetstream.WithPurgeSubject(l.subjects.ofAccount(account)), jetstream.WithPurgeSequence(gone.last+1)); err != nil {
		return failure(ctx, "forget", true, err)
	}
	l.tail.forget(gone)
	return failure(ctx, "forget", true, l.store.conn.Publish(l.subjects.forgotten(), gone.data()))
}

// forgetBlobs deletes the bodies of account's events that are kept outside of the log.
func (l *Log) forgetBlobs(ctx context.Context, account domain.Account) error {
	for seq := uint64(0); ; {
		found, err := l.fetch(ctx, fetchRequest{Seq: seq + 1, NextFor: l.subjects.blobsOf(account), Batch: scanEvents, MaxBytes: pageBytes})
		if err != nil {
			return err
		}
		for _, e := range found.entries {
			if err := l.blobs.Delete(ctx, e.blob); err != nil {
				return err
			}
		}
		seq = max(seq, found.last)
		if found.pending == 0 {
			return nil
		}
	}
}

// forgetting says that everything of an account up to a message is gone.
type forgetting struct {
	account string // its token
	last    uint64
}

func (f forgetting) data() []byte { return fmt.Appendf(nil, "%s %d", f.account, f.last) }

// of reports whether e is gone.
func (f forgetting) of(e *entry) bool {
	return e.seq <= f.last && accountToken(e.event.Account) == f.account
}

func (t *tail) forgottenLocked(e *entry) bool {
	return slices.ContainsFunc(t.gone, func(f forgetting) bool { return f.of(e) })
}

// forget drops what is gone, and what is on its way still.
func (t *tail) forget(gone forgetting) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if gone.last > t.end {
		t.gone = append(t.gone, gone)
	}
	kept, oldest := t.entries[:t.head], false
	for _, e := range t.entries[t.head:] {
		if gone.of(&e) {
			t.bytes -= e.size()
			oldest = oldest || len(kept) == t.head
			continue
		}
		kept = append(kept, e)
	}
	clear(t.entries[len(kept):])
	t.entries = kept
	if oldest {
		t.rebaseLocked()
	}
}

// forgotten is told by another gateway that an account was forgotten.
func (t *tail) forgotten(m *nats.Msg) {
	var gone forgetting
	if _, err := fmt.Sscanf(string(m.Data), "%s %d", &gone.account, &gone.last); err != nil {
		t.log.warn("a notice that an account was forgotten cannot be read", slog.Any("error", err))
		return
	}
	t.forget(gone)
}
