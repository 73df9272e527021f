package fakesignal

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// chat is one WebSocket of signal-cli: requests and responses in both directions.
type chat struct {
	*socket
	login  string // ACI; empty on the connection without a login
	device int

	// guarded by Server.stateMu
	lastID uint64
	sent   map[uint64]*waiting // envelopes under way, by request ID
}

// request is one request of signal-cli.
type request struct {
	id         uint64
	verb, path string
	body       []byte
}

// serveChat serves one WebSocket until it ends.
func (s *Server) serveChat(conn net.Conn, reader *bufio.Reader, handshake *http.Request) {
	login, device := credentials(handshake)
	s.stateMu.Lock()
	me := s.accounts[login]
	s.stateMu.Unlock()
	s.note("connect %s%s %s", handshake.Host, handshake.URL.Path, short(login))
	if login != "" && me == nil {
		_ = answer(handshake, http.StatusForbidden, nil).Write(conn)
		return
	}
	socket, err := upgrade(conn, reader, handshake.Header.Get("Sec-WebSocket-Key"))
	if err != nil {
		return
	}
	c := &chat{socket: socket, login: login, device: device, sent: map[uint64]*waiting{}}
	defer c.close()
	s.workers.Go(c.write)
	if me != nil {
		s.join(me, c)
		defer s.leave(me, c)
	}
	for {
		message, err := c.read()
		if err != nil {
			return
		}
		if err := s.dispatch(c, message); err != nil {
			s.note("chat %s: %v", short(login), err)
			return
		}
	}
}

// join makes c the receiving connection and sends it what waits.
func (s *Server) join(me *account, c *chat) {
	s.stateMu.Lock()
	defer s.stateMu.Unlock()
	me.chat = c
	for _, w := range me.queue {
		c.pushLocked(w)
	}
	c.requestLocked("/api/v1/queue/empty", nil)
}

func (s *Server) leave(me *account, c *chat) {
	s.stateMu.Lock()
	defer s.stateMu.Unlock()
	if me.chat == c {
		me.chat = nil
	}
}

// deliverLocked queues an envelope until its receiver acknowledges it.
func (s *Server) deliverLocked(to *account, envelope []byte) {
	w := &waiting{envelope: envelope}
	to.queue = append(to.queue, w)
	if to.chat != nil {
		to.chat.pushLocked(w)
	}
}

// dispatch handles one message: a request, or the response to one of ours.
func (s *Server) dispatch(c *chat, message []byte) error {
	fields, err := parseFields(message)
	if err != nil {
		return err
	}
	for _, f := range fields {
		parts, err := parseFields(f.data)
		if f.data != nil && err != nil {
			return err
		}
		switch f.num {
		case 2:
			s.answerRequest(c, parseRequest(parts))
		case 3:
			s.acknowledge(c, parts)
		}
	}
	return nil
}

func (s *Server) answerRequest(c *chat, r request) {
	s.stateMu.Lock()
	status, body := s.handleLocked(c, r)
	s.noteLocked("chat %s %s %s -> %d", short(c.login), r.verb, r.path, status)
	s.stateMu.Unlock()
	if status != noAnswer {
		c.respond(r.id, status, body)
	}
}

// acknowledge takes a delivered envelope off its queue.
func (s *Server) acknowledge(c *chat, parts []field) {
	var id, status uint64
	for _, f := range parts {
		switch f.num {
		case 1:
			id = f.n
		case 2:
			status = f.n
		}
	}
	s.stateMu.Lock()
	defer s.stateMu.Unlock()
	w, me := c.sent[id], s.accounts[c.login]
	delete(c.sent, id)
	if w == nil || me == nil || status != http.StatusOK {
		return
	}
	me.queue = slices.DeleteFunc(me.queue, func(other *waiting) bool { return other == w })
	s.acked++
}

func (c *chat) pushLocked(w *waiting) { c.sent[c.requestLocked("/api/v1/message", w.envelope)] = w }

// requestLocked sends a request of the server and returns its ID.
func (c *chat) requestLocked(path string, body []byte) uint64 {
	c.lastID++
	var r, message builder
	r.text(1, http.MethodPut)
	r.text(2, path)
	if body != nil {
		r.bytes(3, body)
	}
	r.number(4, c.lastID)
	r.text(5, fmt.Sprintf("X-Signal-Timestamp: %d", time.Now().UnixMilli()))
	message.number(1, 1)
	message.bytes(2, r.buf.Bytes())
	c.send(opBinary, message.buf.Bytes())
	return c.lastID
}

func (c *chat) respond(id uint64, status int, body []byte) {
	var r, message builder
	r.number(1, id)
	r.number(2, uint64(status))
	r.text(3, http.StatusText(status))
	if body != nil {
		r.bytes(4, body)
		r.text(5, "content-type: application/json")
	}
	message.number(1, 2)
	message.bytes(3, r.buf.Bytes())
	c.send(opBinary, message.buf.Bytes())
}

func parseRequest(parts []field) request {
	var r request
	for _, f := range parts {
		switch f.num {
		case 1:
			r.verb = string(f.data)
		case 2:
			r.path = string(f.data)
		case 3:
			r.body = f.data
		case 4:
			r.id = f.n
		}
	}
	return r
}

// credentials reads the login, ACI or ACI.DEVICE, from the header or the query.
func credentials(handshake *http.Request) (login string, device int) {
	login, _, ok := handshake.BasicAuth()
	if !ok {
		login = handshake.URL.Query().Get("login")
	}
	login, suffix, ok := strings.Cut(login, ".")
	if device, err := strconv.Atoi(suffix); ok && err == nil {
		return login, device
	}
	return login, 1
}
