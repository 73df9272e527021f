package domain

import (
	"encoding/json"
	"strconv"
)

// AppendJSON appends the form in which clients get an event with all that is known of it, an object on one line (as far as the
// payload is on one): cursor, account, kind, received, and source and group where there are any. The payload is in the field payload as it came,
// or, if it is no JSON, as text in the field raw.
func (e *Event) AppendJSON(to []byte) []byte {
	to = append(to, `{"cursor":"`...)
	to = append(to, e.Cursor.String()...)
	to = append(to, '"')
	to = appendField(to, "account", string(e.Account))
	to = appendField(to, "kind", string(e.Kind))
	to = append(to, `,"received":`...)
	to = strconv.AppendInt(to, int64(e.Received), 10)
	to = appendField(to, "source", e.Source)
	to = appendField(to, "group", e.Group.String())
	// All other kinds were read by ParseEnvelope.
	if e.Kind == KindOther && !json.Valid(e.Payload) {
		return append(appendField(to, "raw", string(e.Payload)), '}')
	}
	to = append(to, `,"payload":`...)
	to = append(to, e.Payload...)
	return append(to, '}')
}

// AppendJSON appends the object by which clients are told of a gap.
func (g Gap) AppendJSON(to []byte) []byte {
	return append(to, `{"after":"`+g.After.String()+`","next":"`+g.Next.String()+`"}`...)
}

// appendField appends a field of a text, unless it is empty.
func appendField(to []byte, name, text string) []byte {
	if text == "" {
		return to
	}
	to = append(to, `,"`+name+`":`...)
	quoted, _ := json.Marshal(text) // of a string never fails
	return append(to, quoted...)
}
