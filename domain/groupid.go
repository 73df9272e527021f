package domain

import (
	"encoding/base64"
	"strings"
)

// GroupID names a group: 32 bytes, or 16 for the groups of old (v1). The zero
// value is no group.
type GroupID struct{ id string }

const groupPrefix = "group."

// ParseGroupID reads the form of the API, `group.` and base64 of signal-cli's
// base64 ID. Errors are Invalid.
func ParseGroupID(s string) (GroupID, error) {
	rest, ok := strings.CutPrefix(s, groupPrefix)
	if !ok {
		return GroupID{}, Errorf(Invalid, "", "group ID must begin with %q", groupPrefix)
	}
	internal, err := decodeBase64(rest)
	if err != nil {
		return GroupID{}, Errorf(Invalid, "", "group ID is not base64 after %q", groupPrefix)
	}
	return ParseInternalGroupID(string(internal))
}

// ParseInternalGroupID reads signal-cli's form, standard base64 of the bytes. Errors are Invalid.
func ParseInternalGroupID(s string) (GroupID, error) {
	id, err := decodeBase64(s)
	if err != nil {
		return GroupID{}, Errorf(Invalid, "", "group ID is not base64")
	}
	if len(id) != 32 && len(id) != 16 {
		return GroupID{}, Errorf(Invalid, "", "group ID must have 32 bytes (16 for an old group), not %d", len(id))
	}
	return GroupID{string(id)}, nil
}

// decodeBase64 takes the one spelling of each value; encoding/base64 itself passes over line breaks.
func decodeBase64(s string) ([]byte, error) {
	if i := strings.IndexAny(s, "\r\n"); i >= 0 {
		return nil, base64.CorruptInputError(i)
	}
	return base64.StdEncoding.Strict().DecodeString(s)
}

// Internal is signal-cli's form.
func (g GroupID) Internal() string { return base64.StdEncoding.EncodeToString([]byte(g.id)) }

// String is the form of the API.
func (g GroupID) String() string {
	if g.IsZero() {
		return ""
	}
	return groupPrefix + base64.StdEncoding.EncodeToString([]byte(g.Internal()))
}

// IsZero reports whether g is no group.
func (g GroupID) IsZero() bool { return g.id == "" }

// ParseGroupReference is ParseGroupID for paths of the REST API, where the prefix may be missing. Errors are Invalid.
func ParseGroupReference(s string) (GroupID, error) {
	return ParseGroupID(groupPrefix + strings.TrimPrefix(s, groupPrefix))
}
