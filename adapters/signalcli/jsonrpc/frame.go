package jsonrpc

import (
	"strconv"
	"unicode/utf8"

	"heliograph/adapters/signalcli"
	"heliograph/domain"
)

// appendCall appends the request for call up to and without its ID; see appendID. What signal-cli would close the
// connection for is Invalid or TooLarge here.
func appendCall(b []byte, call signalcli.Call) ([]byte, error) {
	b = append(b, `{"jsonrpc":"2.0","method":`...)
	b, err := appendString(b, call.Method, call.Method)
	if err != nil {
		return b, err
	}
	if call.Account != "" || len(call.Params) > 0 {
		b = append(b, `,"params":{`...)
		first := true
		if call.Account != "" {
			b = append(b, `"account":`...)
			if b, err = appendString(b, call.Method, string(call.Account)); err != nil {
				return b, err
			}
			first = false
		}
		for _, p := range call.Params {
			if left(p) {
				continue
			}
			if !first {
				b = append(b, ',')
			}
			first = false
			b = append(b, '"')
			b = append(b, p.Name...)
			b = append(b, '"', ':')
			if b, err = appendValue(b, call.Method, p.Value); err != nil {
				return b, err
			}
		}
		b = append(b, '}')
	}
	return append(b, `,"id":`...), nil
}

// appendID ends what appendCall began.
func appendID(b []byte, id uint64) []byte {
	b = strconv.AppendUint(b, id, 10)
	return append(b, '}', '\n')
}

// left says that a parameter is left out.
func left(p signalcli.Param) bool {
	switch v := p.Value.(type) {
	case bool:
		return !v && p.Form != signalcli.BoolValue
	case []string:
		return v == nil
	case []int64:
		return v == nil
	case nil:
		return true
	}
	return false
}

func appendValue(b []byte, op string, value any) ([]byte, error) {
	var err error
	switch v := value.(type) {
	case string:
		return appendString(b, op, v)
	case bool:
		return strconv.AppendBool(b, v), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case []string:
		b = append(b, '[')
		for i, s := range v {
			if i > 0 {
				b = append(b, ',')
			}
			if b, err = appendString(b, op, s); err != nil {
				return b, err
			}
		}
		return append(b, ']'), nil
	case []int64:
		b = append(b, '[')
		for i, n := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = strconv.AppendInt(b, n, 10)
		}
		return append(b, ']'), nil
	}
	return b, domain.Errorf(domain.Internal, op, "a parameter has a type that cannot be sent")
}

// appendString appends s as a JSON string without raw control characters.
func appendString(b []byte, op, s string) ([]byte, error) {
	if len(s) > signalcli.MaxString {
		return b, domain.Errorf(domain.TooLarge, op, "a text of %d bytes is too long: signal-cli takes %d", len(s), signalcli.MaxString)
	}
	if !utf8.ValidString(s) {
		return b, domain.Errorf(domain.Invalid, op, "a text is not valid UTF-8")
	}
	const hex = "0123456789abcdef"
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c != 0x7f {
			continue
		}
		b = append(b, s[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xf])
		}
	}
	b = append(b, s[start:]...)
	return append(b, '"'), nil
}
