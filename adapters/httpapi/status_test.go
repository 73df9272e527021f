package httpapi_test

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

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
	documented := documentedStatuses(t)
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
				if name, _, _ := strings.Cut(r.operation, " "); !documented[name][strconv.Itoa(w.Code)] && canHappen(r.method, name, kind) {
					t.Errorf("openapi.yaml does not say that %s can answer %d", name, w.Code)
				}
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

// canHappen says no where a kind of failure makes no sense: nothing too large is sent with a GET, and a list is always found.
func canHappen(method, operation string, kind domain.Kind) bool {
	if kind == domain.TooLarge {
		return method == http.MethodPost || operation == "getAttachment"
	}
	return kind != domain.NotFound || operation != "listAttachments"
}

// documentedStatuses are the statuses of each operation in openapi.yaml.
func documentedStatuses(t *testing.T) map[string]map[string]bool {
	t.Helper()
	raw, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Paths map[string]map[string]yaml.Node
	}
	if err := yaml.Unmarshal(raw, &document); err != nil {
		t.Fatal(err)
	}
	statuses := map[string]map[string]bool{}
	for _, path := range document.Paths {
		for method, node := range path {
			if method == "parameters" {
				continue
			}
			var operation struct {
				OperationID string `yaml:"operationId"`
				Responses   map[string]yaml.Node
			}
			if err := node.Decode(&operation); err != nil {
				t.Fatal(err)
			}
			statuses[operation.OperationID] = map[string]bool{}
			for status := range operation.Responses {
				statuses[operation.OperationID][status] = true
			}
		}
	}
	return statuses
}
