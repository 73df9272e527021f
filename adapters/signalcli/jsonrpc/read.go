package jsonrpc

import (
	"context"
	"log/slog"
	"slices"
	"time"
)

// stallGrace is how long calls in the table wait while received messages cannot be handed over.
const stallGrace = time.Second

// readLoop reads until the connection ends. It does nothing but cut lines and hand them over.
func (cn *conn) readLoop(ctx context.Context) error {
	lines := newLineReader(withQuickAck(cn.rw), cn.options.MaxLine)
	stall := time.AfterFunc(time.Hour, cn.stalled)
	stall.Stop()
	defer stall.Stop()
	for garbled := slog.LevelWarn; ; {
		line, shared, err := lines.next()
		if err != nil {
			return err
		}
		if !cn.heard.Load() {
			cn.heard.Store(true)
		}
		f, ok := parseFrame(line)
		switch {
		case !ok:
			cn.log.Log(ctx, garbled, "signal-cli sent a line that is no JSON object", slog.Int("bytes", len(line)))
			garbled = slog.LevelDebug // once a connection is enough
		case f.method != nil:
			if err := cn.notified(ctx, f, shared, stall); err != nil {
				return err
			}
		case f.id == nil || string(f.id) == "null":
			cn.log.Error("signal-cli could not read a request")
		default:
			if !cn.answered(f, shared) {
				cn.log.Debug("signal-cli sent an answer that nobody waits for")
			}
		}
	}
}

// notified takes a notification. Call events and what is unknown are passed over: nothing was subscribed but messages.
func (cn *conn) notified(ctx context.Context, f frame, shared bool, stall *time.Timer) error {
	if string(f.method) != `"receive"` {
		cn.log.Debug("signal-cli sent a notification of another kind")
		return nil
	}
	found, wrapped := payload(f.params)
	if found == nil && f.failure != nil {
		found, wrapped, shared = slices.Concat([]byte(`{"error":`), f.failure, []byte(`}`)), true, false
	}
	if found == nil {
		cn.log.Warn("signal-cli sent a notification without a message")
		return nil
	}
	if !wrapped && cn.subscribed.Load() {
		select {
		case cn.bare <- struct{}{}:
		default:
		}
	}
	if cn.receiver == nil {
		return nil
	}
	stall.Reset(stallGrace)
	err := cn.receiver.Receive(ctx, own(found, shared))
	stall.Stop()
	return err
}

// stalled ends the calls in the table when handing over has blocked for stallGrace.
func (cn *conn) stalled() {
	if cn.receiver.Stalled() {
		cn.log.Warn("received messages cannot be stored: signal-cli is not read until they can")
		cn.abandon(errStalled)
	}
}
