package simulator

import (
	"encoding/json"
	"errors"
)

// Say makes an account of the network, a phone too, send a text to a number, UUID or group id. It returns
// the message's timestamp.
func (s *Simulator) Say(from, to, text string) (timestamp int64, err error) {
	a := s.lookup(from)
	if a == nil {
		return 0, errors.New("say: no such account")
	}
	target := "recipient"
	if parseGroupID(to) == nil {
		target = "groupId"
	}
	k := &call{sim: s, net: s.net, account: a, p: &params{fields: map[string]json.RawMessage{
		target: encode(to), "message": encode(text),
	}}}
	result, err := send(k)
	if err != nil {
		return 0, err
	}
	return result.(sendResponse).Timestamp, nil
}
