package simulator

import (
	"bytes"
	"time"
)

// answer runs a request and writes its answer, with what the script wants to go wrong.
func (c *conn) answer(req *request) {
	rule := c.sim.script.Load().match(req.method)
	if rule == nil {
		if line := c.run(req); line != nil {
			c.sendAnswer(line)
		}
		return
	}
	if rule.CutBefore {
		c.cut()
		return
	}
	var line []byte
	if rule.Error != nil {
		c.sim.count(req.method)
		if req.id != nil {
			line = errorLine(rule.Error, req.id)
		}
	} else {
		line = c.run(req)
	}
	switch {
	case rule.CutAfter:
		c.cut()
	case rule.Stall:
		select {
		case <-c.gone:
		case <-c.ctx.Done():
		}
	case line != nil:
		c.misanswer(rule, line)
	}
}

// misanswer writes an answer the way the rule wants it.
func (c *conn) misanswer(rule *Rule, line []byte) {
	if rule.Delay > 0 {
		timer := time.NewTimer(rule.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-c.ctx.Done():
			return
		}
	}
	if rule.UnknownID {
		_ = c.write([]byte(`{"jsonrpc":"2.0","result":{},"id":"an id nobody asked for"}`))
	}
	if rule.Malformed != "" {
		_ = c.write([]byte(rule.Malformed))
	}
	if rule.Instead != "" {
		_ = c.write([]byte(rule.Instead))
		return
	}
	if pad := rule.LongLine - len(line); pad > 0 {
		line = append(line[:len(line):len(line)], bytes.Repeat([]byte(" "), pad)...)
	}
	if rule.HoldFor > 0 {
		c.mu.Lock()
		c.held = append(c.held, heldAnswer{line: line, remaining: rule.HoldFor})
		c.mu.Unlock()
		return
	}
	c.sendAnswer(line)
	if rule.Double {
		c.sendAnswer(line)
	}
}

// sendAnswer writes an answer and then those that were held back for it.
func (c *conn) sendAnswer(line []byte) {
	_ = c.write(line)
	c.mu.Lock()
	var due [][]byte
	rest := c.held[:0]
	for _, h := range c.held {
		if h.remaining--; h.remaining <= 0 {
			due = append(due, h.line)
		} else {
			rest = append(rest, h)
		}
	}
	c.held = rest
	c.mu.Unlock()
	for _, held := range due {
		_ = c.write(held)
	}
}
