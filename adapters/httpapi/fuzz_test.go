package httpapi_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"heliograph/adapters/httpapi"
	"heliograph/ports"
)

// FuzzOperations sends arbitrary bytes to every operation. No panic, no status of a failure of ours, no file left.
func FuzzOperations(f *testing.F) {
	for i, body := range []string{
		`{` + to + `,"message":"x","base64_attachments":["aGVsbG8=","data:image/png;filename=../x;base64,aGVsbG8="],"mentions":[{"start":-1,"length":99999999999,"author":"+15550100002"}]}`,
		`{` + to + `,"recipients":["--config=/x","-a","group.x"],"link_preview":{"base64_thumbnail":"data:"},"sticker":":"}`,
		`{"number":"+15550100001","is_group":true,"recipients":["group.group."],"base64_attachment":"data:;base64,"}`,
		`{"captcha":{},"use_voice":[],"pin":7,"delete_account":null}`, "\xff\xfe{", `{"a":"\ud800"}`, ``, `[[[[`, `"`,
	} {
		f.Add(uint8(i), "/+15550100001", "timeout=1&timeout=2&max_messages=%zz;", body)
		f.Add(uint8(i), "/../%2e%2e/\x00", "device_name=\xff&qrcode_version=-1&last_event_id=x", body)
	}
	type target struct{ method, path string }
	targets := []target{{"GET", "/v1/receive"}, {"DELETE", "/v1/attachments"}, {"POST", "/v1/register"}, {"POST", "/v1/unregister"},
		{"GET", "/openapi.yaml"}, {"GET", "/openapi.json"}, {"GET", "/docs"}, {"GET", ""}, {"PATCH", ""}}
	documented := documentedOperations(f)
	for _, name := range slices.Sorted(maps.Keys(documented)) {
		o := documented[name]
		path, _, _ := strings.Cut(o.target(), "?")
		targets = append(targets, target{strings.ToUpper(o.method), path})
		f.Add(uint8(len(targets)-1), "/group.", "numbers=&expand=&mode=", o.example)
	}
	for i, query := range []string{
		"account=%2B15550100001&account=+15550100002&kind=message&sender=b8d1c7f2-93a4-4e55-8f0b-1c6a2d9e4f37&group=" + family + "&after=oldest&limit=10&timeout=0&reader=my+bot",
		"order=desc&before=AAAAAAAAAAAAAAAAAAAAAA&conversation=%2B15550100002", "order=desc&until=latest&limit=-1", "reader=a/b%00&ack=pong&last_event_id=____________________",
	} {
		for which, t := range targets {
			if t.path == "/v1/events" {
				f.Add(uint8(which), []string{"", "text/event-stream", "websocket", "/"}[i], query, "")
			}
		}
	}
	fake := &core{files: files{"f.png": "PNG"}}
	fake.accounts.uri = "sgnl://linkdevice?uuid=a"
	h, folder := newHandler(f, fake, httpapi.Options{WebSocket: func(w http.ResponseWriter, _ *http.Request, _ ports.Reader, _ ports.SocketOptions) {
		w.WriteHeader(http.StatusSwitchingProtocols)
	}})
	f.Fuzz(func(t *testing.T, which uint8, path, query, body string) {
		fake.nouns.calls, fake.posts, fake.drafts, fake.contents, fake.accounts.calls, fake.events = nil, nil, nil, nil, nil, eventsFake{}
		target := targets[int(which)%len(targets)]
		for _, whole := range []bool{false, true} { // with the path that exists, and with one that was made up
			r, err := http.NewRequestWithContext(t.Context(), target.method, "http://127.0.0.1/", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			r.URL.Path, r.URL.RawQuery = target.path, query
			if whole {
				r.URL.Path += path
			}
			r.Header["Accept"], r.Header["Range"], r.Header["Upgrade"] = []string{path}, []string{query}, []string{path}
			w := serveOne(h, r)
			if w.Code >= http.StatusInternalServerError {
				t.Fatalf("%s %q?%q %q: %d %s", target.method, r.URL.Path, query, body, w.Code, w.Body)
			}
			var failure struct{ Error, Code string }
			if w.Code >= http.StatusBadRequest && w.Code != http.StatusRequestedRangeNotSatisfiable && (json.Unmarshal(w.Body.Bytes(), &failure) != nil || failure.Error == "" || failure.Code == "") {
				t.Fatalf("%s %q: %d %s", target.method, r.URL.Path, w.Code, w.Body)
			}
		}
		empty(t, folder)
	})
}

// referenceBody is a body as the reference decodes it.
type referenceBody struct {
	Number            string             `json:"number"`
	Recipients        []string           `json:"recipients"`
	Recipient         string             `json:"recipient"`
	Message           string             `json:"message"`
	Base64Attachments []string           `json:"base64_attachments"`
	Sticker           string             `json:"sticker"`
	Mentions          []referenceMention `json:"mentions"`
	QuoteTimestamp    *int64             `json:"quote_timestamp"`
	QuoteAuthor       *string            `json:"quote_author"`
	QuoteMessage      *string            `json:"quote_message"`
	QuoteMentions     []referenceMention `json:"quote_mentions"`
	TextMode          *string            `json:"text_mode"`
	EditTimestamp     *int64             `json:"edit_timestamp"`
	NotifySelf        *bool              `json:"notify_self"`
	LinkPreview       *struct {
		URL             string `json:"url"`
		Title           string `json:"title"`
		Description     string `json:"description"`
		Base64Thumbnail string `json:"base64_thumbnail"`
	} `json:"link_preview"`
	ViewOnce bool `json:"view_once"`
}

type referenceMention struct {
	Start  int64  `json:"start"`
	Length int64  `json:"length"`
	Author string `json:"author"`
}

// FuzzSendBody compares what reaches the core with what encoding/json makes of the same body.
func FuzzSendBody(f *testing.F) {
	for _, body := range []string{
		`{` + to + `,"message":"x"}`, `{` + to + `,"MESSAGE":"x","message":null,"view_once":true} x`,
		`{` + to + `,"quote_timestamp":-1,"quote_author":"","edit_timestamp":0,"notify_self":false,"mentions":[{"start":1,"LENGTH":2,"author":"bob.01"}]}`,
		`{` + to + `,"link_preview":{"url":"u"},"link_preview":{"title":"t","base64_thumbnail":""},"text_mode":"styled"}`,
		`{` + to + `,"message":"\u0000\ud83d\ude00\ud83d","me\u017f\u017fage":"y","\u212Aey":1}`, `{` + to + `,"base64_attachments":["aGk=","aG\r\nk="]}`,
		`{` + to + `,"recipients":[null],"recipient":"+15550100003"}`, `{` + to + `,"base64_attachments":null,"recipient":null}`,
	} {
		f.Add([]byte(body))
	}
	fake := &core{}
	h, folder := newHandler(f, fake, httpapi.Options{})
	f.Fuzz(func(t *testing.T, body []byte) {
		fake.drafts, fake.contents = nil, nil
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1/v2/send", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		w := serveOne(h, r)
		empty(t, folder)
		var want referenceBody
		err = json.NewDecoder(bytes.NewReader(body)).Decode(&want)
		if err != nil {
			if w.Code != http.StatusBadRequest {
				t.Fatalf("%q: %d, encoding/json says %v", body, w.Code, err)
			}
			return
		}
		if w.Code != http.StatusCreated {
			return // refused by a rule that encoding/json does not have
		}
		compareDraft(t, body, want, fake.drafts[0], fake.contents)
	})
}

func compareDraft(t *testing.T, body []byte, want referenceBody, got ports.Draft, contents []string) {
	t.Helper()
	same := func(field string, ok bool) {
		if !ok {
			t.Errorf("%q: %s differs: %+v, encoding/json %+v", body, field, got, want)
		}
	}
	recipients := len(want.Recipients)
	if want.Recipient != "" {
		recipients++
	}
	same("recipients", len(got.To) == recipients)
	same("message", got.Text == want.Message)
	same("text_mode", string(got.TextMode) == value(want.TextMode))
	same("view_once", got.ViewOnce == want.ViewOnce)
	same("notify_self", (got.NotifySelf == nil) == (want.NotifySelf == nil) && value(got.NotifySelf) == value(want.NotifySelf))
	same("edit_timestamp", (got.Edit == nil) == (want.EditTimestamp == nil) && int64(value(got.Edit)) == value(want.EditTimestamp))
	same("mentions", len(got.Mentions) == len(want.Mentions))
	quoted := want.QuoteTimestamp != nil || want.QuoteAuthor != nil || want.QuoteMessage != nil || want.QuoteMentions != nil
	same("quote", (got.Quote != nil) == quoted)
	if quoted && got.Quote != nil {
		same("quote_timestamp", (got.Quote.Timestamp == nil) == (want.QuoteTimestamp == nil) && int64(value(got.Quote.Timestamp)) == value(want.QuoteTimestamp))
		same("quote_message", got.Quote.Text == value(want.QuoteMessage))
	}
	same("link_preview", (got.Preview == nil) == (want.LinkPreview == nil))
	if got.Preview != nil && want.LinkPreview != nil {
		same("preview", got.Preview.URL == want.LinkPreview.URL && got.Preview.Title == want.LinkPreview.Title &&
			got.Preview.Description == want.LinkPreview.Description && (got.Preview.Image == nil) == (want.LinkPreview.Base64Thumbnail == ""))
	}
	same("attachments", len(contents) == len(want.Base64Attachments))
	for i := range min(len(contents), len(want.Base64Attachments)) {
		if strings.HasPrefix(strings.ToLower(want.Base64Attachments[i]), "data:") {
			continue
		}
		content, err := base64.StdEncoding.DecodeString(want.Base64Attachments[i])
		same("attachment", err == nil && string(content) == contents[i])
	}
}

func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
