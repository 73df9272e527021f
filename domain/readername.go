package domain

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxReaderName is how many bytes a reader's name may have.
const maxReaderName = 128

// ReaderName is a name under which it is remembered how far a reader came. Names of one account are apart from
// those of another, and from those of readers of all events, which have no account.
type ReaderName struct {
	Account Account
	// Name is empty for the one reader of an account that was given no name.
	Name string
}

// ParseReaderName reads a name that a client gives. Errors are Invalid.
func ParseReaderName(account Account, name string) (ReaderName, error) {
	switch {
	case name == "":
		return ReaderName{}, Errorf(Invalid, "", "a reader's name must not be empty")
	case len(name) > maxReaderName:
		return ReaderName{}, Errorf(Invalid, "", "a reader's name may have %d bytes", maxReaderName)
	case !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) || r == '/' || r == '%' }):
		return ReaderName{}, Errorf(Invalid, "", "a reader's name must be printable text without / and %%")
	}
	return ReaderName{Account: account, Name: name}, nil
}

// Key is the name as one text.
func (n ReaderName) Key() string { return string(n.Account) + "/" + n.Name }

// ReaderNameOf is the name of a Key; false for a text that is none.
func ReaderNameOf(key string) (ReaderName, bool) {
	account, name, ok := strings.Cut(key, "/")
	if !ok || account != "" && !plainAccount(account) || account == "" && name == "" {
		return ReaderName{}, false
	}
	return ReaderName{Account: Account(account), Name: name}, true
}

func plainAccount(s string) bool { return s[0] == '+' && plainNumber(s) }
