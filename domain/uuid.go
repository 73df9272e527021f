package domain

import "strings"

// UUID is an account's identifier at Signal in canonical form: lower case, with
// dashes. A phone number identity carries the prefix `PNI:`.
type UUID string

const pniPrefix = "PNI:"

// ParseUUID reads a UUID in any letter case, with dashes or without, also with
// the prefixes `PNI:` and `urn:uuid:`. Errors are Invalid.
func ParseUUID(s string) (UUID, error) {
	prefix, rest := "", s
	switch {
	case len(s) > len(pniPrefix) && strings.EqualFold(s[:len(pniPrefix)], pniPrefix):
		prefix, rest = pniPrefix, s[len(pniPrefix):]
	case len(s) > 9 && strings.EqualFold(s[:9], "urn:uuid:"):
		rest = s[9:]
	}
	hex := make([]byte, 0, 32)
	switch len(rest) {
	case 36:
		for i := range len(rest) {
			if i == 8 || i == 13 || i == 18 || i == 23 {
				if rest[i] != '-' {
					return "", errUUID()
				}
				continue
			}
			hex = append(hex, rest[i])
		}
	case 32:
		hex = append(hex, rest...)
	default:
		return "", errUUID()
	}
	for i, c := range hex {
		switch {
		case c >= '0' && c <= '9', c >= 'a' && c <= 'f':
		case c >= 'A' && c <= 'F':
			hex[i] = c + 'a' - 'A'
		default:
			return "", errUUID()
		}
	}
	h := string(hex)
	return UUID(prefix + h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]), nil
}

func errUUID() error { return Errorf(Invalid, "", "not a UUID") }

// IsPNI reports whether it is a phone number identity.
func (u UUID) IsPNI() bool { return strings.HasPrefix(string(u), pniPrefix) }
