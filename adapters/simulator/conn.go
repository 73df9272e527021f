package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"unicode/utf8"
)

// maxInFlight bounds the requests of one connection that run at once; beyond it the connection is not
// read until one ends. signal-cli has no such bound, but a simulator that nobody reads must not grow.
const maxInFlight = 4096

// maxIdle bounds the goroutines of one connection that wait for a request.
const maxIdle = 8

// session is how a connection is treated: as a daemon with certain options would.
type session struct {
	// account puts it in single-account mode; empty: multi-account mode.
	account string
	mode    ReceiveMode
	// stdio: invalid UTF-8 is replaced instead of closing, limits end with ErrLimit.
	stdio bool
	// lenient: parameters come from the command line, where an int64 may be small.
	lenient bool
}

// conn is one connection. Its reader goroutine runs requests; writers take turns.
type conn struct {
	sim     *Simulator
	rwc     io.ReadWriteCloser
	session session
	ctx     context.Context
	cancel  context.CancelFunc
	// gone is closed when nothing more can be read from the client.
	gone chan struct{}

	writing  chan struct{}
	inFlight chan struct{}
	requests sync.WaitGroup
	workers  sync.WaitGroup
	// idle hands a request to a worker that waits; waiting bounds how many do.
	idle    chan func()
	waiting chan struct{}

	mu            sync.Mutex
	subscriptions []*subscription
	// answered counts the answers that went out; held ones wait for its growth.
	answered int
	held     []heldAnswer
}

// subscription is one subscribeReceive, subscribeCallEvents or the automatic one of a connection.
type subscription struct {
	id        int
	calls     bool
	automatic bool
	accounts  []*account
}

// heldAnswer waits until so many answers went out.
type heldAnswer struct {
	line  []byte
	until int
}

// ServeConn serves one connection until the client closes it, ctx ends or Close is called. Running
// requests are finished first when the client closes; their answers are written if it still reads.
func (s *Simulator) ServeConn(ctx context.Context, rwc io.ReadWriteCloser) error {
	return s.serve(ctx, rwc, session{account: s.opt.Account, mode: s.opt.ReceiveMode})
}

func (s *Simulator) serve(ctx context.Context, rwc io.ReadWriteCloser, how session) error {
	return s.serveFrom(ctx, rwc, newLineReader(rwc), how)
}

func (s *Simulator) serveFrom(ctx context.Context, rwc io.ReadWriteCloser, lines *lineReader, how session) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c := &conn{
		sim: s, rwc: rwc, session: how, ctx: ctx, cancel: cancel, gone: make(chan struct{}),
		writing: make(chan struct{}, 1), inFlight: make(chan struct{}, maxInFlight),
		idle: make(chan func()), waiting: make(chan struct{}, maxIdle),
	}
	s.mu.Lock()
	select {
	case <-s.closed:
		s.mu.Unlock()
		_ = rwc.Close()
		return net.ErrClosed
	default:
	}
	s.conns[c] = struct{}{}
	s.running.Add(1)
	s.mu.Unlock()
	stop := context.AfterFunc(ctx, func() { _ = rwc.Close() })

	c.subscribeAutomatically()
	err := c.readLines(lines)

	close(c.gone)
	c.requests.Wait()
	c.workers.Wait()
	c.unsubscribeAll()
	s.mu.Lock()
	delete(s.conns, c)
	s.mu.Unlock()
	stop()
	_ = rwc.Close()
	s.running.Done()
	return err
}

// cut ends the connection at once.
func (c *conn) cut() {
	c.cancel()
	_ = c.rwc.Close()
}

func (c *conn) readLines(lines *lineReader) error {
	for {
		line, err := lines.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			if c.ctx.Err() != nil {
				return context.Cause(c.ctx)
			}
			return err
		}
		if !utf8.Valid(line) {
			if !c.session.stdio {
				c.cut()
				return ErrLimit
			}
			line = bytes.ToValidUTF8(line, []byte("\uFFFD"))
		}
		if !withinLimits(line) {
			c.cut()
			return ErrLimit
		}
		c.handleLine(line)
	}
}

// handleLine starts what one line asks for. It waits only for a free place in flight.
func (c *conn) handleLine(line []byte) {
	value, err := parseLine(line)
	if err != nil {
		c.start(func() { _ = c.write(errorLine(err, jsonNull)) })
		return
	}
	if nodeType(value) == "ARRAY" {
		c.start(func() { c.handleBatch(value) })
		return
	}
	req, id, err := parseRequest(value, true)
	switch {
	case err != nil:
		c.start(func() { _ = c.write(errorLine(err, id)) })
	case req != nil:
		c.start(func() { c.answer(req) })
	}
}

// start runs one request on its own goroutine, which may be one that waits.
func (c *conn) start(run func()) {
	select {
	case c.inFlight <- struct{}{}:
	case <-c.ctx.Done():
		return
	}
	c.requests.Add(1)
	select {
	case c.idle <- run:
	default:
		c.workers.Add(1)
		go c.work(run)
	}
}

// work runs requests until the client is gone or enough others wait for the next. Going on with a grown
// stack saves a fifth of a small request's time.
func (c *conn) work(run func()) {
	defer c.workers.Done()
	for {
		run()
		<-c.inFlight
		c.requests.Done()
		select {
		case c.waiting <- struct{}{}:
		default:
			return
		}
		select {
		case run = <-c.idle:
			<-c.waiting
		case <-c.gone:
			return
		}
	}
}

// handleBatch runs the members at once and answers with one array when the last is done.
func (c *conn) handleBatch(value json.RawMessage) {
	var members []json.RawMessage
	if json.Unmarshal(value, &members) != nil || len(members) == 0 {
		_ = c.write(errorLine(invalidRequest("invalid request"), jsonNull))
		return
	}
	answers := make([][]byte, len(members))
	var wg sync.WaitGroup
	slots := make(chan struct{}, 64)
	for i, m := range members {
		req, id, err := parseRequest(m, false)
		if err != nil {
			answers[i] = errorLine(err, id)
			continue
		}
		slots <- struct{}{}
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer func() { <-slots }()
			answers[i] = c.run(req)
		}()
	}
	wg.Wait()
	answers = slices.DeleteFunc(answers, func(a []byte) bool { return a == nil })
	if len(answers) == 0 {
		return
	}
	line := append([]byte{'['}, bytes.Join(answers, []byte(","))...)
	_ = c.write(append(line, ']'))
}

// run carries a request out and returns its answer; nil when it has no id.
func (c *conn) run(req *request) []byte {
	result, err := c.sim.dispatch(c, req)
	switch {
	case req.id == nil:
		return nil
	case err != nil:
		return errorLine(err, req.id)
	default:
		return answerLine(result, req.id)
	}
}

// write sends one line, waiting for its turn and for the client to read.
func (c *conn) write(line []byte) error {
	select {
	case c.writing <- struct{}{}:
	case <-c.ctx.Done():
		return c.ctx.Err()
	}
	defer func() { <-c.writing }()
	_, err := c.rwc.Write(append(line[:len(line):len(line)], '\n'))
	return err
}
