package cli

import (
	"bufio"
	"bytes"
	"io"
)

// maxEventBytes bounds one line of a stream.
const maxEventBytes = 256 << 20

// streamEvent is one server-sent event.
type streamEvent struct {
	id, kind string
	data     []byte
}

// eventReader reads server-sent events.
type eventReader struct {
	lines *bufio.Scanner
}

func newEventReader(r io.Reader) *eventReader {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 64<<10), maxEventBytes)
	return &eventReader{lines: lines}
}

// next gives the next event that has data. The error is io.EOF at the end of the stream.
func (e *eventReader) next() (streamEvent, error) {
	var event streamEvent
	for e.lines.Scan() {
		line := e.lines.Bytes()
		if len(line) == 0 {
			if event.data != nil {
				return event, nil
			}
			event = streamEvent{}
			continue
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimPrefix(value, []byte(" "))
		switch string(name) {
		case "id":
			event.id = string(value)
		case "event":
			event.kind = string(value)
		case "data":
			if event.data != nil {
				event.data = append(event.data, '\n')
			}
			event.data = append(event.data, value...)
			if event.data == nil {
				event.data = []byte{}
			}
		}
	}
	if err := e.lines.Err(); err != nil {
		return streamEvent{}, err
	}
	return streamEvent{}, io.EOF
}
