package simulator

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// params gives a command its parameters with signal-cli's lookups and conversions. The first value of a
// wrong type is kept in err, and every later getter returns the zero value.
type params struct {
	fields map[string]json.RawMessage
	// hasDashed: some name is in the command line's form.
	hasDashed bool
	// lenient drops the rule that an int64 must not fit in 32 bits: the command line has no such rule.
	lenient bool
	err     *Error
}

// lookup finds a value under the dashed name, then in camelCase. Null is the same as absent.
func (p *params) lookup(name string) (json.RawMessage, bool) {
	if p.hasDashed {
		if value, ok := p.fields[dashed(name)]; ok && nodeType(value) != "NULL" {
			return value, true
		}
	}
	value, ok := p.fields[name]
	return value, ok && nodeType(value) != "NULL"
}

// read takes the members of a JSON object as parameters.
func (p *params) read(object json.RawMessage) error {
	if err := json.Unmarshal(object, &p.fields); err != nil {
		return err
	}
	for name := range p.fields {
		p.hasDashed = p.hasDashed || strings.Contains(name, "-")
	}
	return nil
}

func (p *params) fail(err *Error) {
	if p.err == nil {
		p.err = err
	}
}

// str reads a text. Numbers, arrays and objects are turned into text, as signal-cli does.
func (p *params) str(name string) (string, bool) {
	value, ok := p.lookup(name)
	if !ok {
		return "", false
	}
	if text, ok := scalarText(value); ok {
		return text, true
	}
	return javaText(value), true
}

func (p *params) text(name string) string {
	s, _ := p.str(name)
	return s
}

// required reads a text whose absence ends in a NullPointerException.
func (p *params) required(name string) string {
	s, ok := p.str(name)
	if !ok {
		p.fail(nullPointer(name))
	}
	return s
}

func (p *params) boolean(name string) bool {
	b := p.optionalBool(name)
	return b != nil && *b
}

// optionalBool reads a tri-state boolean: nil is absent.
func (p *params) optionalBool(name string) *bool {
	value, ok := p.lookup(name)
	if !ok {
		return nil
	}
	if nodeType(value) != "BOOLEAN" {
		p.fail(wrongType(javaClass(value), "Boolean"))
		return nil
	}
	b := bytes.TrimSpace(value)[0] == 't'
	return &b
}

// int32 reads an integer within 32 bits.
func (p *params) int32(name string) (int, bool) {
	value, ok := p.lookup(name)
	if !ok {
		return 0, false
	}
	n, isInt := integer(value)
	if !isInt || n < math.MinInt32 || n > math.MaxInt32 {
		p.fail(wrongType(javaClass(value), "Integer"))
		return 0, false
	}
	return int(n), true
}

// int64 reads an integer outside 32 bits; one that fits in 32 bits is refused too.
func (p *params) int64(name string) (int64, bool) {
	value, ok := p.lookup(name)
	if !ok {
		return 0, false
	}
	n, isInt := integer(value)
	if !isInt || (!p.lenient && n >= math.MinInt32 && n <= math.MaxInt32) {
		p.fail(wrongType(javaClass(value), "Long"))
		return 0, false
	}
	return n, true
}

// requiredInt64 reads an int64 whose absence ends in a NullPointerException.
func (p *params) requiredInt64(name string) int64 {
	n, ok := p.int64(name)
	if !ok {
		p.fail(nullPointer(name))
	}
	return n
}

// list reads the members of a list: the singular as one value or an array, else the plural as an array.
func (p *params) list(name string) ([]json.RawMessage, bool) {
	value, ok := p.lookup(name)
	if !ok {
		if value, ok = p.lookup(name + "s"); !ok {
			return nil, false
		}
		if nodeType(value) != "ARRAY" {
			p.fail(&Error{Code: codeInternal, Message: "class java.lang." + javaClass(value) +
				" cannot be cast to class java.util.List (ClassCastException)"})
			return nil, false
		}
	}
	if nodeType(value) != "ARRAY" {
		return []json.RawMessage{value}, true
	}
	var members []json.RawMessage
	if err := json.Unmarshal(value, &members); err != nil {
		p.fail(&Error{Code: codeInternal, Message: err.Error()})
		return nil, false
	}
	return members, true
}

// strings reads a list of texts; members of another type are refused.
func (p *params) strings(name string) []string {
	members, _ := p.list(name)
	out := make([]string, 0, len(members))
	for _, m := range members {
		var s string
		if nodeType(m) != "STRING" || json.Unmarshal(m, &s) != nil {
			p.fail(wrongType(javaClass(m), "String"))
			return nil
		}
		out = append(out, s)
	}
	return out
}

// integers reads a list of integers of any size.
func (p *params) integers(name string) ([]int64, bool) {
	members, ok := p.list(name)
	out := make([]int64, 0, len(members))
	for _, m := range members {
		n, isInt := integer(m)
		if !isInt {
			p.fail(wrongType(javaClass(m), "Number"))
			return nil, false
		}
		out = append(out, n)
	}
	return out, ok
}

func integer(value json.RawMessage) (int64, bool) {
	if nodeType(value) != "NUMBER" {
		return 0, false
	}
	n, err := strconv.ParseInt(string(bytes.TrimSpace(value)), 10, 64)
	return n, err == nil
}

// dashed turns camelCase into the command line's form: groupId is group-id.
func dashed(name string) string {
	if strings.IndexFunc(name, isUpper) < 0 {
		return name
	}
	var out strings.Builder
	for _, r := range name {
		if isUpper(r) {
			out.WriteByte('-')
			r += 'a' - 'A'
		}
		out.WriteRune(r)
	}
	return out.String()
}

func isUpper(r rune) bool { return r >= 'A' && r <= 'Z' }

// javaText is the text Java gives a list or map: [a, b] and {k=v}.
func javaText(value json.RawMessage) string {
	switch nodeType(value) {
	case "ARRAY":
		var members []json.RawMessage
		_ = json.Unmarshal(value, &members)
		parts := make([]string, len(members))
		for i, m := range members {
			parts[i] = javaText(m)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case "OBJECT":
		var fields map[string]json.RawMessage
		_ = json.Unmarshal(value, &fields)
		parts := make([]string, 0, len(fields))
		for k, m := range fields {
			parts = append(parts, k+"="+javaText(m))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case "NULL":
		return "null"
	default:
		s, _ := scalarText(value)
		return s
	}
}

// javaClass names the Java class of a JSON value's mapped form.
func javaClass(value json.RawMessage) string {
	switch nodeType(value) {
	case "STRING":
		return "String"
	case "BOOLEAN":
		return "Boolean"
	case "NUMBER":
		n, ok := integer(value)
		switch {
		case !ok:
			return "Double"
		case n >= math.MinInt32 && n <= math.MaxInt32:
			return "Integer"
		default:
			return "Long"
		}
	default:
		return "Object"
	}
}
