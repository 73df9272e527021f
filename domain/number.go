package domain

import "strings"

// Number is a telephone number in E.164 form, `+` and 5 to 15 digits.
type Number string

// ParseNumber reads a number as signal-cli does: punctuation between the digits
// (space, `-`, `.`, `/`, parentheses) is removed, the leading `+` is required. Errors are Invalid.
func ParseNumber(s string) (Number, error) {
	if !strings.HasPrefix(s, "+") {
		return "", Errorf(Invalid, "", "phone number must begin with + and the country code")
	}
	if plainNumber(s) {
		return Number(s), nil
	}
	digits := make([]byte, 1, len(s))
	digits[0] = '+'
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits = append(digits, c)
		case strings.IndexByte(" -./()", c) >= 0:
		default:
			return "", Errorf(Invalid, "", "phone number holds a character that is no digit")
		}
	}
	if n := len(digits) - 1; n < 5 || n > 15 || digits[1] == '0' {
		return "", Errorf(Invalid, "", "phone number must have 5 to 15 digits after the +, the first not 0")
	}
	return Number(digits), nil
}

// plainNumber says that s, which begins with +, is in its final form already, as nearly all are.
func plainNumber(s string) bool {
	if len(s) < 6 || len(s) > 16 || s[1] == '0' {
		return false
	}
	for i := 1; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// Short is the form for logs: the last four digits.
func (n Number) Short() string {
	if len(n) <= 4 {
		return "…"
	}
	return "…" + string(n[len(n)-4:])
}
