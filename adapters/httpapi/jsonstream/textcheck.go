package jsonstream

import (
	"io"
	"unicode/utf8"
)

// TextCheck passes on JSON that another decoder reads, up to the first byte that is no UTF-8 or that ends half a
// surrogate pair; there it fails with ErrEncoding. So that decoder never replaces what it does not understand.
type TextCheck struct {
	Reader io.Reader

	err    error
	escape int  // how many characters of an escape were passed: 0 for none, 1 behind the backslash, 2 behind \u…
	digits rune // of the escape so far
	high   bool // the escape before this one was a high surrogate
	rest   int  // continuation bytes that a character still needs
	low    byte // the next of them is at least this…
	top    byte // …and at most this
}

// Read implements io.Reader.
func (c *TextCheck) Read(p []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.Reader.Read(p)
	for i, b := range p[:n] {
		if b < utf8.RuneSelf && b != '\\' && c.escape == 0 && c.rest == 0 && !c.high {
			continue
		}
		if !c.pass(b) {
			c.err = ErrEncoding
			return i, c.err
		}
	}
	return n, err
}

// pass looks at one byte, and says whether it may come here.
func (c *TextCheck) pass(b byte) bool {
	switch {
	case c.rest > 0:
		if b < c.low || b > c.top {
			return false
		}
		c.rest--
		c.low, c.top = 0x80, 0xbf
		return true
	case c.escape == 0 && c.high && b != '\\':
		return false
	case c.escape == 0 && b == '\\':
		c.escape = 1
		return true
	case c.escape == 1 && b == 'u':
		c.escape, c.digits = 2, 0
		return true
	case c.escape == 1:
		c.escape = 0
		return !c.high
	case c.escape > 1:
		return c.digit(b)
	}
	return c.begin(b)
}

// digit takes one of the four digits of an escape.
func (c *TextCheck) digit(b byte) bool {
	d, ok := hexDigit(b)
	if !ok {
		c.escape, c.high = 0, false
		return true // malformed, which the decoder finds out
	}
	c.digits = c.digits<<4 | d
	if c.escape++; c.escape < 6 {
		return true
	}
	c.escape = 0
	second := c.digits >= 0xdc00 && c.digits <= 0xdfff
	if c.high != second {
		return false
	}
	c.high = c.digits >= 0xd800 && c.digits <= 0xdbff
	return true
}

// begin takes the first byte of a character.
func (c *TextCheck) begin(b byte) bool {
	c.low, c.top = 0x80, 0xbf
	switch {
	case b < utf8.RuneSelf:
	case b >= 0xc2 && b <= 0xdf:
		c.rest = 1
	case b >= 0xe0 && b <= 0xef:
		c.rest = 2
		switch b {
		case 0xe0:
			c.low = 0xa0
		case 0xed:
			c.top = 0x9f
		}
	case b >= 0xf0 && b <= 0xf4:
		c.rest = 3
		switch b {
		case 0xf0:
			c.low = 0x90
		case 0xf4:
			c.top = 0x8f
		}
	default:
		return false
	}
	return true
}
