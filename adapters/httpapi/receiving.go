package httpapi

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"heliograph/adapters/httpapi/oas"
	"heliograph/domain"
	"heliograph/ports"
)

// receiving gives out what was received, in three ways.
type receiving struct {
	receiving    ports.Receiving
	subscription ports.Subscription
	webSocket    WebSocket
	check        func(context.Context, domain.Account) error
	keepAlive    time.Duration
	fail         failures
}

func (s *receiving) receiveMessages(w http.ResponseWriter, r *http.Request) {
	number, err := pathParameter(r, "number")
	if err != nil {
		s.fail.answer(w, r, opReceiveMessages, err)
		return
	}
	account, err := domain.ParseAccount(number)
	if err != nil {
		s.fail.answer(w, r, opReceiveMessages, err)
		return
	}
	webSocket, events := hasToken(r.Header, "Upgrade", "websocket"), accepts(r.Header, "text/event-stream")
	// Where each call is a process, that of a drain looks itself.
	if s.check != nil && (webSocket || events || !s.fail.perCall()) {
		if err := s.check(r.Context(), account); err != nil {
			s.fail.answer(w, r, opReceiveMessages, err)
			return
		}
	}
	switch {
	case webSocket:
		s.serveWebSocket(w, r, account)
	case events:
		s.serveEvents(w, r, account)
	default:
		s.drain(w, r, account)
	}
}

func (s *receiving) serveWebSocket(w http.ResponseWriter, r *http.Request, account domain.Account) {
	if s.webSocket == nil {
		refuse(w, http.StatusNotImplemented, oas.ErrorCodeUnsupported, "WebSockets are switched off")
		return
	}
	from, err := startOf(r)
	if err != nil {
		s.fail.answer(w, r, opReceiveMessages, err)
		return
	}
	s.webSocket(w, r, ports.Reader{Transport: "websocket", Name: "ws " + account.Short(), Filter: domain.Filter{Account: account, Backend: true}, From: from})
}

// startOf is the cursor that a client names, in a header or in the query, else the present.
func startOf(r *http.Request) (domain.Cursor, error) {
	id := r.Header.Get("Last-Event-ID")
	if id == "" && strings.Contains(r.URL.RawQuery, "last_event_id") {
		id = r.URL.Query().Get("last_event_id")
	}
	if id == "" {
		return domain.Latest, nil
	}
	return domain.ParseCursor(id)
}

// drain answers a JSON array of what came since the last drain.
func (s *receiving) drain(w http.ResponseWriter, r *http.Request, account domain.Account) {
	options, err := drainOptions(r.URL.Query())
	if err != nil {
		s.fail.answer(w, r, opReceiveMessages, err)
		return
	}
	events, err := s.receiving.Drain(r.Context(), account, options)
	if err != nil {
		s.fail.answer(w, r, opReceiveMessages, err)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	out := bufio.NewWriter(&pacedWriter{ResponseWriter: w, control: http.NewResponseController(w)})
	separator := byte('[')
	for _, event := range events {
		if event.Kind == domain.KindOther && !json.Valid(event.Payload) {
			continue
		}
		_ = out.WriteByte(separator) // Flush tells
		_, _ = out.Write(event.Payload)
		separator = ','
	}
	if separator == '[' {
		_ = out.WriteByte(separator)
	}
	_ = out.WriteByte(']')
	if out.Flush() != nil {
		panic(http.ErrAbortHandler) // half an array must not look like a whole one
	}
}

// drainOptions reads the query, in which nothing is given twice, as the reference does. Errors are Invalid.
func drainOptions(query url.Values) (options ports.DrainOptions, err error) {
	for name := range query {
		given := query.Get(name)
		switch name {
		case "timeout":
			seconds, err := strconv.ParseInt(given, 10, 32)
			if err != nil {
				return options, domain.Errorf(domain.Invalid, "", "Couldn't process request - timeout needs to be numeric!")
			}
			options.Timeout = time.Duration(seconds) * time.Second
		case "max_messages":
			most, err := strconv.ParseInt(given, 10, 32)
			if err != nil {
				return options, domain.Errorf(domain.Invalid, "", "Couldn't process request - max_messages needs to be numeric!")
			}
			options.MaxMessages = max(0, int(most))
		case "ignore_attachments":
			options.IgnoreAttachments, err = parseSwitch(name, given)
		case "ignore_stories":
			options.IgnoreStories, err = parseSwitch(name, given)
		case "send_read_receipts":
			options.SendReadReceipts, err = parseSwitch(name, given)
		case "ignore_avatars":
			options.IgnoreAvatars, err = parseSwitch(name, given)
		case "ignore_stickers":
			options.IgnoreStickers, err = parseSwitch(name, given)
		}
		if err != nil {
			return options, err
		}
	}
	return options, nil
}

func parseSwitch(name, given string) (bool, error) {
	if given != "true" && given != "false" {
		return false, domain.Errorf(domain.Invalid, "", "Couldn't process request - %s parameter needs to be either 'true' or 'false'", name)
	}
	return given == "true", nil
}

// hasToken reports whether a comma-separated header holds token.
func hasToken(header http.Header, name, token string) bool {
	for _, line := range header[name] {
		for one := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.TrimSpace(one), token) {
				return true
			}
		}
	}
	return false
}

// accepts reports whether mediaType is named in Accept; wildcards do not count.
func accepts(header http.Header, mediaType string) bool {
	for _, line := range header["Accept"] {
		for one := range strings.SplitSeq(line, ",") {
			one, _, _ = strings.Cut(one, ";")
			if strings.EqualFold(strings.TrimSpace(one), mediaType) {
				return true
			}
		}
	}
	return false
}
