package jsonstream

import (
	"errors"
	"strconv"
)

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
