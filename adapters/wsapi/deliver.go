package wsapi

import (
	"errors"
	"fmt"
	"sync"

	"heliograph/domain"
)

const (
	// batchEvents is how many events are taken from the stream at once.
	batchEvents = 64
	// batchBytes is how much is written in one system call. Larger payloads are written on their own, uncopied.
	batchBytes = 32 << 10
	maxHeader  = 10
)

// errWrite is wrapped by all errors of writing.
var errWrite = errors.New("write")

// buffers are lent while a batch is written, so that an idle connection holds none.
var buffers = sync.Pool{New: func() any { return new([batchBytes]byte) }}

// deliver writes events as they come, until the stream or the connection ends.
func (c *connection) deliver() error {
	var batch [batchEvents]*domain.Event
	for {
		room, err := c.room()
		if err != nil {
			return err
		}
		n, err := c.stream.Next(c.handler.stopping, batch[:room])
		if err != nil {
			return err
		}
		c.acks.sending(batch[:n])
		if err := c.writeBatch(batch[:n]); err != nil {
			return fmt.Errorf("%w: %w", errWrite, err)
		}
		c.acks.sent(batch[n-1].Cursor)
		clear(batch[:n])
	}
}

// room is how many events may be written now; it waits until there is one.
func (c *connection) room() (int, error) {
	for {
		room, freed := c.acks.room(batchEvents)
		if room > 0 {
			return room, nil
		}
		select {
		case <-freed:
		case <-c.life.Done():
			return 0, c.life.Err()
		case <-c.handler.stopping.Done():
			return 0, c.handler.stopping.Err()
		}
	}
}

// writeBatch writes the events of a batch, as many as fit in one system call.
func (c *connection) writeBatch(batch []*domain.Event) error {
	buffer, _ := buffers.Get().(*[batchBytes]byte)
	defer buffers.Put(buffer)
	frames := buffer[:0]
	flush := func() error {
		if len(frames) == 0 {
			return nil
		}
		err := c.frames.writeFrames(frames)
		frames = buffer[:0]
		return err
	}
	for _, event := range batch {
		payload := event.Payload
		switch {
		case isLoss(event):
			c.handler.options.Lost(event.Kind)
			if !c.options.Gaps {
				continue
			}
			payload = lossNotice(event)
		case c.options.Events:
			payload = event.AppendJSON(nil)
		}
		switch {
		case len(frames)+maxHeader+len(payload) <= batchBytes:
		case maxHeader+len(payload) <= batchBytes:
			if err := flush(); err != nil {
				return err
			}
		default:
			if err := flush(); err != nil {
				return err
			}
			var header [maxHeader]byte
			if err := c.frames.writeLarge(appendHeader(header[:0], len(payload)), payload); err != nil {
				return err
			}
			continue
		}
		frames = append(appendHeader(frames, len(payload)), payload...)
	}
	return flush()
}

// isLoss reports whether event tells the reader of what it lost.
func isLoss(event *domain.Event) bool {
	return event.Kind == domain.KindGap || event.Kind == domain.KindReset
}

// lossNotice is the text frame that tells of a gap or a reset: the cursors after and before which events are gone, or the one
// from which reading goes on. No payload of signal-cli has these names.
func lossNotice(event *domain.Event) []byte {
	if event.Gap == nil {
		return []byte(`{"reset":{"next":"` + event.Cursor.String() + `"}}`)
	}
	return append(event.Gap.AppendJSON([]byte(`{"gap":`)), '}')
}
