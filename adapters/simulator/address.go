package simulator

import (
	"encoding/base64"
	"regexp"
	"strings"
)

// address is a parsed recipient. At most one field is set; account is nil when nobody answers to it.
type address struct {
	number, uuid, pni, username string
	account                     *account
}

// recipientAddress is a recipient in results.
type recipientAddress struct {
	UUID     *string `json:"uuid"`
	Number   *string `json:"number"`
	Username *string `json:"username"`
}

var uuidPattern = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)

// parseAddress reads a recipient as signal-cli does: UUID, "PNI:" + UUID, "u:" + user name, else a number
// whose punctuation is stripped. The caller holds network.mu.
func (n *network) parseAddress(text string) (address, *Error) {
	if uuidPattern.MatchString(text) {
		uuid := strings.ToLower(text)
		return address{uuid: uuid, account: n.registered(n.byUUID[uuid])}, nil
	}
	if rest, ok := strings.CutPrefix(text, "PNI:"); ok && uuidPattern.MatchString(rest) {
		pni := strings.ToLower(rest)
		for _, a := range n.accounts {
			if a.pni == pni {
				return address{pni: pni, account: n.registered(a)}, nil
			}
		}
		return address{pni: pni}, nil
	}
	if name, ok := strings.CutPrefix(text, "u:"); ok {
		a := n.byUsername(name)
		return address{username: name, account: a}, nil
	}
	number, err := parseNumber(text)
	if err != nil {
		return address{}, err
	}
	return address{number: number, account: n.registered(n.byNumber[number])}, nil
}

func (n *network) registered(a *account) *account {
	if a == nil || !a.registered {
		return nil
	}
	return a
}

func parseNumber(text string) (string, *Error) {
	var digits strings.Builder
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			digits.WriteRune(r)
		case r == '+' || r == ' ' || r == '-' || r == '(' || r == ')' || r == '.' || r == '/':
		default:
			return "", userError("Invalid phone number '%s': No valid characters found.", text)
		}
	}
	if digits.Len() == 0 {
		return "", userError("Invalid phone number '%s': No valid characters found.", text)
	}
	if digits.Len() < 6 {
		return "", userError("Invalid phone number '%s': The string supplied is too short to be a phone number.", text)
	}
	if digits.Len() > 15 {
		return "", userError("Invalid phone number '%s': The string supplied is too long to be a phone number.", text)
	}
	return "+" + digits.String(), nil
}

// result is the address as results show it. A PNI comes back with nothing at all.
func (a address) result() recipientAddress {
	switch {
	case a.pni != "":
		return recipientAddress{}
	case a.account != nil:
		out := recipientAddress{UUID: &a.account.uuid, Number: a.account.visibleNumber()}
		if a.number != "" {
			out.Number = &a.number
		}
		if a.username != "" {
			out.Username = &a.username
		}
		return out
	case a.uuid != "":
		return recipientAddress{UUID: &a.uuid}
	case a.username != "":
		return recipientAddress{Username: &a.username}
	default:
		return recipientAddress{Number: &a.number}
	}
}

// text is the address for error texts.
func (a address) text() string {
	for _, s := range []string{a.number, a.uuid, a.username} {
		if s != "" {
			return s
		}
	}
	return "PNI:" + a.pni
}

// parseGroupID checks a group id: standard base64 of 32 or 16 bytes.
func parseGroupID(text string) *Error {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return userError("Invalid group id: Failed to decode groupId (must be base64) %q: %v", text, err)
	}
	if len(raw) != 32 && len(raw) != 16 {
		return userError("Invalid group id: Failed to decode groupId (must be base64) %q: Invalid group id of size %d", text, len(raw))
	}
	return nil
}

// findGroup finds a group the account knows: one it is or was a member of. The caller holds network.mu.
func (n *network) findGroup(a *account, text string) (*group, *Error) {
	if err := parseGroupID(text); err != nil {
		return nil, err
	}
	g := n.byGroup[text]
	if g == nil || !g.knownTo(a.uuid) {
		return nil, userError("Group not found: %s", text)
	}
	return g, nil
}
