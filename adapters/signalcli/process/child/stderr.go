package child

import (
	"bufio"
	"errors"
	"io"
)

// maxLine is how much of a line of standard error is kept, in bytes.
const maxLine = 64 << 10

// readStderr hands over the lines of standard error until its end.
func (p *Process) readStderr(take func(line []byte)) {
	defer close(p.stderrDone)
	defer p.stderr.Close()
	EachLine(p.stderr, maxLine, func(line []byte) {
		if take != nil {
			take(line)
		}
	})
}

// EachLine hands over the lines of r without their ends until r ends, the last one even without an end; what a line
// has beyond limit bytes is dropped. The slice is reused.
func EachLine(r io.Reader, limit int, take func(line []byte)) {
	lines := bufio.NewReaderSize(r, 4<<10)
	var line []byte
	for {
		part, err := lines.ReadSlice('\n')
		if room := limit - len(line); len(part) > room {
			part = part[:room]
		}
		line = append(line, part...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err == nil || len(line) > 0 {
			take(trimEnd(line))
		}
		if err != nil {
			return
		}
		line = line[:0]
	}
}

func trimEnd(line []byte) []byte {
	for n := len(line); n > 0 && (line[n-1] == '\n' || line[n-1] == '\r'); n = len(line) {
		line = line[:n-1]
	}
	return line
}
