package jsonstream

import (
	"unicode/utf16"
	"unicode/utf8"
)

// rune looks at the character that comes next, and says how many bytes it has.
func (d *Decoder) rune() (size int, err error) {
	for !utf8.FullRune(d.buf[d.pos:d.end]) {
		if err := d.fill(); err != nil {
			return 0, err
		}
	}
	r, size := utf8.DecodeRune(d.buf[d.pos:d.end])
	if r == utf8.RuneError && size == 1 {
		return 0, ErrEncoding
	}
	return size, nil
}

// escape takes what follows a backslash.
func (d *Decoder) escape() (rune, error) {
	c, err := d.peek()
	if err != nil {
		return 0, err
	}
	d.pos++
	switch c {
	case '"', '\\', '/':
		return rune(c), nil
	case 'b':
		return '\b', nil
	case 'f':
		return '\f', nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 't':
		return '\t', nil
	case 'u':
		return d.unicodeEscape()
	}
	return 0, ErrSyntax
}

// unicodeEscape takes the four digits behind \u, and the second escape of a surrogate pair.
func (d *Decoder) unicodeEscape() (rune, error) {
	r, err := d.hex()
	if err != nil || !utf16.IsSurrogate(r) {
		return r, err
	}
	for _, want := range []byte(`\u`) {
		c, err := d.peek()
		if err != nil {
			return 0, err
		}
		if c != want {
			return 0, ErrEncoding
		}
		d.pos++
	}
	low, err := d.hex()
	if err != nil {
		return 0, err
	}
	if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
		return 0, ErrEncoding
	}
	return r, nil
}

func (d *Decoder) hex() (r rune, err error) {
	for range 4 {
		c, err := d.peek()
		if err != nil {
			return 0, err
		}
		digit, ok := hexDigit(c)
		if !ok {
			return 0, ErrSyntax
		}
		r = r<<4 | digit
		d.pos++
	}
	return r, nil
}

func hexDigit(c byte) (rune, bool) {
	switch {
	case c >= '0' && c <= '9':
		return rune(c - '0'), true
	case c >= 'a' && c <= 'f':
		return rune(c-'a') + 10, true
	case c >= 'A' && c <= 'F':
		return rune(c-'A') + 10, true
	}
	return 0, false
}
