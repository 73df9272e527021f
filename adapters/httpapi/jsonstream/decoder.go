package jsonstream

import (
	"errors"
	"io"
)

var (
	// ErrSyntax is input that is no JSON, or that ends too early.
	ErrSyntax = errors.New("malformed JSON")
	// ErrType is JSON of another type than was asked for.
	ErrType = errors.New("wrong type in JSON")
	// ErrEncoding is a string that is no Unicode text: bytes that are no UTF-8, or half a surrogate pair.
	ErrEncoding = errors.New("text in JSON is not valid UTF-8")
	// ErrTooLong is more text in held strings than the decoder may hold.
	ErrTooLong = errors.New("too much text in JSON")
)

const bufferBytes = 32 << 10

// Decoder reads one JSON value. The zero value is unusable: call Reset.
type Decoder struct {
	reader   io.Reader
	buf      []byte
	pos, end int
	err      error // what reader ended with
	depth    int
	held     int64 // bytes that String may still give out
	name     []byte
	text     Text
}

// Reset makes d read from r. maxHeld bounds the bytes that names and String give out in all.
func (d *Decoder) Reset(r io.Reader, maxHeld int64) {
	if d.buf == nil {
		d.buf = make([]byte, bufferBytes)
	}
	*d = Decoder{reader: r, buf: d.buf, held: maxHeld, name: d.name[:0]}
	d.text.decoder = d
}

// fill reads more behind what is unread; it fails with ErrSyntax at the end of input.
func (d *Decoder) fill() error {
	if d.pos > 0 {
		d.end = copy(d.buf, d.buf[d.pos:d.end])
		d.pos = 0
	}
	for range 100 {
		if d.err != nil {
			if errors.Is(d.err, io.EOF) || errors.Is(d.err, io.ErrUnexpectedEOF) {
				return ErrSyntax
			}
			return d.err
		}
		var n int
		n, d.err = d.reader.Read(d.buf[d.end:])
		d.end += n
		if n > 0 {
			return nil
		}
	}
	return io.ErrNoProgress
}

// peek gives the next byte without taking it.
func (d *Decoder) peek() (byte, error) {
	if d.pos == d.end {
		if err := d.fill(); err != nil {
			return 0, err
		}
	}
	return d.buf[d.pos], nil
}

// next gives the first byte that is no white space, without taking it.
func (d *Decoder) next() (byte, error) {
	for {
		c, err := d.peek()
		if err != nil {
			return 0, err
		}
		if c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return c, nil
		}
		d.pos++
	}
}

func (d *Decoder) literal(word string) error {
	for i := range len(word) {
		c, err := d.peek()
		if err != nil {
			return err
		}
		if c != word[i] {
			return ErrSyntax
		}
		d.pos++
	}
	return nil
}

// Null takes the next value when it is null, and says whether it was.
func (d *Decoder) Null() (bool, error) {
	c, err := d.next()
	if err != nil || c != 'n' {
		return false, err
	}
	return true, d.literal("null")
}

// Bool takes true or false.
func (d *Decoder) Bool() (bool, error) {
	switch c, err := d.next(); {
	case err != nil:
		return false, err
	case c == 't':
		return true, d.literal("true")
	case c == 'f':
		return false, d.literal("false")
	}
	return false, ErrType
}
