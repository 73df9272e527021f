package domain

import (
	"encoding/base64"
	"encoding/binary"
)

// Epoch names one life of an event log: sequence numbers of different epochs
// cannot be compared. Zero is no epoch.
type Epoch uint64

// Cursor is a position in the event log: behind the event with sequence Seq of
// Epoch. Within an epoch it increases strictly. The zero Cursor is Oldest.
// Clients get String and treat it as opaque.
type Cursor struct {
	Epoch Epoch
	Seq   uint64
}

// Special positions to start reading from.
var (
	// Oldest reads from the first retained event on.
	Oldest = Cursor{}
	// Latest reads only what comes after the call.
	Latest = Cursor{Seq: ^uint64(0)}
)

// String is the opaque form for clients, 22 characters.
func (c Cursor) String() string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(c.Epoch))
	binary.BigEndian.PutUint64(b[8:], c.Seq)
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// ParseCursor reads what String gave. Errors are Invalid.
func ParseCursor(s string) (Cursor, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(s) != 22 || len(b) != 16 { // base64 passes over line breaks
		return Cursor{}, Errorf(Invalid, "", "not a cursor of this API")
	}
	return Cursor{Epoch(binary.BigEndian.Uint64(b[:8])), binary.BigEndian.Uint64(b[8:])}, nil
}
