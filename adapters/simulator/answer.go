package simulator

import (
	"bytes"
	"slices"
	"time"
)

// answer runs a request and writes its answer, with what the script wants to go wrong.
func (c *conn) answer(req *request) {
	answered := c.answeredSoFar()
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
		c.misanswer(rule, line, answered)
	}
}

func (c *conn) answeredSoFar() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.answered
}

// misanswer writes an answer the way the rule wants it. answered is how many answers had gone out when the
// request began.
func (c *conn) misanswer(rule *Rule, line []byte, answered int) {
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
	if rule.HoldFor > 0 && c.hold(line, answered+rule.HoldFor) {
		return
	}
	c.sendAnswer(line)
	if rule.Double {
		c.sendAnswer(line)
	}
}

// hold keeps an answer back until so many answers went out on the connection; false when they did already.
func (c *conn) hold(line []byte, until int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.answered >= until {
		return false
	}
	c.held = append(c.held, heldAnswer{line: line, until: until})
	return true
}

// sendAnswer writes an answer and then those that were held back for it.
func (c *conn) sendAnswer(line []byte) {
	_ = c.write(line)
	c.mu.Lock()
	c.answered++
	var due [][]byte
	c.held = slices.DeleteFunc(c.held, func(h heldAnswer) bool {
		if c.answered < h.until {
			return false
		}
		due = append(due, h.line)
		return true
	})
	c.mu.Unlock()
	for _, held := range due {
		_ = c.write(held)
	}
}
