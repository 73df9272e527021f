package httpapi_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"heliograph/adapters/httpapi"
	"heliograph/domain"
	"heliograph/ports"
)

func cursor(seq uint64) domain.Cursor { return domain.Cursor{Epoch: 7, Seq: seq} }

const bobUUID = "b8d1c7f2-93a4-4e55-8f0b-1c6a2d9e4f37"

var said = []domain.EventKind{domain.KindMessage, domain.KindEdit, domain.KindReaction, domain.KindDelete, domain.KindCall, domain.KindSync}

func TestQueriesOfEvents(t *testing.T) {
	id, err := domain.ParseGroupID(family)
	if err != nil {
		t.Fatal(err)
	}
	sameGroup := cmp.AllowUnexported(domain.GroupID{})
	for query, want := range map[string]struct {
		reader  ports.Reader
		limit   int
		timeout time.Duration
	}{
		"":                       {},
		"account=%2B15550100001": {reader: ports.Reader{Filter: domain.Filter{Account: "+15550100001"}}},
		"account=+15550100001":   {reader: ports.Reader{Filter: domain.Filter{Account: "+15550100001"}}},
		"account=%2B15550100001&account=%2B15550100002&kind=message&kind=edit": {reader: ports.Reader{Filter: domain.Filter{
			Accounts: []domain.Account{"+15550100001", "+15550100002"}, Kinds: []domain.EventKind{domain.KindMessage, domain.KindEdit}}}},
		"sender=%2B15550100002&sender=" + strings.ToUpper(bobUUID) + "&group=" + url.QueryEscape(family): {reader: ports.Reader{Filter: domain.Filter{
			Senders: []string{"+15550100002", bobUUID}, Groups: []domain.GroupID{id}}}},
		"conversation=%2B15550100002":               {reader: ports.Reader{Filter: domain.Filter{With: "+15550100002", Kinds: said}}},
		"conversation=" + bobUUID + "&kind=receipt": {reader: ports.Reader{Filter: domain.Filter{With: bobUUID, Kinds: []domain.EventKind{domain.KindReceipt}}}},
		"conversation=" + url.QueryEscape(family):   {reader: ports.Reader{Filter: domain.Filter{Groups: []domain.GroupID{id}, Kinds: said}}},
		"limit=7&timeout=60&order=asc":              {limit: 7, timeout: time.Minute},
		"after=oldest":                              {},
		"after=latest":                              {reader: ports.Reader{From: domain.Latest}},
		"after=" + cursor(9).String():               {reader: ports.Reader{From: cursor(9)}},
		"last_event_id=" + cursor(9).String():       {reader: ports.Reader{From: cursor(9)}},
		"reader=my+bot":                             {reader: ports.Reader{Remember: "/my bot"}},
		"reader=bot&after=latest":                   {reader: ports.Reader{Remember: "/bot", From: domain.Latest}},
		"reader=bot&after=" + cursor(9).String():    {reader: ports.Reader{Remember: "/bot", From: cursor(9), Resume: true}},
	} {
		fake := &core{}
		h, _ := newHandler(t, fake, httpapi.Options{})
		if w := call(t, h, http.MethodGet, "/v1/events?"+query, ""); w.Code != http.StatusOK || len(fake.events.asked) != 1 {
			t.Errorf("%s: %d %s", query, w.Code, w.Body)
			continue
		}
		want.reader.Transport, want.reader.Name = "poll", "poll events"
		if want.limit == 0 {
			want.limit = 100
		}
		if diff := cmp.Diff(want.reader, fake.events.asked[0], sameGroup); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
		if fake.events.limits[0] != want.limit || fake.events.timeouts[0] != want.timeout {
			t.Errorf("%s: limit %d, timeout %v", query, fake.events.limits[0], fake.events.timeouts[0])
		}
	}
}

func TestQueriesOfEventsThatAreRefused(t *testing.T) {
	for _, query := range []string{
		"acount=%2B15550100001", "account=", "account=bob.01", "kind=", "kind=gap", "kind=MESSAGE", "sender=bob.01", "sender=" + url.QueryEscape(family), "group=x", "group=%2B15550100002",
		"conversation=bob.01", "conversation=group.x", "conversation=" + url.QueryEscape(family) + "&group=" + url.QueryEscape(family), "limit=0", "limit=1001", "limit=x", "limit=", "timeout=61", "timeout=-1", "timeout=1.5",
		"reader=", "reader=a%2Fb", "reader=%00", "reader=" + strings.Repeat("x", 129), "order=up", "after=x", "limit=1&limit=2", "reader=a&reader=b", "conversation=%2B15550100002&conversation=%2B15550100003",
		"before=" + cursor(9).String(), "until=" + cursor(9).String(), "order=desc&after=" + cursor(9).String(), "order=desc&timeout=1", "order=desc&reader=a", "order=desc&before=x", "order=desc&until=x",
		"order=desc&until=" + cursor(9).String() + "&before=" + cursor(9).String(), "kind=message&kind=%ff",
	} {
		fake := &core{}
		h, _ := newHandler(t, fake, httpapi.Options{})
		w := call(t, h, http.MethodGet, "/v1/events?"+query, "")
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), `"code":"invalid"`) || len(fake.events.asked) != 0 {
			t.Errorf("%s: %d %s", query, w.Code, w.Body)
		}
	}
	for _, headers := range [][]string{{"Accept", "text/event-stream"}, {"Upgrade", "websocket"}} {
		for _, query := range []string{"order=desc", "ack=often&reader=a", "ack=pong"} {
			if headers[0] == "Accept" && query != "order=desc" {
				continue // what only a WebSocket can do
			}
			fake := &core{}
			h, _ := newHandler(t, fake, httpapi.Options{WebSocket: func(http.ResponseWriter, *http.Request, ports.Reader, ports.SocketOptions) {
				t.Error("a WebSocket was opened")
			}})
			if w := call(t, h, http.MethodGet, "/v1/events?"+query, "", headers...); w.Code != http.StatusBadRequest {
				t.Errorf("%v %s: %d", headers, query, w.Code)
			}
		}
	}
}

func TestAnswersOfEvents(t *testing.T) {
	message := &domain.Event{Cursor: cursor(1), Account: "+15550100001", Kind: domain.KindMessage, Received: 1700000000123, Source: bobUUID, Payload: []byte(`{"envelope":{"x": 1}}`)}
	broken := &domain.Event{Cursor: cursor(2), Kind: domain.KindOther, Payload: []byte("no JSON\x00")}
	messageJSON := `{"cursor":"` + cursor(1).String() + `","account":"+15550100001","kind":"message","received":1700000000123,"source":"` + bobUUID + `","payload":{"envelope":{"x": 1}}}`
	brokenJSON := `{"cursor":"` + cursor(2).String() + `","kind":"other","received":0,"raw":"no JSON\u0000"}`
	next := `"next":"` + cursor(5).String() + `"`
	for name, c := range map[string]struct {
		query string
		fake  eventsFake
		want  string
	}{
		"nothing": {"", eventsFake{page: ports.Page{Next: cursor(5)}}, `{"events":[],` + next + `}`},
		"some":    {"", eventsFake{page: ports.Page{Events: []*domain.Event{message, broken}, Next: cursor(5)}}, `{"events":[` + messageJSON + `,` + brokenJSON + `],` + next + `}`},
		"gap": {"", eventsFake{page: ports.Page{Next: cursor(5), Gap: &domain.Gap{After: cursor(1), Next: cursor(3)}}},
			`{"events":[],` + next + `,"gap":{"after":"` + cursor(1).String() + `","next":"` + cursor(3).String() + `"}}`},
		"reset": {"", eventsFake{page: ports.Page{Next: cursor(5), Reset: true}}, `{"events":[],` + next + `,"reset":true}`},
		"back":  {"order=desc", eventsFake{past: ports.Past{Events: []*domain.Event{broken, message}, Next: cursor(5)}}, `{"events":[` + brokenJSON + `,` + messageJSON + `],` + next + `}`},
		"done":  {"order=desc", eventsFake{past: ports.Past{Next: cursor(5), Done: true}}, `{"events":[],` + next + `,"done":true}`},
	} {
		fake := &core{events: c.fake}
		h, _ := newHandler(t, fake, httpapi.Options{})
		w := call(t, h, http.MethodGet, "/v1/events?"+c.query, "")
		if got := w.Body.String(); w.Code != http.StatusOK || got != c.want || !json.Valid(w.Body.Bytes()) || !strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") {
			t.Errorf("%s: %d %s\nwant %s", name, w.Code, got, c.want)
		}
	}
}

func TestHistoryBeginsWhereItIsAsked(t *testing.T) {
	for query, want := range map[string]domain.Cursor{
		"": domain.Latest, "&until=" + cursor(9).String(): cursor(9), "&before=" + cursor(9).String(): cursor(8), "&before=" + cursor(0).String(): cursor(0),
	} {
		fake := &core{}
		h, _ := newHandler(t, fake, httpapi.Options{})
		w := call(t, h, http.MethodGet, "/v1/events?order=desc&limit=3&conversation=%2B15550100002&account=%2B15550100001"+query, "")
		if w.Code != http.StatusOK || len(fake.events.untils) != 1 || fake.events.untils[0] != want || fake.events.limits[0] != 3 {
			t.Errorf("%s: %d, %v", query, w.Code, fake.events.untils)
			continue
		}
		if diff := cmp.Diff(domain.Filter{Account: "+15550100001", With: "+15550100002", Kinds: said}, fake.events.asked[0].Filter); diff != "" {
			t.Error(diff)
		}
	}
}

func TestEventsAsServerSentEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gap := &domain.Gap{After: cursor(2), Next: cursor(5)}
		stream := &script{ended: make(chan struct{}), batches: [][]*domain.Event{
			{{Kind: domain.KindGap, Gap: gap, Cursor: cursor(4)}, {Cursor: cursor(5), Kind: domain.KindMessage, Payload: []byte("{\"a\":\n1}")}, {Kind: domain.KindReset, Cursor: domain.Cursor{Epoch: 8}}},
		}}
		close(stream.ended)
		var reader ports.Reader
		fake := &core{stream: func(r ports.Reader) (ports.Stream, error) { reader = r; return stream, nil }}
		h, _ := newHandler(t, fake, httpapi.Options{})
		r := httptest.NewRequest(http.MethodGet, "/v1/events?reader=bot&after=oldest&kind=message", nil)
		r.Host = "localhost"
		r.Header.Set("Accept", "text/event-stream")
		r.Header.Set("Last-Event-ID", cursor(2).String())
		w := serveOne(h, r)
		want := ": open\n\n" +
			"id: " + cursor(4).String() + "\nevent: gap\ndata: {\"after\":\"" + cursor(2).String() + "\",\"next\":\"" + cursor(5).String() + "\"}\n\n" +
			"id: " + cursor(5).String() + "\ndata: {\"cursor\":\"" + cursor(5).String() + "\",\"kind\":\"message\",\"received\":0,\"payload\":{\"a\":\ndata: 1}}\n\n" +
			"id: " + domain.Cursor{Epoch: 8}.String() + "\nevent: reset\ndata: {}\n\n"
		if w.Body.String() != want {
			t.Errorf("%s\nwant\n%s", w.Body, want)
		}
		wantReader := ports.Reader{Transport: "sse", Name: "sse events", Filter: domain.Filter{Kinds: []domain.EventKind{domain.KindMessage}}, From: cursor(2), Remember: "/bot", Resume: true}
		if diff := cmp.Diff(wantReader, reader); diff != "" {
			t.Error(diff)
		}
	})
}

func TestWebSocketsOfEvents(t *testing.T) {
	for query, want := range map[string]struct {
		from     domain.Cursor
		resume   bool
		remember string
		ack      ports.AckMode
	}{
		"":                                       {domain.Latest, false, "", ports.AckNone},
		"reader=bot":                             {domain.Latest, false, "/bot", ports.AckExplicit},
		"reader=bot&ack=pong&after=oldest":       {domain.Oldest, false, "/bot", ports.AckPong},
		"reader=bot&after=" + cursor(3).String(): {cursor(3), true, "/bot", ports.AckExplicit},
		"reader=bot&ack=none":                    {domain.Latest, false, "/bot", ports.AckNone},
		"last_event_id=" + cursor(3).String():    {cursor(3), false, "", ports.AckNone},
	} {
		called := 0
		h, _ := newHandler(t, &core{}, httpapi.Options{Ack: ports.AckNone, ResumeUnnamed: true, WebSocket: func(w http.ResponseWriter, _ *http.Request, r ports.Reader, o ports.SocketOptions) {
			called++
			reader := ports.Reader{Transport: "websocket", Name: "ws events", From: want.from, Remember: want.remember, Resume: want.resume}
			if diff := cmp.Diff(reader, r); diff != "" {
				t.Errorf("%s: %s", query, diff)
			}
			if diff := cmp.Diff(ports.SocketOptions{Events: true, Gaps: true, Ack: want.ack}, o); diff != "" {
				t.Errorf("%s: %s", query, diff)
			}
			w.WriteHeader(http.StatusSwitchingProtocols)
		}})
		if w := call(t, h, http.MethodGet, "/v1/events?"+query, "", "Upgrade", "websocket"); called != 1 {
			t.Errorf("%s: %d %s", query, w.Code, w.Body)
		}
	}
}

func TestStreamsOfUnknownAccountsAreRefusedButNotWhatIsKept(t *testing.T) {
	check := func(_ context.Context, account domain.Account) error {
		if account == "+15550100009" {
			return domain.Errorf(domain.UnknownAccount, "", "no such account")
		}
		return nil
	}
	fake := &core{}
	h, _ := newHandler(t, fake, httpapi.Options{CheckAccount: check})
	for _, query := range []string{"account=%2B15550100009", "account=%2B15550100001&account=%2B15550100009"} {
		if w := call(t, h, http.MethodGet, "/v1/events?"+query, "", "Accept", "text/event-stream"); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "unknown_account") {
			t.Errorf("%s: %d %s", query, w.Code, w.Body)
		}
		if w := call(t, h, http.MethodGet, "/v1/events?"+query, ""); w.Code != http.StatusOK {
			t.Errorf("%s: %d %s", query, w.Code, w.Body)
		}
	}
}

func TestEventsAreDeletedByAccount(t *testing.T) {
	fake := &core{}
	h, _ := newHandler(t, fake, httpapi.Options{})
	if w := call(t, h, http.MethodDelete, "/v1/events?account=+15550100001", ""); w.Code != http.StatusNoContent || w.Body.Len() > 0 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for _, query := range []string{"", "?account=", "?account=bob", "?account=%2B15550100001&account=%2B15550100002"} {
		if w := call(t, h, http.MethodDelete, "/v1/events"+query, ""); w.Code != http.StatusBadRequest {
			t.Errorf("%s: %d %s", query, w.Code, w.Body)
		}
	}
	if diff := cmp.Diff([]any{domain.Account("+15550100001")}, fake.events.deleted); diff != "" {
		t.Error(diff)
	}
}

func TestReadersAreListedAndDeleted(t *testing.T) {
	updated := time.UnixMilli(1700000000000)
	fake := &core{events: eventsFake{readers: []ports.ReaderState{
		{Name: domain.ReaderName{Account: "+15550100001", Name: "a b"}, Cursor: cursor(3), Updated: updated, Behind: 2},
		{Name: domain.ReaderName{Name: "bot"}, Cursor: cursor(3), Updated: updated, Behind: -1},
	}}}
	h, _ := newHandler(t, fake, httpapi.Options{})
	want := `[{"account":"+15550100001","behind":2,"cursor":"` + cursor(3).String() + `","name":"a b","updated":"2023-11-14T22:13:20Z"},` +
		`{"cursor":"` + cursor(3).String() + `","name":"bot","updated":"2023-11-14T22:13:20Z"}]`
	if w := call(t, h, http.MethodGet, "/v1/readers", ""); w.Code != http.StatusOK || strings.TrimSpace(w.Body.String()) != want {
		t.Errorf("%d %s\nwant %s", w.Code, w.Body, want)
	}
	for target, status := range map[string]int{
		"/v1/readers/a%20b?account=%2B15550100001": 204, "/v1/readers/bot": 204, "/v1/readers/a%00": 400, "/v1/readers/bot?account=x": 400,
	} {
		if w := call(t, h, http.MethodDelete, target, ""); w.Code != status {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
	if len(fake.events.deleted) != 2 {
		t.Errorf("%v", fake.events.deleted)
	}
}

func TestNamesOnReceive(t *testing.T) {
	const path = "/v1/receive/+15550100001"
	for _, c := range []struct {
		query, way    string
		resumeUnnamed bool
		ack           ports.AckMode // the setting
		status        int
		remember      string
		resume        bool
		want          ports.AckMode
	}{
		{"", "websocket", false, "", 101, "", false, ports.AckNone},
		{"reader=bot", "websocket", false, "", 101, "+15550100001/bot", false, ports.AckPong},
		{"reader=bot", "websocket", false, ports.AckExplicit, 101, "+15550100001/bot", false, ports.AckExplicit},
		{"reader=bot&ack=none", "websocket", false, ports.AckExplicit, 101, "+15550100001/bot", false, ports.AckNone},
		{"reader=bot&last_event_id=" + cursor(3).String(), "websocket", false, "", 101, "+15550100001/bot", true, ports.AckPong},
		{"", "websocket", true, "", 101, "+15550100001/", false, ports.AckPong},
		{"ack=explicit", "websocket", true, "", 101, "+15550100001/", false, ports.AckExplicit},
		{"ack=explicit", "websocket", false, "", 400, "", false, ""},
		{"reader=bot&ack=x", "websocket", false, "", 400, "", false, ""},
		{"reader=", "websocket", false, "", 400, "", false, ""},
		{"reader=a%0Ab", "websocket", false, "", 400, "", false, ""},
		{"reader=bot", "sse", true, "", 200, "+15550100001/bot", false, ""},
		{"", "sse", true, "", 200, "", false, ""},
		{"reader=bot&last_event_id=" + cursor(3).String(), "sse", false, "", 200, "+15550100001/bot", true, ""},
		{"reader=%2F", "sse", false, "", 400, "", false, ""},
		{"reader=bot", "poll", false, "", 400, "", false, ""},
	} {
		var got []ports.Reader
		var options ports.SocketOptions
		stream := &script{ended: make(chan struct{})}
		close(stream.ended)
		fake := &core{stream: func(r ports.Reader) (ports.Stream, error) { got = append(got, r); return stream, nil }}
		h, _ := newHandler(t, fake, httpapi.Options{Ack: c.ack, ResumeUnnamed: c.resumeUnnamed, WebSocket: func(w http.ResponseWriter, _ *http.Request, r ports.Reader, o ports.SocketOptions) {
			got, options = append(got, r), o
			w.WriteHeader(http.StatusSwitchingProtocols)
		}})
		headers := map[string][]string{"websocket": {"Upgrade", "websocket"}, "sse": {"Accept", "text/event-stream"}}[c.way]
		w := call(t, h, http.MethodGet, path+"?"+c.query, "", headers...)
		if w.Code != c.status || (len(got) == 1) != (c.status < 400) {
			t.Errorf("%s %s: %d %s", c.way, c.query, w.Code, w.Body)
			continue
		}
		if len(got) == 1 && (got[0].Remember != c.remember || got[0].Resume != c.resume || options.Ack != c.want || options.Events) {
			t.Errorf("%s %s: %+v %+v", c.way, c.query, got[0], options)
		}
	}
}

func TestGapsAreToldToWhoAsks(t *testing.T) {
	for query, told := range map[string]bool{"gaps=true": true, "last_event_id=&gaps=true": true, "gaps=false": false, "gaps": false, "": false} {
		var options []ports.SocketOptions
		h, _ := newHandler(t, &core{}, httpapi.Options{WebSocket: func(_ http.ResponseWriter, _ *http.Request, _ ports.Reader, o ports.SocketOptions) {
			options = append(options, o)
		}})
		call(t, h, http.MethodGet, "/v1/receive/+15550100001?"+query, "", "Upgrade", "websocket")
		if diff := cmp.Diff([]ports.SocketOptions{{Gaps: told, Ack: ports.AckNone}}, options); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
}
