package fakesignal

import (
	"encoding/json"
	"net/http"
	"strings"
)

// upload takes new prekeys; what the upload leaves out stays.
func (k *keys) upload(body []byte) (status int) {
	var in struct {
		Signed json.RawMessage   `json:"signedPreKey"`
		LastPQ json.RawMessage   `json:"pqLastResortPreKey"`
		Pre    []json.RawMessage `json:"preKeys"`
		PQ     []json.RawMessage `json:"pqPreKeys"`
	}
	if json.Unmarshal(body, &in) != nil {
		return http.StatusUnprocessableEntity
	}
	if present(in.Signed) {
		k.Signed = in.Signed
	}
	if present(in.LastPQ) {
		k.LastPQ = in.LastPQ
	}
	if in.Pre != nil {
		k.Pre = in.Pre
	}
	if in.PQ != nil {
		k.PQ = in.PQ
	}
	return http.StatusNoContent
}

// preKeysLocked hands out one set of prekeys; one-time keys are handed out once.
func (s *Server) preKeysLocked(path string) (status int, body []byte) {
	id, _, _ := strings.Cut(path, "/")
	to := s.findLocked(id)
	if to == nil {
		return http.StatusNotFound, nil
	}
	which, registration := aci, to.device.Attributes.RegistrationID
	if strings.HasPrefix(id, "PNI:") {
		which, registration = pni, to.device.Attributes.PniRegistrationID
	}
	k := to.keysOf(which)
	if k.Signed == nil {
		return http.StatusNotFound, nil
	}
	device := map[string]any{
		"deviceId": 1, "registrationId": registration, "signedPreKey": k.Signed, "pqPreKey": k.LastPQ,
	}
	if len(k.Pre) > 0 {
		device["preKey"], k.Pre = k.Pre[0], k.Pre[1:]
	}
	if len(k.PQ) > 0 {
		device["pqPreKey"], k.PQ = k.PQ[0], k.PQ[1:]
	}
	return reply(map[string]any{"identityKey": to.identity[which], "devices": []any{device}})
}

func present(value json.RawMessage) bool { return len(value) > 0 && string(value) != "null" }
