package simulator

import (
	"bytes"
	"encoding/json"
)

// encode writes a value as signal-cli does: one line, only the escapes that JSON demands, non-ASCII
// text raw. The value is one of our own types, so encoding cannot fail.
func encode(value any) json.RawMessage {
	if raw, ok := value.(json.RawMessage); ok {
		return raw
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		panic("simulator: encode: " + err.Error())
	}
	out := bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
	if bytes.Contains(out, []byte(`\u202`)) {
		out = rawSeparators(out)
	}
	return out
}

// rawSeparators turns the escapes of U+2028 and U+2029, which only Go writes, into the characters.
func rawSeparators(in []byte) []byte {
	out := make([]byte, 0, len(in))
	for i := 0; i < len(in); i++ {
		if in[i] != '\\' || i+1 >= len(in) {
			out = append(out, in[i])
			continue
		}
		if i+6 <= len(in) && bytes.Equal(in[i:i+5], []byte(`\u202`)) && (in[i+5] == '8' || in[i+5] == '9') {
			out = append(out, 0xE2, 0x80, in[i+5]-'8'+0xA8)
			i += 5
			continue
		}
		out = append(out, in[i], in[i+1])
		i++
	}
	return out
}

// answerLine is the frame of a successful answer.
func answerLine(result any, id json.RawMessage) []byte {
	body := encode(result)
	line := make([]byte, 0, len(body)+len(id)+40)
	line = append(line, `{"jsonrpc":"2.0","result":`...)
	line = append(line, body...)
	line = append(line, `,"id":`...)
	line = append(line, id...)
	return append(line, '}')
}

// errorLine is the frame of a failed answer.
func errorLine(err *Error, id json.RawMessage) []byte {
	body := encode(err)
	line := make([]byte, 0, len(body)+len(id)+40)
	line = append(line, `{"jsonrpc":"2.0","error":`...)
	line = append(line, body...)
	line = append(line, `,"id":`...)
	line = append(line, id...)
	return append(line, '}')
}
