package httpapi_test

import (
	"encoding/json"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"heliograph/adapters/httpapi"
	"heliograph/domain"
)

const to = `"number":"+15550100001","recipients":["+15550100002"]`

func TestExchanges(t *testing.T) {
	for _, c := range []struct {
		name, method, target, body string
		status                     int
		answer                     string // the whole body, or of an error the code
	}{
		{"about", "GET", "/v1/about", "", 200, `{"build":2,"capabilities":{"v2/send":["quotes","mentions"]},"mode":"json-rpc","version":"0.99.3","versions":["v1","v2"]}`},
		{"health", "GET", "/v1/health", "", 204, ""},
		{"live", "GET", "/livez", "", 204, ""},
		{"ready", "GET", "/readyz", "", 200, `{"accounts":{},"problems":[],"ready":true,"warnings":[]}`},
		{"accounts", "GET", "/v1/accounts", "", 200, `["+15550100001"]`},
		{"send", "POST", "/v2/send", `{` + to + `,"message":"x"}`, 201, `{"timestamp":"1700000000123"}`},
		{"send v1", "POST", "/v1/send", `{` + to + `,"message":"x"}`, 201, `{"timestamp":"1700000000123"}`},
		{"trailing data", "POST", "/v2/send", `{` + to + `} trailing`, 201, `{"timestamp":"1700000000123"}`},
		{"malformed", "POST", "/v2/send", `{not json`, 400, "invalid"},
		{"no body", "POST", "/v2/send", ``, 400, "invalid"},
		{"null", "POST", "/v2/send", `null`, 400, "invalid"},
		{"array", "POST", "/v1/send", `[1]`, 400, "invalid"},
		{"fraction", "POST", "/v2/send", `{` + to + `,"quote_timestamp":1.5}`, 400, "invalid"},
		{"overflow", "POST", "/v2/send", `{` + to + `,"quote_timestamp":99999999999999999999}`, 400, "invalid"},
		{"string for a number", "POST", "/v2/send", `{` + to + `,"edit_timestamp":"1"}`, 400, "invalid"},
		{"string for a bool", "POST", "/v2/send", `{` + to + `,"notify_self":"true"}`, 400, "invalid"},
		{"object for an array", "POST", "/v2/send", `{` + to + `,"mentions":{}}`, 400, "invalid"},
		{"no recipients", "POST", "/v2/send", `{"number":"+15550100001"}`, 400, "invalid"},
		{"empty recipient", "POST", "/v2/send", `{"number":"+15550100001","recipients":[""]}`, 400, "invalid"},
		{"no number", "POST", "/v2/send", `{"recipients":["+15550100002"]}`, 400, "invalid"},
		{"option as recipient", "POST", "/v2/send", `{"number":"+15550100001","recipients":["--config=/x"]}`, 400, "invalid"},
		{"option as number", "POST", "/v2/send", `{"number":"-a","recipients":["+15550100002"]}`, 400, "invalid"},
		{"unknown mode of text", "POST", "/v2/send", `{` + to + `,"text_mode":"fancy"}`, 400, "invalid"},
		{"sticker without colon", "POST", "/v2/send", `{` + to + `,"sticker":"9a32"}`, 400, "invalid"},
		{"sticker that is an option", "POST", "/v2/send", `{` + to + `,"sticker":"--x:1"}`, 400, "invalid"},
		{"group v1, no ID", "POST", "/v1/send", `{"number":"+15550100001","is_group":true,"recipients":["!!!"]}`, 400, "invalid"},
		{"group v1, a name", "POST", "/v1/send", `{"number":"+15550100001","is_group":true,"recipients":["1234"]}`, 400, "invalid"},
		{"attachment that is not base64", "POST", "/v2/send", `{` + to + `,"base64_attachments":["***"]}`, 400, "invalid"},
		{"attachment in URL alphabet", "POST", "/v2/send", `{` + to + `,"base64_attachments":["_-_-"]}`, 400, "invalid"},
		{"attachment without padding", "POST", "/v2/send", `{` + to + `,"base64_attachments":["YQ"]}`, 400, "invalid"},
		{"attachment with data behind padding", "POST", "/v2/send", `{` + to + `,"base64_attachments":["YQ==YQ=="]}`, 400, "invalid"},
		{"empty attachment", "POST", "/v2/send", `{` + to + `,"base64_attachments":[""]}`, 400, "invalid"},
		{"null attachment", "POST", "/v2/send", `{` + to + `,"base64_attachments":[null]}`, 400, "invalid"},
		{"data URI without base64", "POST", "/v2/send", `{` + to + `,"base64_attachments":["data:text/plain,hello"]}`, 400, "invalid"},
		{"register", "POST", "/v1/register/+15550100001", "", 201, ""},
		{"register, encoded", "POST", "/v1/register/%2B15550100001", `{}`, 201, ""},
		{"register, malformed body", "POST", "/v1/register/+15550100001", `{`, 400, "invalid"},
		{"register, malformed number", "POST", "/v1/register/%25zz", ``, 400, "invalid"},
		{"register, no number", "POST", "/v1/register/--help", ``, 400, "invalid"},
		{"verify", "POST", "/v1/register/+15550100001/verify/123-456", `{"pin":"1"}`, 201, ""},
		{"unregister", "POST", "/v1/unregister/+15550100001", `{"DELETE_account":true}`, 204, ""},
		{"unregister, wrong type", "POST", "/v1/unregister/+15550100001", `{"delete_account":"true"}`, 400, "invalid"},
		{"link", "GET", "/v1/qrcodelink/raw?device_name=My%20Desk", "", 200, `{"device_link_uri":"sgnl://linkdevice?uuid=a"}`},
		{"link without name", "GET", "/v1/qrcodelink/raw", "", 400, "invalid"},
		{"link with two names", "GET", "/v1/qrcodelink/raw?device_name=a&device_name=b", "", 400, "invalid"},
		{"QR code without name", "GET", "/v1/qrcodelink?device_name=", "", 400, "invalid"},
		{"QR code version", "GET", "/v1/qrcodelink?device_name=a&qrcode_version=big", "", 400, "invalid"},
		{"QR code version too large", "GET", "/v1/qrcodelink?device_name=a&qrcode_version=41", "", 400, "invalid"},
		{"drain", "GET", "/v1/receive/+15550100001", "", 200, `[]`},
		{"drain, all parameters", "GET", "/v1/receive/%2B15550100001?timeout=2&max_messages=1&ignore_attachments=true&ignore_stories=false&ignore_avatars=true&ignore_stickers=true&send_read_receipts=true", "", 200, `[]`},
		{"drain, timeout", "GET", "/v1/receive/+15550100001?timeout=0.5", "", 400, "invalid"},
		{"drain, empty timeout", "GET", "/v1/receive/+15550100001?timeout=", "", 400, "invalid"},
		{"drain, two timeouts", "GET", "/v1/receive/+15550100001?timeout=1&timeout=2", "", 400, "invalid"},
		{"drain, max_messages", "GET", "/v1/receive/+15550100001?max_messages=all", "", 400, "invalid"},
		{"drain, switch", "GET", "/v1/receive/+15550100001?ignore_avatars=TRUE", "", 400, "invalid"},
		{"drain, query", "GET", "/v1/receive/+15550100001?a=%zz", "", 400, "invalid"},
		{"receive, malformed number", "GET", "/v1/receive/%25zz", "", 400, "invalid"},
		{"attachments", "GET", "/v1/attachments", "", 200, `["f.png"]`},
		{"attachment", "GET", "/v1/attachments/f.png", "", 200, "PNG"},
		{"attachment, missing", "GET", "/v1/attachments/missing.png", "", 404, "not_found"},
		{"attachment, delete missing", "DELETE", "/v1/attachments/missing.png", "", 404, "not_found"},
		{"attachment, delete", "DELETE", "/v1/attachments/f.png", "", 204, ""},
		{"unknown path", "GET", "/v1/nope", "", 404, "not_found"},
		{"no number", "GET", "/v1/receive/", "", 404, "not_found"},
		{"wrong method", "POST", "/v1/about", "", 405, "method_not_allowed"},
		{"wrong method, delete", "DELETE", "/v2/send", "", 405, "method_not_allowed"},
		{"slash", "GET", "/v1/about/", "", 301, "/v1/about"},
		{"slash, POST", "POST", "/v2/send/", "{}", 307, "/v2/send"},
		{"no metrics", "GET", "/metrics", "", 404, "not_found"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fake := &core{files: files{"f.png": "PNG"}}
			fake.accounts = accountManager{list: []domain.Account{"+15550100001"}, uri: "sgnl://linkdevice?uuid=a"}
			h, folder := newHandler(t, fake, httpapi.Options{Mode: "json-rpc", Version: "0.99.3"})
			w := call(t, h, c.method, c.target, c.body)
			if w.Code != c.status {
				t.Fatalf("status %d, want %d: %s", w.Code, c.status, w.Body)
			}
			got := strings.TrimSpace(w.Body.String())
			switch {
			case c.status >= 400:
				var failure struct{ Error, Code string }
				if err := json.Unmarshal([]byte(got), &failure); err != nil || failure.Error == "" || failure.Code != c.answer {
					t.Errorf("error %s, want code %s", got, c.answer)
				}
				if len(fake.drafts) != 0 || len(fake.accounts.calls) != 0 {
					t.Error("the core was called")
				}
			case c.status >= 300:
				if location := w.Header().Get("Location"); location != c.answer {
					t.Errorf("location %q, want %q", location, c.answer)
				}
			case got != c.answer:
				t.Errorf("answer %s, want %s", got, c.answer)
			}
			empty(t, folder)
		})
	}
}

func TestLinkAsQRCode(t *testing.T) {
	fake := &core{}
	fake.accounts.uri = "sgnl://linkdevice?uuid=abcDEF123-_%3D%3D&pub_key=BQ1234567890abcdefghijklmnopqrstuvwxyzABCDEF"
	h, _ := newHandler(t, fake, httpapi.Options{})
	for _, target := range []string{"/v1/qrcodelink?device_name=x", "/v1/qrcodelink?device_name=x&qrcode_version=", "/v1/qrcodelink?device_name=x&qrcode_version=12"} {
		w := call(t, h, http.MethodGet, target, "")
		picture, err := png.Decode(w.Body)
		if err != nil {
			t.Fatalf("%s: %d %v", target, w.Code, err)
		}
		if size := picture.Bounds().Size(); size.X != 256 || size.Y != 256 || w.Header().Get("Content-Type") != "image/png" {
			t.Errorf("%s: %v %v", target, size, w.Header())
		}
	}
}
