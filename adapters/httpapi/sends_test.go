package httpapi_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"heliograph/adapters/httpapi"
	"heliograph/domain"
	"heliograph/ports"
)

const groupID = "group.QUFFQ0F3UUZCZ2NJQ1FvTERBME9EeEFSRWhNVUZSWVhHQmthR3h3ZEhoOD0="

func pointer[T any](v T) *T { return &v }

func mustRecipient(t testing.TB, s string) domain.Recipient {
	t.Helper()
	r, err := domain.ParseRecipient(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestDrafts(t *testing.T) {
	bob, carol, group := mustRecipient(t, "+15550100002"), mustRecipient(t, "+15550100003"), mustRecipient(t, groupID)
	for _, c := range []struct {
		name, target, body string
		want               ports.Draft
	}{
		{"all fields", "/v2/send", `{` + to + `,"recipient":"+15550100003","message":"*x* \ud83d\ude00","text_mode":"styled","mentions":[{"start":0,"length":3,"author":"+15550100002"}],
			"quote_timestamp":1700000000123,"quote_author":"+15550100003","quote_message":"q","quote_mentions":[{"start":0,"length":1,"author":"bob.01"}],
			"sticker":"AABB:1","edit_timestamp":1700000000124,"notify_self":false,"view_once":true,"link_preview":{"url":"https://example.org/a","title":"T","description":"d"}}`,
			ports.Draft{
				To: []domain.Recipient{bob, carol}, Text: "*x* 😀", TextMode: ports.TextStyled, Mentions: []domain.Mention{{Start: 0, Length: 3, Author: bob}},
				Quote: &domain.Quote{Timestamp: pointer(domain.Timestamp(1700000000123)), Author: carol, Text: "q",
					Mentions: []domain.Mention{{Start: 0, Length: 1, Author: domain.Recipient{Username: "bob.01"}}}},
				Sticker: &domain.StickerRef{PackID: "aabb", ID: 1}, Edit: pointer(domain.Timestamp(1700000000124)), NotifySelf: pointer(false), ViewOnce: true,
				Preview: &domain.LinkPreview{URL: "https://example.org/a", Title: "T", Description: "d"},
			}},
		{"letter case, last counts, unknown, null", "/v2/send", `{"NUMBER":"x","Number":"+15550100001","recipients":["x"],"RECIPIENTS":["+15550100002"],"message":"a","message":"b","message":null,
			"surprise":{"a":[1,"\u0000"]},"mentions":null,"quote_timestamp":null,"text_mode":null,"link_preview":null,"view_once":null,"notify_self":null,"sticker":null}`,
			ports.Draft{To: []domain.Recipient{bob}, Text: "b"}},
		{"recipient alone", "/v2/send", `{"number":"+15550100001","recipient":"` + groupID + `"}`, ports.Draft{To: []domain.Recipient{group}}},
		{"quote of an author", "/v2/send", `{` + to + `,"quote_author":"+15550100003"}`, ports.Draft{To: []domain.Recipient{bob}, Quote: &domain.Quote{Author: carol}}},
		{"quote of time zero", "/v2/send", `{` + to + `,"quote_timestamp":0}`, ports.Draft{To: []domain.Recipient{bob}, Quote: &domain.Quote{Timestamp: pointer(domain.Timestamp(0))}}},
		{"edit of time zero", "/v2/send", `{` + to + `,"edit_timestamp":0}`, ports.Draft{To: []domain.Recipient{bob}, Edit: pointer(domain.Timestamp(0))}},
		{"text of 1 MB", "/v2/send", `{` + to + `,"message":"` + strings.Repeat("x", 1<<20) + `"}`, ports.Draft{To: []domain.Recipient{bob}, Text: strings.Repeat("x", 1<<20)}},
		{"version 1", "/v1/send", `{` + to + `,"message":"*x*","base64_attachment":""}`, ports.Draft{To: []domain.Recipient{bob}, Text: "*x*", TextMode: ports.TextNormal}},
		{"version 1 to a group", "/v1/send", `{"number":"+15550100001","is_group":true,"recipients":["` + strings.TrimPrefix(groupID, "group.") + `"]}`,
			ports.Draft{To: []domain.Recipient{group}, TextMode: ports.TextNormal}},
		{"version 1 to a group with prefix", "/v1/send", `{"number":"+15550100001","is_group":true,"recipients":["` + groupID + `"]}`,
			ports.Draft{To: []domain.Recipient{group}, TextMode: ports.TextNormal}},
		{"version 1 knows no recipient, mentions, view_once", "/v1/send", `{` + to + `,"recipient":7,"mentions":7,"view_once":7}`, ports.Draft{To: []domain.Recipient{bob}, TextMode: ports.TextNormal}},
	} {
		t.Run(c.name, func(t *testing.T) {
			fake := &core{}
			h, _ := newHandler(t, fake, httpapi.Options{})
			if w := call(t, h, http.MethodPost, c.target, c.body, "Content-Type", "text/plain"); w.Code != http.StatusCreated {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			c.want.From = "+15550100001"
			if diff := cmp.Diff(c.want, fake.drafts[0], cmp.AllowUnexported(domain.GroupID{}), cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAttachmentsInTheThreeForms(t *testing.T) {
	const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
	const text = "cGxhaW4gdGV4dCBhdHRhY2htZW50Cg=="
	content := map[string]string{}
	for _, s := range []string{png, text} {
		b, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		content[s] = string(b)
	}
	for _, c := range []struct{ attachment, content, base, contentType string }{
		{png, png, "*.png", "image/png"},
		{"data:image/png;base64," + png, png, "*.png", "image/png"},
		{"data:image/png;filename=pic.png;base64," + png, png, "pic.png", "image/png"},
		{"data:application/pdf;base64," + png, png, "*.png", "application/pdf"},
		{"data:;filename=x.txt;base64," + text, text, "x.txt", "text/plain"},
		{"data:text/plain;filename=README;base64," + text, text, "README", "text/plain"},
		{"DATA:text/plain;charset=utf-8;filename=x.txt;BASE64," + text, text, "x.txt", "text/plain"},
		{`cGxhaW4g\ndGV4dCBhdHRhY2htZW50Cg==\r\n`, text, "*.txt", "text/plain"},
		{`cGxhaW4gdGV4dCBhdHRhY2htZW50Cg=\n=`, text, "*.txt", "text/plain"},
		{"data:text/plain;filename=../../traversal.txt;base64," + text, text, "traversal.txt", "text/plain"},
		{"data:text/plain;filename=..;base64," + text, text, "*.txt", "text/plain"},
	} {
		t.Run(c.attachment[:20]+c.base, func(t *testing.T) {
			fake := &core{}
			h, folder := newHandler(t, fake, httpapi.Options{})
			body := `{` + to + `,"base64_attachments":["` + c.attachment + `"],"link_preview":{"base64_thumbnail":"` + c.attachment + `"}}`
			if w := call(t, h, http.MethodPost, "/v2/send", body); w.Code != http.StatusCreated {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			draft := fake.drafts[0]
			for _, file := range []domain.AttachmentFile{draft.Attachments[0], *draft.Preview.Image} {
				if ok, _ := filepath.Match(c.base, filepath.Base(file.Path)); !ok || file.ContentType != c.contentType || !strings.HasPrefix(file.Path, folder+"/") {
					t.Errorf("%+v, want %s of %s", file, c.base, c.contentType)
				}
			}
			if fake.contents[0] != content[c.content] {
				t.Errorf("content %q", fake.contents[0])
			}
			empty(t, folder)
			w := call(t, h, http.MethodPost, "/v1/send", `{`+to+`,"base64_attachment":"`+c.attachment+`"}`)
			if w.Code != http.StatusCreated || fake.contents[1] != content[c.content] {
				t.Errorf("version 1: %d %s", w.Code, w.Body)
			}
		})
	}
}

func TestDefect19AttachmentNameTraversal(t *testing.T) {
	fake := &core{}
	h, folder := newHandler(t, fake, httpapi.Options{})
	victim := filepath.Join(filepath.Dir(folder), "victim.txt")
	if err := os.WriteFile(victim, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"../victim.txt", "../../victim.txt", victim, `..\victim.txt`, "a/b.txt", "x/../../../victim.txt", ".", "..", "/", "\u0000", "a\u0000b", strings.Repeat("x", 300)} {
		quoted, _ := json.Marshal("data:text/plain;filename=" + name + ";base64,eA==")
		if w := call(t, h, http.MethodPost, "/v2/send", `{`+to+`,"base64_attachments":[`+string(quoted)+`]}`); w.Code != http.StatusCreated {
			t.Errorf("%q: %d %s", name, w.Code, w.Body)
		}
		draft := fake.drafts[len(fake.drafts)-1]
		if path := draft.Attachments[0].Path; !strings.HasPrefix(path, folder+"/batch-") || filepath.Clean(path) != path {
			t.Errorf("%q became %q", name, path)
		}
		empty(t, folder)
	}
	if content, err := os.ReadFile(victim); err != nil || string(content) != "mine" {
		t.Errorf("the victim: %q %v", content, err)
	}
}

func TestFilesAreGoneWhateverHappens(t *testing.T) {
	attachment := `"base64_attachments":["aGVsbG8="]`
	for name, c := range map[string]struct {
		body string
		err  error
		code int
	}{
		"sent":             {`{` + to + `,` + attachment + `}`, nil, 201},
		"refused":          {`{` + to + `,` + attachment + `}`, domain.Errorf(domain.Backend, "", "no"), 400},
		"no recipients":    {`{"number":"+15550100001",` + attachment + `}`, nil, 400},
		"malformed behind": {`{` + to + `,` + attachment + `,`, nil, 400},
		"second is bad":    {`{` + to + `,"base64_attachments":["aGVsbG8=","*"]}`, nil, 400},
		"cut off":          {`{` + to + `,"base64_attachments":["aGVsbG8`, nil, 400},
	} {
		t.Run(name, func(t *testing.T) {
			fake := &core{send: func(ports.Draft) (domain.SendResult, error) { return domain.SendResult{}, c.err }}
			h, folder := newHandler(t, fake, httpapi.Options{})
			if w := call(t, h, http.MethodPost, "/v2/send", c.body); w.Code != c.code {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			empty(t, folder)
		})
	}
}

func TestPartialFailureNamesRecipients(t *testing.T) {
	fake := &core{send: func(ports.Draft) (domain.SendResult, error) {
		return domain.SendResult{Timestamp: 9007199254740993, Results: []domain.RecipientResult{
			{Address: domain.Address{Number: "+15550100002"}, Status: domain.SendSuccess},
			{Address: domain.Address{Number: "+15550100003", UUID: "22222222-2222-4222-8222-222222222222"}, Status: domain.SendUnregistered},
			{Address: domain.Address{Username: "bob.01"}, Status: domain.SendIdentityFailure},
		}}, nil
	}}
	h, _ := newHandler(t, fake, httpapi.Options{})
	want := `{"errors":{"recipients":[{"number":"+15550100003","reason":"UNREGISTERED_FAILURE","uuid":"22222222-2222-4222-8222-222222222222"},` +
		`{"reason":"IDENTITY_FAILURE","username":"bob.01"}]},"timestamp":"9007199254740993"}`
	for _, target := range []string{"/v1/send", "/v2/send"} {
		if w := call(t, h, http.MethodPost, target, `{`+to+`}`); w.Code != http.StatusCreated || w.Body.String() != want {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
}

func TestDefect30RateLimits(t *testing.T) {
	for _, c := range []struct {
		name, target string
		err          error
		status       int
		want, retry  string
	}{
		{"with tokens", "/v2/send", &domain.Error{Kind: domain.RateLimited, Detail: "rate", Err: &domain.RateLimit{Account: "+15550100009", ChallengeTokens: []string{"a", "", "b"}, RetryAfter: 90 * time.Second}},
			429, `{"account":"+15550100009","challenge_tokens":["a","b"],"code":"rate_limited","error":"rate","retry_after":90}`, "90"},
		{"without tokens", "/v2/send", &domain.Error{Kind: domain.RateLimited, Detail: "rate", Err: &domain.RateLimit{ChallengeTokens: []string{""}}},
			429, `{"account":"+15550100001","code":"rate_limited","error":"rate"}`, ""},
		{"without cause", "/v2/send", domain.Errorf(domain.RateLimited, "", "rate"), 429, `{"account":"+15550100001","code":"rate_limited","error":"rate"}`, ""},
		{"version 1", "/v1/send", domain.Errorf(domain.RateLimited, "", "rate"), 400, `{"account":"+15550100001","code":"rate_limited","error":"rate"}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			fake := &core{send: func(ports.Draft) (domain.SendResult, error) { return domain.SendResult{}, c.err }}
			h, _ := newHandler(t, fake, httpapi.Options{})
			w := call(t, h, http.MethodPost, c.target, `{`+to+`}`)
			if w.Code != c.status || w.Body.String() != c.want || w.Header().Get("Retry-After") != c.retry {
				t.Errorf("%d %s %v", w.Code, w.Body, w.Header())
			}
		})
	}
}

func TestFailuresTellWhatHelps(t *testing.T) {
	for _, c := range []struct {
		name   string
		err    error
		status int
		want   string
	}{
		{"away", &domain.Error{Kind: domain.Unavailable, Detail: "signal-cli is away", Err: &domain.Backoff{RetryAfter: 2500 * time.Millisecond}}, 503,
			`{"code":"unavailable","error":"signal-cli is away","retry_after":3}`},
		{"away, no time known", domain.Errorf(domain.Unavailable, "", "away"), 503, `{"code":"unavailable","error":"away","retry_after":1}`},
		{"untrusted", &domain.Error{Kind: domain.Untrusted, Detail: "keys", Err: &domain.UntrustedIdentity{Recipients: []domain.Address{{Number: "+15550100002"}}}}, 400,
			`{"code":"untrusted_identity","error":"keys","untrusted":[{"number":"+15550100002","trust":"PUT /v1/identities/+15550100001/trust/+15550100002"}]}`},
		{"unknown outcome", domain.Errorf(domain.OutcomeUnknown, "", "lost"), 504, `{"code":"outcome_unknown","error":"lost"}`},
		{"defect of ours", errors.New("secret detail"), 500, `{"code":"internal","error":"internal"}`},
		{"no detail", &domain.Error{Kind: domain.Backend}, 400, `{"code":"backend_error","error":"backend_error"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			fake := &core{send: func(ports.Draft) (domain.SendResult, error) { return domain.SendResult{}, c.err }}
			h, _ := newHandler(t, fake, httpapi.Options{Mode: "json-rpc"})
			if w := call(t, h, http.MethodPost, "/v2/send", `{`+to+`}`); w.Code != c.status || w.Body.String() != c.want {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}

func TestBodiesOverALimitAre413(t *testing.T) {
	fake := &core{}
	h, folder := newHandler(t, fake, httpapi.Options{MaxSendBytes: 2000, MaxBodyBytes: 100})
	send := `{` + to + `,"base64_attachments":["` + strings.Repeat("QUJD", 1000) + `"]}`
	for _, chunked := range []bool{false, true} {
		for target, body := range map[string]string{"/v2/send": send, "/v1/send": send, "/v1/register/+15550100001": `{"captcha":"` + strings.Repeat("x", 200) + `"}`} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1"+target, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			if chunked {
				r.ContentLength = -1
			}
			w := serveOne(h, r)
			if w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), `"code":"too_large"`) || !strings.Contains(w.Body.String(), "00 bytes") {
				t.Errorf("%s chunked %v: %d %s", target, chunked, w.Code, w.Body)
			}
		}
	}
	empty(t, folder)
	if len(fake.drafts) > 0 {
		t.Error("something was sent")
	}
}

// TestAttachmentsAreNotHeldInMemory sends 32 MB and looks at what was allocated meanwhile.
func TestAttachmentsAreNotHeldInMemory(t *testing.T) {
	fake := &discard{}
	h, _ := newHandlerFor(t, fake)
	body := []byte(`{` + to + `,"base64_attachments":["` + strings.Repeat("QUJD", 8<<20) + `"]}`)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1/v2/send", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	w := serveOne(h, r)
	runtime.ReadMemStats(&after)
	if w.Code != http.StatusCreated || fake.size != 24<<20 {
		t.Fatalf("%d %s %d", w.Code, w.Body, fake.size)
	}
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 1<<20 {
		t.Errorf("%d bytes were allocated for an attachment of %d", allocated, fake.size)
	}
}

// Clients of the reference after 0.100 read a list, those before it one object.
func TestAnswerFollowsTheVersionThatIsAdvertised(t *testing.T) {
	const body = `{"number":"+15550100001","recipients":["+15550100002"],"message":"x"}`
	for version, want := range map[string]string{
		"":        `{"timestamp":"1700000000123"}`,
		"0.100":   `{"timestamp":"1700000000123"}`,
		"0.95.0":  `{"timestamp":"1700000000123"}`,
		"unset":   `{"timestamp":"1700000000123"}`,
		"0.101.0": `[{"timestamp":"1700000000123"}]`,
		"1.0":     `[{"timestamp":"1700000000123"}]`,
	} {
		failed := false
		fake := &core{send: func(ports.Draft) (domain.SendResult, error) {
			result := domain.SendResult{Timestamp: 1700000000123}
			if failed {
				result.Results = []domain.RecipientResult{{Status: domain.SendSuccess}, {Status: domain.SendUnregistered}}
			}
			return result, nil
		}}
		h, _ := newHandler(t, fake, httpapi.Options{Version: version})
		if w := call(t, h, http.MethodPost, "/v2/send", body); w.Code != http.StatusCreated || w.Body.String() != want {
			t.Errorf("version %q: %d %s", version, w.Code, w.Body)
		}
		if w := call(t, h, http.MethodPost, "/v1/send", body); w.Body.String() != `{"timestamp":"1700000000123"}` {
			t.Errorf("version %q: /v1/send answered %s", version, w.Body)
		}
		failed = true
		if w := call(t, h, http.MethodPost, "/v2/send", body); w.Body.String()[0] != want[0] || !strings.Contains(w.Body.String(), "UNREGISTERED_FAILURE") {
			t.Errorf("version %q: %s", version, w.Body)
		}
	}
}
