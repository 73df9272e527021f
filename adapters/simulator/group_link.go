package simulator

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// States of a group's invitation link; empty is disabled.
const (
	linkEnabled  = "enabled"
	linkApproval = "approval"
)

const inviteLinkPrefix = "https://signal.group/#"

// inviteLink is the group's link, or null while it is disabled.
func (g *group) inviteLink() *string {
	if g.link == "" {
		return nil
	}
	link := inviteLinkPrefix + base64.RawURLEncoding.EncodeToString(g.inviteCode())
	return &link
}

// inviteCode is the protocol buffer in the link: version 1 with the group's master key and the password.
func (g *group) inviteCode() []byte {
	key := sha256.Sum256([]byte("master key " + g.id))
	out := append([]byte{0x0a, 0x34, 0x0a, 0x20}, key[:]...)
	return append(append(out, 0x12, 0x10), g.linkPassword...)
}

// byInviteLink finds the group of a link.
func (n *network) byInviteLink(uri string) (*group, *Error) {
	rest, ok := strings.CutPrefix(uri, inviteLinkPrefix)
	if !ok {
		rest, ok = strings.CutPrefix(uri, "sgnl://signal.group/#")
	}
	if !ok {
		return nil, userError("Link is not a signal group invitation link")
	}
	code, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(rest, "="))
	if err != nil || len(code) < 4 {
		return nil, userError("Group link is invalid: %s", uri)
	}
	for _, g := range n.groups {
		if g.link != "" && bytes.Equal(code, g.inviteCode()) {
			return g, nil
		}
	}
	return nil, userError("Group link is not valid: Group link is not active")
}
