package e2e_test

import (
	"net/http"
	"strings"
	"testing"
)

// A reader of an account that nobody has is told so, in place of an answer that stays empty for ever.
func TestReaderOfAnUnknownAccountIsRefused(t *testing.T) {
	address := simulated(t, "tcp://127.0.0.1:0", "manual")
	for name, g := range map[string]gateway{
		"simulator": serve(t, "MODE=simulator"),
		"json-rpc":  serve(t, "MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_ADDRESS="+address),
	} {
		for way, headers := range map[string][2]string{
			"plain":     {"Accept", "application/json"},
			"events":    {"Accept", "text/event-stream"},
			"WebSocket": {"Upgrade", "websocket"},
		} {
			request, err := http.NewRequestWithContext(within(t), http.MethodGet, g.url+"/v1/receive/+15550109999", nil)
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set(headers[0], headers[1])
			if status, answer := g.do(t, request); status != http.StatusBadRequest || !strings.Contains(string(answer), `"code":"unknown_account"`) {
				t.Errorf("%s, %s: %d %s", name, way, status, answer)
			}
		}
	}
}
