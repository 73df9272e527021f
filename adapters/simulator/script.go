package simulator

import (
	"sync"
	"time"
)

// Script makes answers go wrong on purpose. For each request the first rule that matches applies.
type Script struct {
	Rules []Rule `json:"rules"`
}

// Rule is one fault. Several effects may be set together; they apply in the order of the fields.
type Rule struct {
	// Method the rule is for; empty: every method.
	Method string `json:"method,omitempty"`
	// Call is which of the requests that match Method, counted from 1 since the script was set; 0: all.
	Call int `json:"call,omitempty"`

	// CutBefore cuts the connection before the request is carried out.
	CutBefore bool `json:"cutBefore,omitempty"`
	// Error answers with an error; nothing is carried out.
	Error *Error `json:"error,omitempty"`
	// CutAfter cuts the connection when the request has been carried out, without its answer.
	CutAfter bool `json:"cutAfter,omitempty"`
	// Stall carries the request out and never answers.
	Stall bool `json:"stall,omitempty"`
	// Delay waits before the answer; longer than the client waits, it makes the answer late.
	Delay time.Duration `json:"delay,omitempty"`
	// HoldFor keeps the answer back until so many other answers went out on the connection since the
	// request began.
	HoldFor int `json:"holdFor,omitempty"`
	// UnknownID writes an answer with an id nobody asked for before the answer.
	UnknownID bool `json:"unknownID,omitempty"`
	// Malformed writes this line before the answer, whatever it holds.
	Malformed string `json:"malformed,omitempty"`
	// LongLine pads the answer with blanks to this many bytes.
	LongLine int `json:"longLine,omitempty"`
	// Double writes the answer twice.
	Double bool `json:"double,omitempty"`
	// Instead writes this line in place of the answer.
	Instead string `json:"instead,omitempty"`
}

// scriptState counts the requests that each rule saw.
type scriptState struct {
	rules []Rule
	mu    sync.Mutex
	seen  []int
}

// SetScript replaces the script and its counts.
func (s *Simulator) SetScript(script Script) {
	s.script.Store(&scriptState{rules: script.Rules, seen: make([]int, len(script.Rules))})
}

// match returns the rule for a request, or nil.
func (t *scriptState) match(method string) *Rule {
	if len(t.rules) == 0 {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	var hit *Rule
	for i := range t.rules {
		r := &t.rules[i]
		if r.Method != "" && r.Method != method {
			continue
		}
		t.seen[i]++
		if hit == nil && (r.Call == 0 || r.Call == t.seen[i]) {
			hit = r
		}
	}
	return hit
}
