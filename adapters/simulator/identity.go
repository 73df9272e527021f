package simulator

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
)

// The levels of trust in somebody's identity key.
const (
	levelUntrusted  = "UNTRUSTED"
	levelUnverified = "TRUSTED_UNVERIFIED"
	levelVerified   = "TRUSTED_VERIFIED"
)

// trust is what an account thinks of another's identity key.
type trust struct {
	Level string
	Added int64
}

// trustIn is the account's trust in another's present key: the first one seen is trusted.
func (a *account) trustIn(other *account) string {
	if t := a.trust[other.uuid]; t != nil {
		return t.Level
	}
	if a == other {
		return levelVerified
	}
	return levelUnverified
}

// identityKey is the public key with its type byte.
func (a *account) identityKey() []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "identity %s %d", a.uuid, a.identityRound))
	return append([]byte{5}, sum[:]...)
}

// fingerprint is the key as hex bytes with spaces between.
func fingerprint(key []byte) string {
	return fmt.Sprintf("% x", key)
}

// digits are the thirty digits of one side of a safety number.
func digits(key []byte) string {
	sum := sha256.Sum256(append([]byte("digits"), key...))
	var out strings.Builder
	for i := range 6 {
		fmt.Fprintf(&out, "%05d", binary.BigEndian.Uint32(sum[i*4:])%100000)
	}
	return out.String()
}

// safetyNumber is the same for both sides: twelve groups of five digits.
func safetyNumber(a, b *account) string {
	mine, theirs := digits(a.identityKey()), digits(b.identityKey())
	if theirs < mine {
		mine, theirs = theirs, mine
	}
	all := mine + theirs
	groups := make([]string, 0, 12)
	for i := 0; i < len(all); i += 5 {
		groups = append(groups, all[i:i+5])
	}
	return strings.Join(groups, " ")
}

// scannable is the safety number as the QR code's content: own side first.
func scannable(a, b *account) string {
	mine := sha256.Sum256(a.identityKey())
	theirs := sha256.Sum256(b.identityKey())
	out := []byte{0x08, 0x02, 0x12, 0x22, 0x0a, 0x20}
	out = append(out, mine[:]...)
	out = append(out, 0x1a, 0x22, 0x0a, 0x20)
	return base64.StdEncoding.EncodeToString(append(out, theirs[:]...))
}

// ChangeIdentity gives an account a new identity key, as a new phone does. Everybody else has to trust
// it again: sends to it end in IDENTITY_FAILURE, its messages come as an exception and once more after trust.
func (s *Simulator) ChangeIdentity(number string) bool {
	a := s.lookup(number)
	if a == nil {
		return false
	}
	s.net.mu.Lock()
	defer s.net.mu.Unlock()
	a.identityRound++
	for _, other := range s.net.accounts {
		if other != a {
			other.trust[a.uuid] = &trust{Level: levelUntrusted, Added: s.now()}
		}
	}
	return true
}
