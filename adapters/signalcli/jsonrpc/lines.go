package jsonrpc

import (
	"bufio"
	"errors"
	"io"
)

// readBuffer is the size of the buffer that short lines are read in, in bytes.
const readBuffer = 64 << 10

// lineReader reads lines of any length up to a limit. Only one that does not fit in its buffer takes more memory, which goes with
// the line.
type lineReader struct {
	r     *bufio.Reader
	limit int
}

func newLineReader(r io.Reader, limit int) *lineReader {
	return &lineReader{r: bufio.NewReaderSize(r, readBuffer), limit: limit}
}

// next gives the next line without its end. shared says that it is good until the following call only.
// Errors: those of the reader, io.ErrUnexpectedEOF for a last line without end, ErrLineTooLong.
func (l *lineReader) next() (line []byte, shared bool, err error) {
	line, err = l.r.ReadSlice('\n')
	shared = true
	if errors.Is(err, bufio.ErrBufferFull) {
		line, err = l.long(line)
		shared = false
	}
	if err != nil {
		if errors.Is(err, io.EOF) && len(line) > 0 {
			err = io.ErrUnexpectedEOF
		}
		return nil, false, err
	}
	line = line[:len(line)-1]
	if len(line) > l.limit {
		return nil, false, ErrLineTooLong
	}
	return line, shared, nil
}

// long reads on in a buffer that grows with the line.
func (l *lineReader) long(start []byte) ([]byte, error) {
	line := append(make([]byte, 0, 4*readBuffer), start...)
	for {
		part, err := l.r.ReadSlice('\n')
		if len(line)+len(part) > l.limit+1 {
			return nil, ErrLineTooLong
		}
		line = append(line, part...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}
