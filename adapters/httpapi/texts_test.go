package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"heliograph/adapters/httpapi"
)

// What is no Unicode text is refused, not replaced, in every body.
func TestTextsThatAreNotUnicodeAreRefused(t *testing.T) {
	bodies := map[string]struct{ method, target, body string }{
		"message":         {http.MethodPost, "/v2/send", `{` + to + `,"message":"TEXT"}`},
		"attachment":      {http.MethodPost, "/v2/send", `{` + to + `,"base64_attachments":["TEXT"]}`},
		"unknown field":   {http.MethodPost, "/v2/send", `{` + to + `,"message":"x","surprise":"TEXT"}`},
		"version 1":       {http.MethodPost, "/v1/send", `{` + to + `,"message":"TEXT"}`},
		"reaction":        {http.MethodPost, "/v1/reactions/+15550100001", `{"recipient":"+15550100002","reaction":"TEXT","target_author":"+15550100002","timestamp":1700000000123}`},
		"name of a field": {http.MethodPost, "/v1/reactions/+15550100001", `{"recipient":"+15550100002","reaction":"x","target_author":"+15550100002","timestamp":1700000000123,"TEXT":1}`},
		"profile":         {http.MethodPut, "/v1/profiles/+15550100001", `{"name":"TEXT"}`},
		"group":           {http.MethodPost, "/v1/groups/+15550100001", `{"name":"TEXT","members":["+15550100002"]}`},
	}
	texts := map[string]string{"no UTF-8": "\xff\xfe", "cut character": "\xe2\x82", "surrogate": "\xed\xa0\x80", "half a pair": `\ud83d`, "second half": `\ude00`}
	for what, c := range bodies {
		for how, text := range texts {
			t.Run(what+"/"+how, func(t *testing.T) {
				fake := &core{}
				h, folder := newHandler(t, fake, httpapi.Options{})
				w := call(t, h, c.method, c.target, strings.Replace(c.body, "TEXT", text, 1))
				if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "UTF-8") || !strings.Contains(w.Body.String(), `"code":"invalid"`) {
					t.Errorf("%d %s", w.Code, w.Body)
				}
				if len(fake.drafts) != 0 {
					t.Error("it was sent")
				}
				empty(t, folder)
			})
		}
	}
}
