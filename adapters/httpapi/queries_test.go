package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"heliograph/adapters/httpapi"
	"heliograph/ports"
)

func TestQueriesThatAreMalformedOrDoubledAreRefused(t *testing.T) {
	routes := map[string]struct {
		method, target, body string
		headers              []string
	}{
		"accounts":           {method: http.MethodGet, target: "/v1/accounts"},
		"send":               {method: http.MethodPost, target: "/v2/send", body: `{` + to + `}`},
		"send version 1":     {method: http.MethodPost, target: "/v1/send", body: `{` + to + `}`},
		"array":              {method: http.MethodGet, target: "/v1/receive/+15550100001"},
		"server-sent events": {method: http.MethodGet, target: "/v1/receive/+15550100001", headers: []string{"Accept", "text/event-stream"}},
		"websocket":          {method: http.MethodGet, target: "/v1/receive/+15550100001", headers: []string{"Connection", "Upgrade", "Upgrade", "websocket"}},
		"about":              {method: http.MethodGet, target: "/v1/about"},
		"search":             {method: http.MethodGet, target: "/v1/search/+15550100001"},
	}
	queries := map[string]string{
		"doubled": "timeout=1&timeout=1", "doubled and unknown": "x&x=1", "no escape": "%zz", "cut escape": "timeout=%2", "semicolon": "a=1;b=2", "no UTF-8": "device_name=%ff",
	}
	for what, c := range routes {
		for how, query := range queries {
			t.Run(what+"/"+how, func(t *testing.T) {
				fake := &core{stream: func(ports.Reader) (ports.Stream, error) {
					t.Error("a stream was opened")
					return nil, http.ErrAbortHandler
				}}
				h, _ := newHandler(t, fake, httpapi.Options{WebSocket: func(http.ResponseWriter, *http.Request, ports.Reader, ports.SocketOptions) {
					t.Error("a WebSocket was opened")
				}})
				w := call(t, h, c.method, c.target+"?"+query, c.body, c.headers...)
				if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), `"code":"invalid"`) || strings.Contains(w.Body.String(), "numbers") {
					t.Errorf("%d %s", w.Code, w.Body)
				}
				if len(fake.drafts) != 0 {
					t.Error("it was sent")
				}
			})
		}
	}
}
