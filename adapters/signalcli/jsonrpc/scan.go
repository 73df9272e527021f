package jsonrpc

import (
	"encoding/json"
	"strconv"
)

// frame is a line from signal-cli, cut into its members. The slices point into the line.
type frame struct {
	id, method, params, result, failure []byte
}

// parseFrame cuts a line; ok is false when it is no JSON object.
func parseFrame(line []byte) (f frame, ok bool) {
	if !json.Valid(line) {
		return frame{}, false
	}
	ok = members(line, func(name, value []byte) {
		switch string(name) {
		case "id":
			f.id = value
		case "method":
			f.method = value
		case "params":
			f.params = value
		case "result":
			f.result = value
		case "error":
			f.failure = value
		}
	})
	if string(f.failure) == "null" {
		f.failure = nil
	}
	return f, ok
}

// waiterID is the ID of a call of ours; 0 for any other ID.
func (f frame) waiterID() uint64 {
	if len(f.id) == 0 || f.id[0] < '1' || f.id[0] > '9' {
		return 0
	}
	id, err := strconv.ParseUint(string(f.id), 10, 64)
	if err != nil {
		return 0
	}
	return id
}

// payload finds what was received in the params of a notification, bare or wrapped; nil when it is in none of the two forms.
func payload(params []byte) (found []byte, wrapped bool) {
	var result []byte
	var hasEnvelope, hasSubscription bool
	members(params, func(name, value []byte) {
		switch string(name) {
		case "envelope", "exception":
			hasEnvelope = true
		case "subscription":
			hasSubscription = true
		case "result":
			result = value
		}
	})
	switch {
	case hasEnvelope:
		return params, false
	case hasSubscription && len(result) > 0 && result[0] == '{':
		return result, true
	}
	return nil, false
}

// members calls visit for each member of the object in data, which must be valid JSON; names are without quotes, with
// their escapes. It reports false when data is no object.
func members(data []byte, visit func(name, value []byte)) bool {
	i := skipSpace(data, 0)
	if i >= len(data) || data[i] != '{' {
		return false
	}
	for i = skipSpace(data, i+1); data[i] != '}'; {
		end := skipString(data, i)
		name := data[i+1 : end-1]
		i = skipSpace(data, end) // the colon
		i = skipSpace(data, i+1) // the value
		end = skipValue(data, i) // what follows it
		visit(name, data[i:end:end])
		i = skipSpace(data, end)
		if data[i] == ',' {
			i = skipSpace(data, i+1)
		}
	}
	return true
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r') {
		i++
	}
	return i
}

// skipString gives the place after the string that begins at i.
func skipString(b []byte, i int) int {
	for i++; ; i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}

// skipValue gives the place after the value that begins at i.
func skipValue(b []byte, i int) int {
	switch b[i] {
	case '"':
		return skipString(b, i)
	case '{', '[':
		for depth := 0; ; {
			switch b[i] {
			case '"':
				i = skipString(b, i)
				continue
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
			i++
		}
	}
	for i < len(b) && b[i] != ',' && b[i] != '}' && b[i] != ']' && b[i] > ' ' {
		i++
	}
	return i
}
