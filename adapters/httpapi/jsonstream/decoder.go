package jsonstream

import (
	"errors"
	"io"
	"strconv"
	"unicode/utf8"
)

var (
	// ErrSyntax is input that is no JSON, or that ends too early.
	ErrSyntax = errors.New("malformed JSON")
	// ErrType is JSON of another type than was asked for.
	ErrType = errors.New("wrong type in JSON")
	// ErrTooLong is more text in held strings than the decoder may hold.
	ErrTooLong = errors.New("too much text in JSON")
)

const (
	bufferBytes = 32 << 10
	maxDepth    = 10_000
)

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

// Int64 takes a number without fraction and exponent.
func (d *Decoder) Int64() (int64, error) {
	c, err := d.next()
	if err != nil {
		return 0, err
	}
	if c != '-' && (c < '0' || c > '9') {
		return 0, ErrType
	}
	var room [32]byte
	digits, err := d.number(room[:0])
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(string(digits), 10, 64)
	if err != nil {
		return 0, ErrType
	}
	return n, nil
}

// number takes a number; its first characters, as many as fit, are appended to room.
func (d *Decoder) number(room []byte) ([]byte, error) {
	take := func(c byte) {
		if len(room) < cap(room) {
			room = append(room, c)
		}
		d.pos++
	}
	// following gives the next byte; at the end of input, 0: a number may end there.
	following := func() (byte, error) {
		c, err := d.peek()
		if errors.Is(err, ErrSyntax) {
			return 0, nil
		}
		return c, err
	}
	digits := func() error {
		c, err := d.peek()
		if err != nil {
			return err
		}
		if c < '0' || c > '9' {
			return ErrSyntax
		}
		for c >= '0' && c <= '9' {
			take(c)
			if c, err = following(); err != nil {
				return err
			}
		}
		return nil
	}
	c, err := d.peek()
	if err != nil {
		return nil, err
	}
	if c == '-' {
		take(c)
		if c, err = d.peek(); err != nil {
			return nil, err
		}
	}
	if c == '0' {
		take(c)
	} else if err := digits(); err != nil {
		return nil, err
	}
	if c, err = following(); err != nil {
		return nil, err
	}
	if c == '.' {
		take(c)
		if err := digits(); err != nil {
			return nil, err
		}
		if c, err = following(); err != nil {
			return nil, err
		}
	}
	if c == 'e' || c == 'E' {
		take(c)
		if c, err = d.peek(); err != nil {
			return nil, err
		}
		if c == '+' || c == '-' {
			take(c)
		}
		return room, digits()
	}
	return room, nil
}

// Object takes an object and calls member for each of its members, in order.
// name is valid until the member's value is taken.
func (d *Decoder) Object(member func(name []byte) error) error {
	if err := d.open('{'); err != nil {
		return err
	}
	for first := true; ; first = false {
		c, err := d.next()
		if err != nil {
			return err
		}
		switch {
		case c == '}':
			return d.close()
		case first:
		case c == ',':
			d.pos++
			if c, err = d.next(); err != nil {
				return err
			}
		default:
			return ErrSyntax
		}
		if c != '"' {
			return ErrSyntax
		}
		d.pos++
		if d.name, err = d.hold(d.name[:0]); err != nil {
			return err
		}
		if c, err = d.next(); err != nil {
			return err
		}
		if c != ':' {
			return ErrSyntax
		}
		d.pos++
		if err := member(d.name); err != nil {
			return err
		}
		if err := d.text.drain(); err != nil {
			return err
		}
	}
}

// Array takes an array and calls element for each of its elements, in order.
func (d *Decoder) Array(element func() error) error {
	if err := d.open('['); err != nil {
		return err
	}
	for first := true; ; first = false {
		c, err := d.next()
		if err != nil {
			return err
		}
		switch {
		case c == ']':
			return d.close()
		case first:
		case c == ',':
			d.pos++
		default:
			return ErrSyntax
		}
		if err := element(); err != nil {
			return err
		}
		if err := d.text.drain(); err != nil {
			return err
		}
	}
}

func (d *Decoder) open(bracket byte) error {
	c, err := d.next()
	if err != nil {
		return err
	}
	if c != bracket {
		return ErrType
	}
	d.pos++
	if d.depth++; d.depth > maxDepth {
		return ErrSyntax
	}
	return nil
}

func (d *Decoder) close() error {
	d.pos++
	d.depth--
	return nil
}

// Skip takes a value of any type.
func (d *Decoder) Skip() error {
	c, err := d.next()
	if err != nil {
		return err
	}
	switch c {
	case '{':
		return d.Object(func([]byte) error { return d.Skip() })
	case '[':
		return d.Array(d.Skip)
	case '"':
		text, err := d.Text()
		if err != nil {
			return err
		}
		return text.drain()
	case 't':
		return d.literal("true")
	case 'f':
		return d.literal("false")
	case 'n':
		return d.literal("null")
	}
	_, err = d.number(nil)
	return err
}

// rune looks at the character that comes next, RuneError for bytes that are no UTF-8.
func (d *Decoder) rune() (r rune, size int, err error) {
	for !utf8.FullRune(d.buf[d.pos:d.end]) {
		if err := d.fill(); err != nil {
			return 0, 0, err
		}
	}
	r, size = utf8.DecodeRune(d.buf[d.pos:d.end])
	return r, size, nil
}
