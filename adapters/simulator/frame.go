package simulator

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"
)

// Limits of signal-cli's JSON reader; beyond them a socket is closed without an answer.
const (
	maxStringChars = 20_000_000
	maxDepth       = 1_000
	maxDigits      = 1_000
	maxKeyChars    = 50_000
	// maxLineBytes is the simulator's own bound on one line; signal-cli has none.
	maxLineBytes = 256 << 20
)

// ErrLimit is what ends a connection whose request is beyond a limit of signal-cli's JSON reader, or
// that holds invalid UTF-8 on a socket. Nothing is answered.
var ErrLimit = errors.New("simulator: request beyond the limits of the reader")

// lineReader splits a stream at LF, CRLF and lone CR, as a Java reader does. The last line needs no end.
type lineReader struct {
	src    io.Reader
	buf    []byte
	start  int
	end    int
	skipLF bool
	err    error
}

func newLineReader(src io.Reader) *lineReader {
	return &lineReader{src: src, buf: make([]byte, 4<<10)}
}

// next returns the next line without its end. The slice is the caller's to keep. At the end of the
// stream it returns io.EOF or the error of the source.
func (r *lineReader) next() ([]byte, error) {
	scanned := 0
	for {
		if r.skipLF && r.start < r.end {
			if r.buf[r.start] == '\n' {
				r.start++
			}
			r.skipLF = false
		}
		if i := endOfLine(r.buf[r.start+scanned : r.end]); i >= 0 {
			stop := r.start + scanned + i
			line := bytes.Clone(r.buf[r.start:stop])
			if line == nil {
				line = []byte{}
			}
			r.skipLF = r.buf[stop] == '\r'
			r.start = stop + 1
			r.shrink()
			return line, nil
		}
		scanned = r.end - r.start
		if r.err != nil {
			if scanned == 0 {
				return nil, r.err
			}
			line := bytes.Clone(r.buf[r.start:r.end])
			r.start, r.end = 0, 0
			return line, nil
		}
		if scanned > maxLineBytes {
			return nil, ErrLimit
		}
		r.fill()
	}
}

func (r *lineReader) fill() {
	if r.start > 0 {
		copy(r.buf, r.buf[r.start:r.end])
		r.end -= r.start
		r.start = 0
	}
	if r.end == len(r.buf) {
		r.buf = append(r.buf, make([]byte, len(r.buf))...)
	}
	n, err := r.src.Read(r.buf[r.end:])
	r.end += n
	r.err = err
}

// shrink gives the memory of one long line back.
func (r *lineReader) shrink() {
	const keep = 1 << 20
	if r.start == r.end {
		r.start, r.end = 0, 0
		if len(r.buf) > keep {
			r.buf = make([]byte, 4<<10)
		}
	}
}

func endOfLine(b []byte) int {
	lf := bytes.IndexByte(b, '\n')
	if lf >= 0 {
		b = b[:lf]
	}
	if cr := bytes.IndexByte(b, '\r'); cr >= 0 {
		return cr
	}
	return lf
}

// withinLimits tells whether a line keeps the limits of signal-cli's JSON reader. It need not be JSON.
func withinLimits(line []byte) bool {
	if len(line) <= maxDepth {
		return true
	}
	depth, digits := 0, 0
	for i := 0; i < len(line); i++ {
		switch b := line[i]; {
		case b == '"':
			end := endOfString(line, i+1)
			if !stringWithinLimits(line, i+1, end) {
				return false
			}
			i, digits = end, 0
		case b == '{' || b == '[':
			depth++
			digits = 0
			if depth > maxDepth {
				return false
			}
		case b == '}' || b == ']':
			depth--
			digits = 0
		case b >= '0' && b <= '9':
			digits++
			if digits > maxDigits {
				return false
			}
		default:
			digits = 0
		}
	}
	return true
}

// endOfString returns the index of the quote that ends the string starting at from, or len(line).
func endOfString(line []byte, from int) int {
	for i := from; ; {
		q := bytes.IndexByte(line[i:], '"')
		if q < 0 {
			return len(line)
		}
		i += q
		slashes := 0
		for j := i - 1; j >= from && line[j] == '\\'; j-- {
			slashes++
		}
		if slashes%2 == 0 {
			return i
		}
		i++
	}
}

func stringWithinLimits(line []byte, from, to int) bool {
	if to-from <= maxKeyChars {
		return true
	}
	limit := maxStringChars
	rest := bytes.TrimLeft(line[min(to+1, len(line)):], " \t")
	if len(rest) > 0 && rest[0] == ':' {
		limit = maxKeyChars
	}
	return to-from <= limit || javaChars(line[from:to]) <= limit
}

// javaChars counts UTF-16 code units of a JSON string's content; an escape counts one.
func javaChars(s []byte) int {
	n := 0
	for i := 0; i < len(s); n++ {
		if s[i] < utf8.RuneSelf && s[i] != '\\' {
			i++
			continue
		}
		if s[i] == '\\' {
			if i+1 < len(s) && s[i+1] == 'u' {
				i += 6
			} else {
				i += 2
			}
			continue
		}
		r, size := utf8.DecodeRune(s[i:])
		if r > 0xFFFF {
			n++
		}
		i += size
	}
	return n
}
