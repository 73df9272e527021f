package httpapi_test

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"heliograph/adapters/httpapi"
	"heliograph/domain"
	"heliograph/ports"
)

var update = flag.Bool("update", false, "rewrite golden files")

// TestStatusOfEveryFailure holds the statuses of all kinds of failures of all operations to testdata/status.golden.
func TestStatusOfEveryFailure(t *testing.T) {
	requests := []struct{ operation, method, target, body string }{
		{"sendMessage", http.MethodPost, "/v2/send", `{` + to + `}`},
		{"sendMessageV1", http.MethodPost, "/v1/send", `{` + to + `}`},
		{"receiveMessages", http.MethodGet, "/v1/receive/+15550100001", ""},
		{"receiveMessages (events)", http.MethodGet, "/v1/receive/+15550100001", "sse"},
		{"listAccounts", http.MethodGet, "/v1/accounts", ""},
		{"registerAccount", http.MethodPost, "/v1/register/+15550100001", ""},
		{"verifyAccount", http.MethodPost, "/v1/register/+15550100001/verify/1", ""},
		{"unregisterAccount", http.MethodPost, "/v1/unregister/+15550100001", ""},
		{"showDeviceLink", http.MethodGet, "/v1/qrcodelink?device_name=x", ""},
		{"createDeviceLink", http.MethodGet, "/v1/qrcodelink/raw?device_name=x", ""},
		{"listAttachments", http.MethodGet, "/v1/attachments", ""},
		{"getAttachment", http.MethodGet, "/v1/attachments/x", ""},
		{"deleteAttachment", http.MethodDelete, "/v1/attachments/x", ""},
	}
	var table strings.Builder
	for _, mode := range []string{"json-rpc", "normal"} {
		for _, r := range requests {
			fmt.Fprintf(&table, "%s, %s:", r.operation, mode)
			for _, kind := range domain.Kinds() {
				err := domain.Errorf(kind, "", "x")
				fake := &core{
					send:   func(ports.Draft) (domain.SendResult, error) { return domain.SendResult{}, err },
					drain:  func(domain.Account, ports.DrainOptions) ([]*domain.Event, error) { return nil, err },
					stream: func(ports.Reader) (ports.Stream, error) { return nil, err },
				}
				fake.accounts.err = err
				h := httpapi.New(httpapi.Ports{Messaging: fake, Receiving: fake, Subscription: fake, Accounts: &fake.accounts,
					Attachments: failing{err}, Health: fake}, httpapi.Options{Mode: mode, LetPanicsThrough: true})
				var headers []string
				body := r.body
				if body == "sse" {
					body, headers = "", []string{"Accept", "text/event-stream"}
				}
				w := call(t, h, r.method, r.target, body, headers...)
				fmt.Fprintf(&table, " %s=%d", kind, w.Code)
				if !strings.Contains(w.Body.String(), `"error":"x"`) || !strings.Contains(w.Body.String(), `"code":"`+kind.String()+`"`) {
					t.Errorf("%s, %v: %s", r.operation, kind, w.Body)
				}
			}
			table.WriteString("\n")
		}
	}
	const golden = "testdata/status.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(table.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if table.String() != string(want) {
		t.Errorf("statuses changed (-update writes them to %s):\n%s", golden, table.String())
	}
}
