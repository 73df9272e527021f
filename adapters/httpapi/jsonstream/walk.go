package jsonstream

const maxDepth = 10_000

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
