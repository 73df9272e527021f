package httpapi

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

const (
	defaultEvents   = 100
	maxEvents       = 1000
	maxEventTimeout = 60 // seconds
)

// eventQuery is what a request for events asks.
type eventQuery struct {
	reader  ports.Reader
	ack     ports.AckMode
	limit   int
	timeout time.Duration
	// back asks for the newest first, up to and including until.
	back  bool
	until domain.Cursor
}

// eventKinds are those that are stored.
var eventKinds = []domain.EventKind{domain.KindMessage, domain.KindEdit, domain.KindReaction, domain.KindDelete, domain.KindStory, domain.KindReceipt, domain.KindTyping,
	domain.KindCall, domain.KindSync, domain.KindException, domain.KindCallEvent, domain.KindAccount, domain.KindReceiveError, domain.KindOther}

// said are the kinds of what people say to each other.
var said = []domain.EventKind{domain.KindMessage, domain.KindEdit, domain.KindReaction, domain.KindDelete, domain.KindCall, domain.KindSync}

// eventParameters reads each parameter of the query; of a list, all its values. What is in none of them is refused: a filter that is misspelt must not
// widen the answer.
var eventParameters = map[string]func(q *eventQuery, given []string) error{
	"account": func(q *eventQuery, given []string) (err error) {
		f := &q.reader.Filter
		if f.Accounts, err = parseAll(given, parseQueryAccount); len(f.Accounts) == 1 {
			f.Account, f.Accounts = f.Accounts[0], nil
		}
		return err
	},
	"kind": func(q *eventQuery, given []string) (err error) {
		q.reader.Filter.Kinds, err = parseAll(given, parseEventKind)
		return err
	},
	"sender": func(q *eventQuery, given []string) (err error) {
		q.reader.Filter.Senders, err = parseAll(given, parseKnownPerson)
		return err
	},
	"group": func(q *eventQuery, given []string) (err error) {
		q.reader.Filter.Groups, err = parseAll(given, domain.ParseGroupID)
		return err
	},
	"limit": func(q *eventQuery, given []string) (err error) {
		q.limit, err = parseWithin("limit", given[0], 1, maxEvents)
		return err
	},
	"timeout": func(q *eventQuery, given []string) error {
		seconds, err := parseWithin("timeout", given[0], 0, maxEventTimeout)
		q.timeout = time.Duration(seconds) * time.Second
		return err
	},
	"reader": func(q *eventQuery, given []string) error {
		name, err := domain.ParseReaderName("", given[0])
		q.reader.Remember = name.Key()
		return err
	},
	"order": func(q *eventQuery, given []string) error {
		if q.back = given[0] == "desc"; !q.back && given[0] != "asc" {
			return domain.Errorf(domain.Invalid, "", "order must be asc or desc")
		}
		return nil
	},
	// Those below are read when all of these are known.
	"conversation": later, "after": later, "last_event_id": later, "before": later, "until": later, "ack": later,
}

func later(*eventQuery, []string) error { return nil }

// parseEventQuery reads a request for events. Errors are Invalid.
func parseEventQuery(r *http.Request, way way) (eventQuery, error) {
	q := eventQuery{reader: ports.Reader{Transport: string(way), Name: way.short() + " events"}, limit: defaultEvents, until: domain.Latest}
	query := r.URL.Query()
	for name, given := range query {
		parse := eventParameters[name]
		if parse == nil {
			return q, domain.Errorf(domain.Invalid, "", "a parameter that is none of this operation is given")
		}
		if err := parse(&q, given); err != nil {
			return q, err
		}
	}
	if err := q.converse(query.Get("conversation")); err != nil {
		return q, err
	}
	if q.back {
		return q, q.goBack(query, way)
	}
	if query.Has("before") || query.Has("until") {
		return q, domain.Errorf(domain.Invalid, "", "before and until are for order=desc")
	}
	if err := q.begin(r, query, way); err != nil || way != wayWebSocket {
		return q, err
	}
	var err error
	q.ack, err = ackMode(query, q.reader, ports.AckExplicit)
	return q, err
}

// converse makes the filter one of a conversation. Receipts and typing are left out unless they are asked for.
func (q *eventQuery) converse(with string) error {
	if with == "" {
		return nil
	}
	f := &q.reader.Filter
	if len(f.Kinds) == 0 {
		f.Kinds = said
	}
	if !strings.HasPrefix(with, "group.") {
		var err error
		f.With, err = parseKnownPerson(with)
		return err
	}
	if len(f.Groups) > 0 {
		return domain.Errorf(domain.Invalid, "", "give a conversation or groups, not both")
	}
	group, err := domain.ParseGroupID(with)
	f.Groups = []domain.GroupID{group}
	return err
}

// begin finds where reading begins: where the client was, or at after; else an answer begins at the oldest event and a stream with what comes.
func (q *eventQuery) begin(r *http.Request, query url.Values, way way) (err error) {
	q.reader.From = domain.Oldest
	if way != wayArray {
		q.reader.From = domain.Latest
	}
	after := lastEventID(r, query)
	if after == "" {
		after = query.Get("after")
	}
	switch after {
	case "":
	case "oldest":
		q.reader.From = domain.Oldest
	case "latest":
		q.reader.From = domain.Latest
	default:
		q.reader.From, err = domain.ParseCursor(after)
		q.reader.Resume = q.reader.Remember != ""
	}
	return err
}

// goBack finds where reading back begins.
func (q *eventQuery) goBack(query url.Values, way way) (err error) {
	before, until := query.Get("before"), query.Get("until")
	switch {
	case way != wayArray:
		return domain.Errorf(domain.Invalid, "", "order=desc is for answers in JSON")
	case query.Has("after") || query.Has("timeout") || query.Has("reader") || query.Has("ack"):
		return domain.Errorf(domain.Invalid, "", "after, timeout, reader and ack are not for order=desc")
	case before != "" && until != "":
		return domain.Errorf(domain.Invalid, "", "give before or until, not both")
	case before != "":
		q.until, err = domain.ParseCursor(before)
		q.until.Seq = max(q.until.Seq, 1) - 1
	case until != "":
		q.until, err = domain.ParseCursor(until)
	}
	return err
}

func parseAll[T any](given []string, parse func(string) (T, error)) ([]T, error) {
	all := make([]T, len(given))
	for i, s := range given {
		var err error
		if all[i], err = parse(s); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// parseQueryAccount reads an account in a query. Errors are Invalid.
func parseQueryAccount(s string) (domain.Account, error) { return domain.ParseAccount(withPlus(s)) }

func parseEventKind(s string) (domain.EventKind, error) {
	if !slices.Contains(eventKinds, domain.EventKind(s)) {
		return "", domain.Errorf(domain.Invalid, "", "kind must be a kind of events, such as message or receipt")
	}
	return domain.EventKind(s), nil
}

// parseKnownPerson reads a number or UUID, as events name people.
func parseKnownPerson(s string) (string, error) {
	r, err := domain.ParseRecipient(withPlus(s))
	if err == nil && r.Number == "" && r.UUID == "" {
		err = domain.Errorf(domain.Invalid, "", "people are named by phone number (+ and country code) or UUID here")
	}
	return r.String(), err
}

func parseWithin(name, given string, least, most int) (int, error) {
	n, err := strconv.Atoi(given)
	if err != nil || n < least || n > most {
		return 0, domain.Errorf(domain.Invalid, "", "%s must be a number from %d to %d", name, least, most)
	}
	return n, nil
}
