package jsonstream

import (
	"encoding/binary"
	"io"
	"unicode/utf8"
)

// Text is the content of one string, without quotes and escapes, always valid
// UTF-8. It ends with io.EOF behind the string's last byte. What is not read
// when the callback returns is skipped.
type Text struct {
	decoder *Decoder
	open    bool
	err     error
}

// Text takes a string and gives its content to read, before anything else is taken.
func (d *Decoder) Text() (*Text, error) {
	c, err := d.next()
	if err != nil {
		return nil, err
	}
	if c != '"' {
		return nil, ErrType
	}
	d.pos++
	d.text.open, d.text.err = true, nil
	return &d.text, nil
}

// Read needs room for at least utf8.UTFMax bytes.
func (t *Text) Read(p []byte) (int, error) {
	if t.err != nil || !t.open {
		if t.err == nil {
			t.err = io.EOF
		}
		return 0, t.err
	}
	if len(p) < utf8.UTFMax {
		return 0, io.ErrShortBuffer
	}
	n, done, err := t.decoder.chunk(p)
	if err != nil {
		t.err = err
		return n, err
	}
	if done {
		t.open = false
		if n == 0 {
			t.err = io.EOF
			return 0, io.EOF
		}
	}
	return n, nil
}

// drain skips what was not read.
func (t *Text) drain() error {
	var room [512]byte
	for t.open {
		if t.err != nil {
			return t.err
		}
		_, done, err := t.decoder.chunk(room[:])
		if err != nil {
			t.err = err
			return err
		}
		t.open = !done
	}
	return nil
}

// String takes a string and holds it.
func (d *Decoder) String() (string, error) {
	c, err := d.next()
	if err != nil {
		return "", err
	}
	if c != '"' {
		return "", ErrType
	}
	d.pos++
	var room [256]byte
	s, err := d.hold(room[:0])
	return string(s), err
}

// hold appends the string whose opening quote was taken to s.
func (d *Decoder) hold(s []byte) ([]byte, error) {
	for {
		if cap(s)-len(s) < utf8.UTFMax {
			s = append(s, make([]byte, max(256, len(s)))...)[:len(s)]
		}
		n, done, err := d.chunk(s[len(s):cap(s)])
		s = s[:len(s)+n]
		if d.held -= int64(n); d.held < 0 {
			return s, ErrTooLong
		}
		if err != nil || done {
			return s, err
		}
	}
}

// plainRun is how many bytes at the start of p stand for themselves in a string: ASCII but quote, backslash and control
// characters. It looks at eight at a time, since nearly all of a body of base64 goes through here.
func plainRun(p []byte) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	n := 0
	for ; n+8 <= len(p); n += 8 {
		x := binary.LittleEndian.Uint64(p[n:])
		quote, backslash := x^(ones*'"'), x^(ones*'\\')
		// A byte's high bit is set in (v - ones) &^ v when it is zero, or above a byte for which that holds.
		special := (x - ones*' ') &^ x
		special |= (quote - ones) &^ quote
		special |= (backslash - ones) &^ backslash
		if (special|x)&highs != 0 {
			break
		}
	}
	for n < len(p) && p[n] >= ' ' && p[n] < utf8.RuneSelf && p[n] != '"' && p[n] != '\\' {
		n++
	}
	return n
}

// chunk decodes some of a string into p, which has room for at least
// utf8.UTFMax bytes; done says that the closing quote was taken.
func (d *Decoder) chunk(p []byte) (n int, done bool, err error) {
	for len(p)-n >= utf8.UTFMax {
		if d.pos == d.end {
			if n > 0 {
				return n, false, nil
			}
			if err := d.fill(); err != nil {
				return n, false, err
			}
		}
		run := d.buf[d.pos:min(d.end, d.pos+len(p)-n)]
		length := plainRun(run)
		n += copy(p[n:], run[:length])
		d.pos += length
		if length == len(run) {
			continue
		}
		if len(p)-n < utf8.UTFMax {
			return n, false, nil
		}
		switch c := run[length]; {
		case c == '"':
			d.pos++
			return n, true, nil
		case c == '\\':
			d.pos++
			r, err := d.escape()
			if err != nil {
				return n, false, err
			}
			n += utf8.EncodeRune(p[n:], r)
		case c < ' ':
			return n, false, ErrSyntax
		default:
			size, err := d.rune()
			if err != nil {
				return n, false, err
			}
			n += copy(p[n:], d.buf[d.pos:d.pos+size])
			d.pos += size
		}
	}
	return n, false, nil
}

// EmptyString takes the next value when it is an empty string, and says whether it was.
func (d *Decoder) EmptyString() (bool, error) {
	c, err := d.next()
	if err != nil || c != '"' {
		return false, err
	}
	for d.end-d.pos < 2 {
		if err := d.fill(); err != nil {
			return false, err
		}
	}
	if d.buf[d.pos+1] != '"' {
		return false, nil
	}
	d.pos += 2
	return true, nil
}
