package process

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// payloads hands over the payloads that signal-cli prints, one a line.
type payloads struct {
	next func(payload []byte) error
	// refused is called once, when next has failed.
	refused func()

	// count is how many next took, lost how many came after it had failed (or would have been too long).
	count, lost int
	// failed is what next returned; it is not called again after that.
	failed error
}

// read reads to the end of r, also after a failure, so that signal-cli never waits for a reader. Lines that are no
// JSON objects (of the Java machine, or cut short by its end) are passed over. A line over limit bytes is lost, and an error.
func (p *payloads) read(r io.Reader, limit int) error {
	lines := bufio.NewReaderSize(r, 64<<10)
	var tooLong error
	for {
		line, err := readLine(lines, limit)
		switch {
		case errors.Is(err, errTooLong):
			p.lost++
			tooLong, err = err, nil
		case isObject(line):
			p.take(line)
		}
		if err == io.EOF {
			return tooLong
		}
		if err != nil {
			return err
		}
	}
}

func (p *payloads) take(payload []byte) {
	if p.failed != nil {
		p.lost++
		return
	}
	if p.failed = p.next(payload); p.failed != nil {
		p.lost++
		p.refused()
		return
	}
	p.count++
}

// readLine reads a line into memory of its own. One over limit bytes is read to its end and given as errTooLong.
func readLine(r *bufio.Reader, limit int) ([]byte, error) {
	var line []byte
	long := false
	for {
		part, err := r.ReadSlice('\n')
		if long = long || len(line)+len(part) > limit+1; long {
			line = nil
		} else {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err == nil && long:
			return nil, fmt.Errorf("%w: more than %d bytes", errTooLong, limit)
		}
		return bytes.TrimRight(line, "\r\n"), err
	}
}

func isObject(line []byte) bool {
	return len(line) > 1 && line[0] == '{' && json.Valid(line)
}
