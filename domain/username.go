package domain

import "strings"

// Username is a Signal username with its discriminator, such as `bob.01`, without the `u:` prefix.
type Username string

// ParseUsername reads a username, with or without the prefix `u:`: a nickname
// of 3 to 32 letters, digits and underscores that begins with no digit, a dot, and a discriminator of
// 2 to 10 digits. Errors are Invalid.
func ParseUsername(s string) (Username, error) {
	name := strings.TrimPrefix(s, "u:")
	nick, discriminator, ok := strings.Cut(name, ".")
	if !ok || len(nick) < 3 || len(nick) > 32 || nick[0] >= '0' && nick[0] <= '9' || strings.IndexFunc(nick, notNick) >= 0 {
		return "", errUsername()
	}
	if len(discriminator) < 2 || len(discriminator) > 10 || strings.IndexFunc(discriminator, notDigit) >= 0 {
		return "", errUsername()
	}
	return Username(name), nil
}

func notDigit(r rune) bool { return r < '0' || r > '9' }

func notNick(r rune) bool {
	return notDigit(r) && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '_'
}

func errUsername() error {
	return Errorf(Invalid, "", "not a username: expected a name, a dot and at least two digits")
}
