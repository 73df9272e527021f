package fakesignal

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// noAnswer as a status means that a request is never answered.
const noAnswer = 0

// handleLocked answers one request that came through a chat.
func (s *Server) handleLocked(c *chat, r request) (status int, body []byte) {
	u, err := url.Parse(r.path)
	if err != nil {
		return http.StatusBadRequest, nil
	}
	path := strings.TrimSuffix(u.Path, "/")
	if status, ok := s.faults.reply(r.verb, path); ok {
		return status, nil
	}
	if path == "/v1/keepalive" {
		return http.StatusOK, nil
	}
	if status, body, ok := s.handleOpenLocked(c, r, path); ok {
		return status, body
	}
	me := s.accounts[c.login]
	if me == nil {
		return http.StatusUnauthorized, nil
	}
	switch r.verb + " " + path {
	case "GET /v1/certificate/delivery":
		if u.Query().Get("includeE164") == "false" {
			return reply(map[string]string{"certificate": me.certificate.WithoutNumber})
		}
		return reply(map[string]string{"certificate": me.certificate.WithNumber})
	case "PUT /v1/accounts/attributes":
		if json.Unmarshal(r.body, &me.device.Attributes) != nil {
			return http.StatusUnprocessableEntity, nil
		}
		return http.StatusNoContent, nil
	case "GET /v1/accounts/whoami":
		return reply(map[string]string{"uuid": me.aci, "pni": me.pni, "number": me.number})
	case "GET /v2/keys":
		k := me.keysOf(identityOf(u))
		return reply(map[string]int{"count": len(k.Pre), "pqCount": len(k.PQ)})
	case "PUT /v2/keys":
		return me.keysOf(identityOf(u)).upload(r.body), nil
	case "POST /v2/keys/check":
		return http.StatusOK, nil
	case "GET /v4/attachments/form/upload":
		return reply(uploadForm())
	case "GET /v1/devices":
		const since = 1700000000000
		return reply(map[string]any{"devices": []any{map[string]any{"id": 1, "created": since, "lastSeen": since}}})
	}
	return http.StatusNotFound, nil
}

// handleOpenLocked answers what may be asked without a login too.
func (s *Server) handleOpenLocked(c *chat, r request, path string) (status int, body []byte, ok bool) {
	if id, ok := strings.CutPrefix(path, "/v1/messages/"); ok && r.verb == http.MethodPut {
		status, body = s.relayLocked(c, id, r.body)
		return status, body, true
	}
	if id, ok := strings.CutPrefix(path, "/v2/keys/"); ok && r.verb == http.MethodGet {
		status, body = s.preKeysLocked(id)
		return status, body, true
	}
	if id, ok := strings.CutPrefix(path, "/v1/profile/"); ok && r.verb == http.MethodGet {
		status, body = s.profileLocked(id)
		return status, body, true
	}
	return 0, nil, false
}

// findLocked finds an account by number, ACI or PNI.
func (s *Server) findLocked(id string) *account {
	id = strings.TrimPrefix(id, "PNI:")
	for _, a := range s.accounts {
		if id == a.aci || id == a.number || (id == a.pni && id != "") {
			return a
		}
	}
	return nil
}

func identityOf(u *url.URL) kind {
	if u.Query().Get("identity") == string(pni) {
		return pni
	}
	return aci
}

func reply(v any) (int, []byte) {
	body, err := json.Marshal(v)
	if err != nil {
		return http.StatusInternalServerError, nil
	}
	return http.StatusOK, body
}
