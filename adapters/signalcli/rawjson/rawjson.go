// Package rawjson cuts JSON into its parts without decoding it: what signal-cli answers for each call is looked at
// in a few places only, and goes through untouched otherwise.
//
// The functions take JSON that json.Valid has seen; what they say of anything else is of no use, but they
// neither panic nor run on.
package rawjson

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// Members calls visit for each member of the object in data, names without quotes and with their escapes. It reports
// false when data is no object. The slices point into data.
func Members(data []byte, visit func(name, value []byte)) bool {
	i := skipSpace(data, 0)
	if at(data, i) != '{' {
		return false
	}
	for i = skipSpace(data, i+1); at(data, i) == '"'; {
		end := skipString(data, i)
		if end > len(data) {
			return false
		}
		name := data[i+1 : end-1]
		if i = skipSpace(data, end); at(data, i) != ':' {
			return false
		}
		i = skipSpace(data, i+1)
		if end = skipValue(data, i); end > len(data) || end == i {
			return false
		}
		visit(name, data[i:end:end])
		if i = skipSpace(data, end); at(data, i) == ',' {
			i = skipSpace(data, i+1)
		}
	}
	return at(data, i) == '}'
}

// Elements calls visit for each element of the array in data. It reports false when data is no array.
func Elements(data []byte, visit func(value []byte)) bool {
	i := skipSpace(data, 0)
	if at(data, i) != '[' {
		return false
	}
	for i = skipSpace(data, i+1); i < len(data) && data[i] != ']'; {
		end := skipValue(data, i)
		if end > len(data) || end == i {
			return false
		}
		visit(data[i:end:end])
		if i = skipSpace(data, end); at(data, i) == ',' {
			i = skipSpace(data, i+1)
		}
	}
	return at(data, i) == ']'
}

// Text is a string that has no escapes and is UTF-8, or "" for null; ok is false for anything else.
func Text(value []byte) (s string, ok bool) {
	if string(value) == "null" {
		return "", true
	}
	if len(value) < 2 || value[0] != '"' || bytes.IndexByte(value, '\\') >= 0 || !utf8.Valid(value) {
		return "", false
	}
	return string(value[1 : len(value)-1]), true
}

// Int is a number without fraction and exponent; ok is false for anything else.
func Int(value []byte) (n int64, ok bool) {
	n, err := strconv.ParseInt(string(value), 10, 64)
	return n, err == nil && value[0] != '+'
}

// at is the byte at i, 0 past the end.
func at(b []byte, i int) byte {
	if i >= len(b) {
		return 0
	}
	return b[i]
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r') {
		i++
	}
	return i
}

// skipString gives the place after the string that begins at i, past the end of b when it has none.
func skipString(b []byte, i int) int {
	for i++; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(b) + 1
}

// skipValue gives the place after the value that begins at i, past the end of b when it has none.
func skipValue(b []byte, i int) int {
	switch at(b, i) {
	case '"':
		return skipString(b, i)
	case '{', '[':
		return skipNested(b, i)
	}
	for i < len(b) && b[i] != ',' && b[i] != '}' && b[i] != ']' && b[i] > ' ' {
		i++
	}
	return i
}

func skipNested(b []byte, i int) int {
	for depth := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			i = skipString(b, i) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(b) + 1
}
