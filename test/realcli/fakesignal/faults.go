package fakesignal

import (
	"crypto/rand"
	"fmt"
	"strings"
	"time"
)

// faults is how the server misbehaves on demand.
type faults struct {
	down    bool
	replies map[string]int // "VERB path-prefix" to status
}

// reply is the status that a fault prescribes for a request.
func (f *faults) reply(verb, path string) (status int, ok bool) {
	for match, status := range f.replies {
		v, prefix, _ := strings.Cut(match, " ")
		if (v == verb || v == "*") && strings.HasPrefix(path, prefix) {
			return status, true
		}
	}
	return 0, false
}

// Drop cuts all connections once; signal-cli connects again by itself.
func (s *Server) Drop() {
	s.stateMu.Lock()
	defer s.stateMu.Unlock()
	s.cutLocked()
}

// Down cuts all connections and refuses new ones until it is called with false.
func (s *Server) Down(down bool) {
	s.stateMu.Lock()
	defer s.stateMu.Unlock()
	s.faults.down = down
	if down {
		s.cutLocked()
	}
}

// Reply answers every request that fits match with status, until Unreply. match
// is a verb, or *, a space and the beginning of a path: "PUT /v1/messages".
// Status 0 means that the request gets no answer at all. Overlapping matches are
// tried in no particular order.
func (s *Server) Reply(match string, status int) {
	s.stateMu.Lock()
	defer s.stateMu.Unlock()
	s.faults.replies[match] = status
}

// Unreply ends what Reply began with the same match.
func (s *Server) Unreply(match string) {
	s.stateMu.Lock()
	defer s.stateMu.Unlock()
	delete(s.faults.replies, match)
}

// Garbage delivers an envelope that cannot be decrypted; signal-cli reports it
// as a notification with an exception. from and to are numbers or ACIs.
func (s *Server) Garbage(from, to string) error {
	s.stateMu.Lock()
	defer s.stateMu.Unlock()
	sender, receiver := s.findLocked(from), s.findLocked(to)
	if sender == nil || receiver == nil {
		return fmt.Errorf("no account %s or %s", from, to)
	}
	noise := make([]byte, 200)
	_, _ = rand.Read(noise)
	s.deliverLocked(receiver, envelope{
		kind: ciphertext, from: sender.aci, device: 1, to: receiver.aci,
		timestamp: uint64(time.Now().UnixMilli()), content: noise, urgent: true,
	}.encode())
	return nil
}
