package simulator

import (
	"context"
	"encoding/json"
)

// kind is what a method needs of its account.
type kind int

const (
	local        kind = iota // works on one account
	both                     // with an account or without
	registration             // multi-account mode only; the account need not exist
	multiLocal               // multi-account mode only; about all accounts
	subscribing              // exists on a connection only
)

// method is one entry of the table.
type method struct {
	kind  kind
	since release // 0: in every simulated release
	run   func(*call) (any, error)
	// keys are the only parameters it takes; nil: unknown ones are ignored without a word.
	keys []string
}

// call is one request being carried out.
type call struct {
	ctx     context.Context
	sim     *Simulator
	net     *network
	conn    *conn
	account *account
	// number is the account parameter of a registration method.
	number string
	p      *params
	// hasParams: there was a params object at all.
	hasParams bool
}

// empty is the answer of a command that prints nothing.
type empty struct{}

func (s *Simulator) count(method string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := methods[method]; !known {
		method = "unknown"
	}
	s.requests[method]++
}

// dispatch finds the method and its account and carries the request out.
func (s *Simulator) dispatch(c *conn, req *request) (any, *Error) {
	s.count(req.method)
	m, ok := methods[req.method]
	if !ok || m.since > s.release {
		return nil, &Error{Code: codeNoMethod, Message: "Method not implemented"}
	}
	k := &call{ctx: c.ctx, sim: s, net: s.net, conn: c, p: &params{lenient: c.session.lenient}, hasParams: req.params != nil}
	array := nodeType(req.params) == "ARRAY"
	if req.params != nil && !array {
		if err := k.p.read(req.params); err != nil {
			return nil, &Error{Code: codeInternal, Message: err.Error()}
		}
	}
	if err := s.chooseAccount(k, m); err != nil {
		return nil, err
	}
	if array && req.method != "unsubscribeReceive" && req.method != "unsubscribeCallEvents" {
		return nil, invalidRequest("Cannot deserialize value of type `java.util.LinkedHashMap` from Array value")
	}
	if array {
		k.p.fields = map[string]json.RawMessage{"subscription": req.params}
	}
	if err := k.checkKeys(m); err != nil {
		return nil, err
	}
	result, err := m.run(k)
	if err != nil {
		if e, ok := err.(*Error); ok {
			return nil, e
		}
		return nil, &Error{Code: codeInternal, Message: err.Error()}
	}
	if k.p.err != nil {
		return nil, k.p.err
	}
	return result, nil
}

// chooseAccount resolves the account parameter by the connection's mode and removes it.
func (s *Simulator) chooseAccount(k *call, m method) *Error {
	if k.conn.session.account != "" {
		if m.kind == registration || m.kind == multiLocal {
			return &Error{Code: codeNoMethod, Message: "Method not implemented"}
		}
		s.net.mu.RLock()
		k.account = s.net.find(k.conn.session.account)
		s.net.mu.RUnlock()
		if k.account == nil {
			return &Error{Code: codeParams, Message: "Specified account does not exist"}
		}
		return nil
	}
	text, given := scalarText(k.p.fields["account"])
	if raw, ok := k.p.fields["account"]; ok && m.kind == registration {
		if nodeType(raw) == "NULL" {
			text, given = "null", true
		}
	}
	delete(k.p.fields, "account")
	switch m.kind {
	case multiLocal:
		return nil
	case registration:
		if !given {
			if s.release < release0_13_20 {
				return &Error{Code: codeParams, Message: "Method requires valid account parameter"}
			}
			return &Error{Code: codeParams, Message: "Method requires account parameter"}
		}
		k.number = text
		return nil
	}
	s.net.mu.RLock()
	defer s.net.mu.RUnlock()
	if given {
		if k.account = s.net.find(text); k.account == nil {
			return &Error{Code: codeParams, Message: "Specified account does not exist"}
		}
		return nil
	}
	if m.kind == subscribing || m.kind == both {
		return nil
	}
	loaded := s.net.loaded()
	if len(loaded) != 1 {
		return &Error{Code: codeParams, Message: "Method requires valid account parameter"}
	}
	k.account = loaded[0]
	return nil
}

// find is the loaded account of a number or, from 0.14.6, a UUID. The caller holds mu.
func (n *network) find(id string) *account {
	a := n.byNumber[id]
	if a == nil && n.byACI {
		a = n.byUUID[id]
	}
	if a == nil || !a.loaded {
		return nil
	}
	return a
}

// checkKeys refuses unknown parameters for the few methods that do.
func (k *call) checkKeys(m method) *Error {
	if m.keys == nil {
		return nil
	}
	for key := range k.p.fields {
		known := false
		for _, name := range m.keys {
			known = known || key == name
		}
		if !known {
			return invalidRequest("Unrecognized field %q, not marked as ignorable", key)
		}
	}
	return nil
}

// each runs fn with the network locked, for commands that only read or change it.
func locked(fn func(*call) (any, error)) func(*call) (any, error) {
	return func(k *call) (any, error) {
		k.net.mu.Lock()
		defer k.net.mu.Unlock()
		return fn(k)
	}
}
