package httpapi

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

// receiving gives out what an account received, in three ways.
type receiving struct {
	streams
	receiving ports.Receiving
	check     func(context.Context, domain.Account) error
	// ack is how named readers on WebSockets acknowledge where they do not say.
	ack ports.AckMode
	// resumeUnnamed has WebSockets without a name go on where the last one of the account was.
	resumeUnnamed bool
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
	way := wayOf(r)
	// Where each call is a process, that of a drain looks itself.
	if s.check != nil && (way != wayArray || !s.fail.perCall()) {
		if err := s.check(r.Context(), account); err != nil {
			s.fail.answer(w, r, opReceiveMessages, err)
			return
		}
	}
	if way == wayArray {
		s.drain(w, r, account)
		return
	}
	reader, options, err := s.readerOf(r, account, way)
	switch {
	case err != nil:
		s.fail.answer(w, r, opReceiveMessages, err)
	case way == wayWebSocket:
		s.serveWebSocket(w, r, reader, options)
	default:
		s.serveEvents(w, r, opReceiveMessages, reader, false)
	}
}

// readerOf reads who wants to read what. Errors are Invalid.
func (s *receiving) readerOf(r *http.Request, account domain.Account, way way) (reader ports.Reader, options ports.SocketOptions, err error) {
	reader = ports.Reader{Transport: string(way), Name: way.short() + " " + account.Short(), Filter: domain.Filter{Account: account, Backend: true}, From: domain.Latest}
	query := url.Values{}
	if r.URL.RawQuery != "" {
		query = r.URL.Query()
	}
	name, named := domain.ReaderName{Account: account}, query.Has("reader")
	if named {
		if name, err = domain.ParseReaderName(account, query.Get("reader")); err != nil {
			return reader, options, err
		}
	}
	if named || way == wayWebSocket && s.resumeUnnamed {
		reader.Remember = name.Key()
	}
	if id := lastEventID(r, query); id != "" {
		if reader.From, err = domain.ParseCursor(id); err != nil {
			return reader, options, err
		}
		reader.Resume = reader.Remember != ""
	}
	options.Gaps = query.Get("gaps") == "true"
	if way == wayWebSocket {
		options.Ack, err = ackMode(query, reader, s.ack)
	}
	return reader, options, err
}

// lastEventID is the cursor that a client had last, in a header or in the query; empty for none.
func lastEventID(r *http.Request, query url.Values) string {
	if id := r.Header.Get("Last-Event-ID"); id != "" {
		return id
	}
	return query.Get("last_event_id")
}

// ackMode is how reader acknowledges on a WebSocket. Errors are Invalid.
func ackMode(query url.Values, reader ports.Reader, otherwise ports.AckMode) (ports.AckMode, error) {
	switch mode := ports.AckMode(query.Get("ack")); {
	case reader.Remember == "" && query.Has("ack"):
		return "", domain.Errorf(domain.Invalid, "", "ack is for readers with a name: reader=NAME")
	case reader.Remember == "":
		return ports.AckNone, nil
	case !query.Has("ack"):
		return otherwise, nil
	case !slices.Contains(ports.AckModes(), mode):
		return "", domain.Errorf(domain.Invalid, "", "ack must be none, pong or explicit")
	default:
		return mode, nil
	}
}

// drain answers a JSON array of what came since the last drain.
func (s *receiving) drain(w http.ResponseWriter, r *http.Request, account domain.Account) {
	query := r.URL.Query()
	if query.Has("reader") {
		s.fail.answer(w, r, opReceiveMessages, domain.Errorf(domain.Invalid, "",
			"reader is for WebSockets and server-sent events; GET /v1/events polls under a name"))
		return
	}
	options, err := drainOptions(query)
	if err != nil {
		s.fail.answer(w, r, opReceiveMessages, err)
		return
	}
	given := false
	err = s.receiving.Drain(r.Context(), account, options, func(events []*domain.Event) error {
		given = true
		return writeArray(w, r, events)
	})
	if err != nil && given {
		panic(http.ErrAbortHandler) // half an array, or one that will be given again, must not look like a whole one
	}
	if err != nil {
		s.fail.answer(w, r, opReceiveMessages, err)
	}
}

// writeArray answers the payloads of events, all of them as far as this side of the connection can tell when it returns nil.
func writeArray(w http.ResponseWriter, r *http.Request, events []*domain.Event) error {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	control := http.NewResponseController(w)
	out := bufio.NewWriter(&pacedWriter{ResponseWriter: w, control: control})
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
	if err := out.Flush(); err != nil || len(events) == 0 {
		return err
	}
	if err := control.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return r.Context().Err()
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
