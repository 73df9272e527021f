package domain

import "strings"

// Recipient is whom a message goes to: exactly one of its fields is set. One
// without group is also used for senders and authors.
type Recipient struct {
	Number   Number
	UUID     UUID
	Username Username
	Group    GroupID
}

// ParseRecipient classifies s as the REST API does: `group.` and base64 is a
// group, a UUID (canonical, `PNI:` prefixed, without dashes or as URN) a UUID, what begins with `+` a
// number, the rest (with or without `u:`) a username. A name such as
// `group.1234`, whose digits are no group ID, is a username. Errors are Invalid.
func ParseRecipient(s string) (Recipient, error) {
	switch {
	case s == "":
		return Recipient{}, Errorf(Invalid, "", "recipient is empty")
	case strings.HasPrefix(s, groupPrefix):
		group, err := ParseGroupID(s)
		if err == nil {
			return Recipient{Group: group}, nil
		}
		if name, nameErr := ParseUsername(s); nameErr == nil {
			return Recipient{Username: name}, nil
		}
		return Recipient{}, err
	case s[0] == '+':
		number, err := ParseNumber(s)
		return Recipient{Number: number}, err
	}
	if uuid, err := ParseUUID(s); err == nil {
		return Recipient{UUID: uuid}, nil
	}
	name, err := ParseUsername(s)
	if err != nil {
		return Recipient{}, Errorf(Invalid, "",
			"recipient is no phone number (+ and country code), UUID, username (name.01) or group ID (group.…)")
	}
	return Recipient{Username: name}, nil
}

// ParseAuthor is ParseRecipient for people only: a group is Invalid.
func ParseAuthor(s string) (Recipient, error) {
	r, err := ParseRecipient(s)
	if err == nil && r.IsGroup() {
		return Recipient{}, Errorf(Invalid, "", "a group cannot stand where a person is named")
	}
	return r, err
}

// IsGroup reports whether it is a group.
func (r Recipient) IsGroup() bool { return !r.Group.IsZero() }

// IsZero reports whether it is nobody.
func (r Recipient) IsZero() bool { return r == Recipient{} }

// String is the form of the API: number, UUID, username or `group.` ID.
func (r Recipient) String() string {
	switch {
	case r.Number != "":
		return string(r.Number)
	case r.UUID != "":
		return string(r.UUID)
	case r.Username != "":
		return string(r.Username)
	}
	return r.Group.String()
}
