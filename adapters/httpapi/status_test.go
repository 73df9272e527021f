package httpapi_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
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
	type request struct{ operation, method, target, body string }
	requests := []request{
		{"sendMessage", http.MethodPost, "/v2/send", `{` + to + `}`},
		{"sendMessageV1", http.MethodPost, "/v1/send", `{` + to + `}`},
		{"receiveMessages", http.MethodGet, "/v1/receive/+15550100001", ""},
		{"receiveMessages (events)", http.MethodGet, "/v1/receive/+15550100001", "sse"},
		{"listEvents (stream)", http.MethodGet, "/v1/events", "sse"},
		{"listEvents (back)", http.MethodGet, "/v1/events?order=desc", ""},
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
	listed := map[string]bool{}
	for _, r := range requests {
		listed[r.operation] = true
	}
	documented := documentedOperations(t)
	for _, name := range slices.Sorted(maps.Keys(documented)) {
		if o := documented[name]; !listed[name] && o.asksPort() {
			requests = append(requests, request{name, strings.ToUpper(o.method), o.target(), o.example})
		}
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
					post:   func(domain.Account, domain.Outgoing) (domain.SendResult, error) { return domain.SendResult{}, err },
				}
				fake.accounts.err = err
				fake.nouns.err = err
				fake.events.err = err
				p := httpapi.Ports{Messaging: fake, Receiving: fake, Subscription: fake, Events: &fake.events, Accounts: &fake.accounts, Attachments: failing{err}, Health: fake}
				fake.nouns.into(&p)
				h := httpapi.New(p, httpapi.Options{Mode: mode, LetPanicsThrough: true})
				var headers []string
				body := r.body
				if body == "sse" {
					body, headers = "", []string{"Accept", "text/event-stream"}
				}
				w := call(t, h, r.method, r.target, body, headers...)
				fmt.Fprintf(&table, " %s=%d", kind, w.Code)
				if name, _, _ := strings.Cut(r.operation, " "); !documented[name].statuses[strconv.Itoa(w.Code)] && canHappen(r.method, name, kind) {
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

// documentedOperation is an operation of openapi.yaml.
type documentedOperation struct {
	path, method string
	tags         []string
	statuses     map[string]bool
	// example is a body, empty where the operation takes none.
	example string
}

// asksPort says that the operation can fail at a port: not the probes, and not what the gateway tells of itself.
func (o documentedOperation) asksPort() bool {
	return !slices.Contains(o.tags, "probes") && o.statuses["504"]
}

// target is a path that the operation takes.
func (o documentedOperation) target() string {
	return strings.NewReplacer("{number}", "+15550100001", "{groupid}", family, "{recipient}", "+15550100002", "{device}", "2",
		"{attachment}", "f.png", "{webhook}", "hook_x", "{delivery}", "wh_x", "{token}", "123-456", "{name}", "bot").Replace(o.path) + map[string]string{
		"/v1/search/{number}": "?numbers=%2B15550100002", "/v1/events": "?account=%2B15550100001", "/v1/webhooks/{webhook}/replay": "?from=oldest",
	}[o.path]
}

// documentedOperations are the operations of openapi.yaml by ID.
func documentedOperations(t testing.TB) map[string]documentedOperation {
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
	found := map[string]documentedOperation{}
	for path, methods := range document.Paths {
		for method, node := range methods {
			if method == "parameters" {
				continue
			}
			var operation struct {
				OperationID string `yaml:"operationId"`
				Tags        []string
				RequestBody struct {
					Content map[string]struct{ Example any }
				} `yaml:"requestBody"`
				Responses map[string]yaml.Node
			}
			if err := node.Decode(&operation); err != nil {
				t.Fatal(err)
			}
			o := documentedOperation{path: path, method: method, tags: operation.Tags, statuses: map[string]bool{}}
			for status := range operation.Responses {
				o.statuses[status] = true
			}
			if example := operation.RequestBody.Content["application/json"].Example; example != nil {
				encoded, err := json.Marshal(example)
				if err != nil {
					t.Fatal(err)
				}
				o.example = string(encoded)
			}
			found[operation.OperationID] = o
		}
	}
	return found
}
