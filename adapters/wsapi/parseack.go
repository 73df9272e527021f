package wsapi

import (
	"bytes"
	"encoding/json"

	"heliograph/domain"
)

// maxAck is how many bytes an acknowledgement may have.
const maxAck = 512

// ack is what a peer said: a cursor, or just the oldest message.
type ack struct {
	oldest bool
	cursor domain.Cursor
}

// parseAck reads `{"ack":"CURSOR"}` or `{"ack":true}`. Other fields are passed over. Errors are Invalid.
func parseAck(message []byte) (ack, error) {
	if len(message) > maxAck {
		return ack{}, domain.Errorf(domain.Invalid, "", "an acknowledgement has at most %d bytes", maxAck)
	}
	var fields struct {
		Ack json.RawMessage `json:"ack"`
	}
	if json.Unmarshal(message, &fields) != nil || len(fields.Ack) == 0 {
		return ack{}, domain.Errorf(domain.Invalid, "", `not an acknowledgement: {"ack":…}`)
	}
	if bytes.Equal(fields.Ack, []byte("true")) {
		return ack{oldest: true}, nil
	}
	var cursor string
	if json.Unmarshal(fields.Ack, &cursor) != nil {
		return ack{}, domain.Errorf(domain.Invalid, "", "ack must be a cursor or true")
	}
	c, err := domain.ParseCursor(cursor)
	return ack{cursor: c}, err
}

// fault is what is told to a peer.
type fault struct {
	Error string `json:"error"`
	Code  string `json:"code"`
}

func faultOf(err error) *fault {
	return &fault{Error: domain.DetailOf(err), Code: domain.KindOf(err).String()}
}

// frame is the text that tells it.
func (f *fault) frame() []byte {
	text, _ := json.Marshal(f) // of strings never fails
	return text
}
