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
		n, err := c.stream.Next(c.handler.stopping, batch[:])
		if err != nil {
			return err
		}
		if err := c.writeBatch(batch[:n]); err != nil {
			return fmt.Errorf("%w: %w", errWrite, err)
		}
		clear(batch[:n])
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
		if event.Kind == domain.KindGap || event.Kind == domain.KindReset {
			c.handler.options.Lost(event.Kind)
			if !c.gaps {
				continue
			}
			payload = lossNotice(event)
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

// lossNotice is the text frame that tells of a gap or a reset: the cursors after and before which events are gone, or the one
// from which reading goes on. No payload of signal-cli has these names.
func lossNotice(event *domain.Event) []byte {
	if event.Gap == nil {
		return []byte(`{"reset":{"next":"` + event.Cursor.String() + `"}}`)
	}
	return []byte(`{"gap":{"after":"` + event.Gap.After.String() + `","next":"` + event.Gap.Next.String() + `"}}`)
}
