package fakesignal

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// relayLocked passes the ciphertexts of one send on to their account.
func (s *Server) relayLocked(c *chat, destination string, body []byte) (int, []byte) {
	to := s.findLocked(destination)
	if to == nil {
		return http.StatusNotFound, nil
	}
	var in struct {
		Timestamp uint64 `json:"timestamp"`
		Urgent    bool   `json:"urgent"`
		Online    bool   `json:"online"`
		Messages  []struct {
			Type    uint64 `json:"type"`
			Content string `json:"content"`
		} `json:"messages"`
	}
	if json.Unmarshal(body, &in) != nil {
		return http.StatusUnprocessableEntity, nil
	}
	for _, m := range in.Messages {
		content, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(m.Content, "="))
		if err != nil {
			return http.StatusUnprocessableEntity, nil
		}
		if in.Online && to.chat == nil {
			continue
		}
		s.deliverLocked(to, envelope{
			kind: m.Type, from: c.login, device: c.device, to: destination,
			timestamp: in.Timestamp, content: content, urgent: in.Urgent,
		}.encode())
	}
	s.relayed++
	return reply(map[string]bool{"needsSync": false})
}

// ciphertext is the kind of an envelope.
const ciphertext = 1

// envelope is what the server wraps around a ciphertext.
type envelope struct {
	kind      uint64
	from      string // ACI; empty for a sealed sender
	device    int
	to        string
	timestamp uint64 // milliseconds since the Unix epoch
	content   []byte
	urgent    bool
}

func (e envelope) encode() []byte {
	var b builder
	b.number(1, e.kind)
	b.number(5, e.timestamp)
	if e.from != "" {
		b.number(7, uint64(e.device))
		b.text(11, e.from)
	}
	if e.content != nil {
		b.bytes(8, e.content)
	}
	b.text(9, newUUID())
	b.number(10, uint64(time.Now().UnixMilli()))
	b.text(13, e.to)
	if e.urgent {
		b.number(14, 1)
	}
	return b.buf.Bytes()
}

func newUUID() string {
	var id [16]byte
	_, _ = rand.Read(id[:])
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}
