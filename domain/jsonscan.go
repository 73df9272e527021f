package domain

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// jsonScanner walks JSON in place, checking it as it goes, so that an envelope is
// read in one pass without decoding what nobody asks for. Positions are
// indices into b; -1 stands for malformed JSON, and every method takes and passes it on.
type jsonScanner struct{ b []byte }

// maxJSONDepth bounds nesting; signal-cli's payloads have less than ten levels.
const maxJSONDepth = 100

// object walks the object at i. member is called with each key and the position
// of its value, and gives the position after that value.
func (s jsonScanner) object(i int, member func(key []byte, i int) int) int {
	i = s.space(i)
	if i < 0 || i >= len(s.b) || s.b[i] != '{' {
		return -1
	}
	i = s.space(i + 1)
	if i < len(s.b) && s.b[i] == '}' {
		return i + 1
	}
	for {
		end := s.string(i)
		if end < 0 {
			return -1
		}
		key := s.b[i+1 : end-1]
		if bytes.IndexByte(key, '\\') >= 0 {
			key = []byte(s.text(span{uint32(i), uint32(end)}))
		}
		i = s.space(end)
		if i >= len(s.b) || s.b[i] != ':' {
			return -1
		}
		i = member(key, s.space(i+1))
		if i < 0 {
			return -1
		}
		i = s.space(i)
		if i >= len(s.b) {
			return -1
		}
		switch s.b[i] {
		case '}':
			return i + 1
		case ',':
			i = s.space(i + 1)
		default:
			return -1
		}
	}
}

// array walks the array at i.
func (s jsonScanner) array(i int, element func(i int) int) int {
	i = s.space(i)
	if i < 0 || i >= len(s.b) || s.b[i] != '[' {
		return -1
	}
	i = s.space(i + 1)
	if i < len(s.b) && s.b[i] == ']' {
		return i + 1
	}
	for {
		i = element(i)
		if i < 0 {
			return -1
		}
		i = s.space(i)
		if i >= len(s.b) {
			return -1
		}
		switch s.b[i] {
		case ']':
			return i + 1
		case ',':
			i = s.space(i + 1)
		default:
			return -1
		}
	}
}

// value passes over one value.
func (s jsonScanner) value(i, depth int) int {
	if i < 0 || i >= len(s.b) || depth > maxJSONDepth {
		return -1
	}
	switch c := s.b[i]; c {
	case '"':
		return s.string(i)
	case '{':
		return s.object(i, func(_ []byte, i int) int { return s.value(i, depth+1) })
	case '[':
		return s.array(i, func(i int) int { return s.value(i, depth+1) })
	case 't':
		return s.literal(i, "true")
	case 'f':
		return s.literal(i, "false")
	case 'n':
		return s.literal(i, "null")
	default:
		return s.number(i)
	}
}

func (s jsonScanner) space(i int) int {
	if i < 0 {
		return -1
	}
	for i < len(s.b) && (s.b[i] == ' ' || s.b[i] == '\n' || s.b[i] == '\t' || s.b[i] == '\r') {
		i++
	}
	return i
}

func (s jsonScanner) literal(i int, word string) int {
	if len(s.b)-i < len(word) || string(s.b[i:i+len(word)]) != word {
		return -1
	}
	return i + len(word)
}

func (s jsonScanner) string(i int) int {
	if i < 0 || i >= len(s.b) || s.b[i] != '"' {
		return -1
	}
	for i++; i < len(s.b); i++ {
		switch c := s.b[i]; {
		case c == '"':
			return i + 1
		case c < ' ':
			return -1
		case c == '\\':
			i++
			if i >= len(s.b) {
				return -1
			}
			switch s.b[i] {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			case 'u':
				if len(s.b)-i < 5 || !isHex(s.b[i+1:i+5]) {
					return -1
				}
				i += 4
			default:
				return -1
			}
		}
	}
	return -1
}

func isHex(b []byte) bool {
	for _, c := range b {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return false
		}
	}
	return true
}

func (s jsonScanner) number(i int) int {
	if s.at(i) == '-' {
		i++
	}
	if s.at(i) == '0' {
		i++
	} else if i = s.digits(i); i < 0 {
		return -1
	}
	if s.at(i) == '.' {
		if i = s.digits(i + 1); i < 0 {
			return -1
		}
	}
	if c := s.at(i); c == 'e' || c == 'E' {
		i++
		if c := s.at(i); c == '+' || c == '-' {
			i++
		}
		return s.digits(i)
	}
	return i
}

// digits passes over one or more.
func (s jsonScanner) digits(i int) int {
	start := i
	for c := s.at(i); c >= '0' && c <= '9'; c = s.at(i) {
		i++
	}
	if i == start {
		return -1
	}
	return i
}

// at is the byte at i, 0 past the end.
func (s jsonScanner) at(i int) byte {
	if i < len(s.b) {
		return s.b[i]
	}
	return 0
}

// span is where a value stands; the zero span is none.
type span struct{ from, to uint32 }

func (s jsonScanner) span(from, to int) span {
	if to < 0 {
		return span{}
	}
	return span{uint32(from), uint32(to)}
}

func (s jsonScanner) bytes(v span) []byte { return s.b[v.from:v.to:v.to] }

// text is a string's value; empty for anything else.
func (s jsonScanner) text(v span) string {
	b := s.bytes(v)
	if len(b) < 2 || b[0] != '"' {
		return ""
	}
	if bytes.IndexByte(b, '\\') < 0 {
		return string(b[1 : len(b)-1])
	}
	var text string
	if json.Unmarshal(b, &text) != nil {
		return ""
	}
	return text
}

// integer is an integer's value; 0 for anything else, and for one over 64 bits.
func (s jsonScanner) integer(v span) int64 {
	n, err := strconv.ParseInt(string(s.bytes(v)), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// first is the first byte of a value, 0 for none.
func (s jsonScanner) first(v span) byte {
	if v.to <= v.from {
		return 0
	}
	return s.b[v.from]
}

// isTrue reports whether it is the literal true.
func (s jsonScanner) isTrue(v span) bool { return string(s.bytes(v)) == "true" }
