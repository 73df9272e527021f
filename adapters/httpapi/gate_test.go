package httpapi_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"heliograph/adapters/httpapi"
	"heliograph/ports"
)

// routes is one request for each route.
var routes = []struct{ method, target string }{
	{"GET", "/v1/about"}, {"GET", "/v1/health"}, {"GET", "/v1/accounts"}, {"POST", "/v2/send"}, {"POST", "/v1/send"}, {"GET", "/v1/receive/+15550100001"},
	{"GET", "/v1/attachments"}, {"GET", "/v1/attachments/x"}, {"DELETE", "/v1/attachments/x"}, {"POST", "/v1/register/+15550100001"},
	{"POST", "/v1/register/+15550100001/verify/1"}, {"POST", "/v1/unregister/+15550100001"}, {"GET", "/v1/qrcodelink?device_name=x"},
	{"GET", "/v1/qrcodelink/raw?device_name=x"}, {"GET", "/livez"}, {"GET", "/readyz"}, {"GET", "/metrics"}, {"GET", "/openapi.yaml"}, {"GET", "/swagger/doc.json"},
	{"GET", "/v1/about/"}, {"GET", "/nope"}, {"OPTIONS", "/v2/send"},
}

func TestHostAndOriginStandOnEveryRoute(t *testing.T) {
	webSockets := 0
	fake := &core{}
	h, _ := newHandler(t, fake, httpapi.Options{
		AllowedHosts: []string{"Signal.example.org"}, AllowedOrigins: []string{"https://app.example.org"},
		WebSocket: func(http.ResponseWriter, *http.Request, ports.Reader, ports.SocketOptions) { webSockets++ },
		Metrics:   http.NotFoundHandler(),
	})
	for _, c := range []struct {
		name    string
		headers []string
		allowed bool
	}{
		{"a program", nil, true},
		{"localhost", []string{"Host", "LOCALHOST:8080"}, true},
		{"a name below localhost", []string{"Host", "signal.localhost"}, true},
		{"IPv6", []string{"Host", "[::1]:8080"}, true},
		{"an address", []string{"Host", "192.0.2.7"}, true},
		{"a configured host", []string{"Host", "signal.example.org:80"}, true},
		{"its own page", []string{"Host", "localhost:8080", "Origin", "http://localhost:8080", "Sec-Fetch-Site", "same-origin"}, true},
		{"a configured page", []string{"Origin", "https://app.example.org", "Sec-Fetch-Site", "cross-site"}, true},
		{"typed by a person", []string{"Sec-Fetch-Site", "none"}, true},
		{"DNS rebinding", []string{"Host", "evil.example:8080", "Origin", "http://evil.example:8080", "Sec-Fetch-Site", "same-origin"}, false},
		{"DNS rebinding without port", []string{"Host", "evil.example"}, false},
		{"a name that looks like an address", []string{"Host", "127.0.0.1.evil.example"}, false},
		{"no host", []string{"Host", ""}, false},
		{"a foreign page", []string{"Origin", "https://evil.example"}, false},
		{"a page of another port", []string{"Host", "localhost:8080", "Origin", "http://localhost:3000"}, false},
		{"a sandboxed page", []string{"Origin", "null"}, false},
		{"two origins", []string{"Origin", "http://127.0.0.1:8080", "Origin", "https://evil.example"}, false},
		{"a picture in a foreign page", []string{"Sec-Fetch-Site", "cross-site"}, false},
		{"a page of another port, without origin", []string{"Sec-Fetch-Site", "same-site"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, r := range routes {
				w := call(t, h, r.method, r.target, "", c.headers...)
				if forbidden := w.Code == http.StatusForbidden; forbidden == c.allowed {
					t.Errorf("%s %s: %d %s", r.method, r.target, w.Code, w.Body)
				}
				for name := range w.Header() {
					if strings.HasPrefix(name, "Access-Control-") {
						t.Errorf("%s %s: %s", r.method, r.target, name)
					}
				}
			}
			webSockets = 0
			call(t, h, http.MethodGet, "/v1/receive/+15550100001", "", append([]string{"Connection", "Upgrade", "Upgrade", "websocket"}, c.headers...)...)
			if (webSockets == 1) != c.allowed {
				t.Errorf("%d WebSockets", webSockets)
			}
		})
	}
}

func TestTokens(t *testing.T) {
	fake := &core{}
	h, _ := newHandler(t, fake, httpapi.Options{
		Tokens: []httpapi.TokenHash{httpapi.HashToken("first"), httpapi.HashToken("second")},
		WebSocket: func(w http.ResponseWriter, _ *http.Request, _ ports.Reader, _ ports.SocketOptions) {
			w.WriteHeader(http.StatusSwitchingProtocols)
		},
	})
	basic := func(password string) string {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte("anybody:"+password))
	}
	for _, c := range []struct {
		name, authorization string
		allowed             bool
	}{
		{"first", "Bearer first", true},
		{"second, small letters", "bearer second", true},
		{"basic", basic("second"), true},
		{"none", "", false},
		{"wrong", "Bearer third", false},
		{"empty", "Bearer ", false},
		{"prefix", "Bearer firs", false},
		{"other scheme", "Token first", false},
		{"bare", "first", false},
		{"basic, wrong", basic("third"), false},
		{"basic, as user", "Basic " + base64.StdEncoding.EncodeToString([]byte("first:")), false},
		{"basic, no base64", "Basic !", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, r := range routes {
				w := call(t, h, r.method, r.target, "", "Authorization", c.authorization)
				open := r.target == "/livez" || r.target == "/readyz" || r.target == "/v1/health"
				if refused := w.Code == http.StatusUnauthorized; refused == (c.allowed || open) {
					t.Errorf("%s %s: %d", r.method, r.target, w.Code)
				} else if refused && len(w.Header().Values("WWW-Authenticate")) != 2 {
					t.Errorf("%s: %v", r.target, w.Header())
				}
			}
			w := call(t, h, http.MethodGet, "/v1/receive/+15550100001", "", "Upgrade", "websocket", "Authorization", c.authorization)
			if (w.Code == http.StatusSwitchingProtocols) != c.allowed {
				t.Errorf("WebSocket: %d", w.Code)
			}
		})
	}
}

func TestDefect20DotsInAttachmentOperations(t *testing.T) {
	fake := &core{files: files{"a b.txt": "x"}}
	h, _ := newHandler(t, fake, httpapi.Options{})
	for _, method := range []string{http.MethodGet, http.MethodDelete} {
		for _, target := range []string{"..", ".", "%2e%2e", "%252e%252e", "..%2Fjsonrpc2.yml", "..%252Fjsonrpc2.yml", "..%5Cx", "%00", "%2500", "a/../b", "/", "%2F"} {
			if w := call(t, h, method, "/v1/attachments/"+target, ""); w.Code != http.StatusNotFound && w.Code != http.StatusBadRequest && w.Code != http.StatusMovedPermanently &&
				w.Code != http.StatusTemporaryRedirect && w.Code != http.StatusMethodNotAllowed {
				t.Errorf("%s %s: %d %s", method, target, w.Code, w.Body)
			}
		}
	}
	if len(fake.files) != 1 {
		t.Error("something was deleted")
	}
	if w := call(t, h, http.MethodDelete, "/v1/attachments/a%20b.txt", ""); w.Code != http.StatusNoContent {
		t.Errorf("a name with a space: %d", w.Code)
	}
}

func TestAttachmentsCannotBecomePagesOfTheGateway(t *testing.T) {
	h, _ := newHandler(t, &core{files: files{"x": "<script>"}}, httpapi.Options{})
	w := call(t, h, http.MethodGet, "/v1/attachments/x", "", "Range", "bytes=1-6")
	if w.Code != http.StatusPartialContent || w.Body.String() != "script" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w.Header().Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(w.Header().Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("%v", w.Header())
	}
}

func TestPanicCostsOneRequest(t *testing.T) {
	fake := &core{}
	h := httpapi.New(httpapi.Ports{Messaging: fake, Health: fake}, httpapi.Options{}) // no AccountManager
	for range 2 {
		if w := call(t, h, http.MethodGet, "/v1/accounts", ""); w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), `"code":"internal"`) {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
}

func TestRouteIsToldAfterwards(t *testing.T) {
	h, _ := newHandler(t, &core{}, httpapi.Options{})
	for target, want := range map[string]string{"/v1/receive/+15550100001": "/v1/receive/{number}", "/v1/about": "/v1/about", "/nope": ""} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1"+target, nil)
		if err != nil {
			t.Fatal(err)
		}
		r, route := httpapi.Route(r)
		serveOne(h, r)
		if got := route(); got != want {
			t.Errorf("%s: %q, want %q", target, got, want)
		}
	}
}
