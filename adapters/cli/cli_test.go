package cli_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"heliograph/adapters/cli"
	"heliograph/domain"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"heliograph": func() {
			streams := cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}
			os.Exit(cli.Run(context.Background(), os.Args[1:], os.Environ(), streams, functions()))
		},
	})
}

// functions print what they were called with.
func functions() cli.Functions {
	show := func(command string, o cli.Overrides) error {
		fmt.Printf("%s file=%q", command, o.File)
		for _, key := range slices.Sorted(maps.Keys(o.Settings)) {
			fmt.Printf(" %s=%s", key, o.Settings[key])
		}
		fmt.Println()
		return nil
	}
	return cli.Functions{
		Serve: func(_ context.Context, o cli.Overrides) error {
			switch o.Settings["fail"] {
			case "faults":
				return faults{"first fault", "second fault"}
			case "unavailable":
				return domain.Errorf(domain.Unavailable, "", "signal-cli is not installed")
			case "unknown":
				return errors.New("something else")
			}
			return show("serve", o)
		},
		Config: func(o cli.Overrides) error { return show("config", o) },
		Simulator: func(_ context.Context, o cli.SimulatorOptions) error {
			fmt.Printf("simulator %s %q %s\n", o.Listen, o.Account, o.ReceiveMode)
			return nil
		},
		SignalCLI: func(_ context.Context, args []string) int {
			fmt.Printf("signal-cli %q\n", args)
			return 6
		},
		Version: "1.2.3",
	}
}

type faults []string

func (f faults) Error() string      { return strings.Join(f, "; ") }
func (f faults) Problems() []string { return f }

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			server := httptest.NewServer(fakeGateway(env))
			env.Defer(server.Close)
			env.Setenv("HELIOGRAPH_URL", server.URL)
			return nil
		},
	})
}

// fakeGateway answers as the API does, and keeps the body of the last send in the file sent.json.
func fakeGateway(env *testscript.Env) http.Handler {
	mux := http.NewServeMux()
	accounts := []string{"+15550100001"}
	mux.HandleFunc("POST /v2/send", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_ = os.WriteFile(env.WorkDir+"/sent.json", append(body, '\n'), 0o600)
		_ = os.WriteFile(env.WorkDir+"/authorization", []byte(r.Header.Get("Authorization")+"\n"), 0o600)
		var sent struct{ Message string }
		_ = json.Unmarshal(body, &sent)
		w.Header().Set("Content-Type", "application/json")
		switch sent.Message {
		case "rate limit":
			w.WriteHeader(http.StatusTooManyRequests)
			fmt.Fprint(w, `{"error":"Signal asks for patience","code":"rate_limited"}`)
		case "unknown":
			w.WriteHeader(http.StatusGatewayTimeout)
			fmt.Fprint(w, `{"error":"it may have been sent","code":"outcome_unknown"}`)
		case "half":
			w.WriteHeader(http.StatusCreated)
			fmt.Fprint(w, `{"timestamp":"1700000000124","errors":{"recipients":[{"number":"+15550100003","reason":"UNREGISTERED_FAILURE"}]}}`)
		default:
			w.WriteHeader(http.StatusCreated)
			fmt.Fprint(w, `{"timestamp":"1700000000123"}`)
		}
	})
	mux.HandleFunc("GET /v1/receive/{number}", func(w http.ResponseWriter, r *http.Request) {
		message := `{"account":"+15550100002","envelope":{"sourceName":"Alice\u001b[31m","sourceNumber":"+15550100001","timestamp":1700000000123,"dataMessage":{"message":"two\nlines"}}}`
		receipt := `{"account":"+15550100002","envelope":{"sourceNumber":"+15550100001","timestamp":1700000000124,"receiptMessage":{"isDelivery":true}}}`
		if r.Header.Get("Accept") != "text/event-stream" {
			fmt.Fprintf(w, "[%s,%s]", message, receipt)
			return
		}
		if r.Header.Get("Last-Event-ID") != "" { // the second connection
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"error":"resumed at %s","code":"invalid"}`, r.Header.Get("Last-Event-ID"))
			return
		}
		fmt.Fprintf(w, ": open\n\nid: c1\ndata: %s\n\nevent: gap\nid: c2\ndata: {}\n\nid: c3\ndata: %s\n\n", message, receipt)
	})
	mux.HandleFunc("GET /v1/events", func(w http.ResponseWriter, r *http.Request) { serveEvents(w, r) })
	mux.HandleFunc("DELETE /v1/events", func(w http.ResponseWriter, r *http.Request) {
		_ = os.WriteFile(env.WorkDir+"/deleted", []byte(r.URL.Query().Get("account")+"\n"), 0o600)
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /v1/accounts", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(accounts)
		accounts = []string{"+15550100001", "+15550100009"}
	})
	mux.HandleFunc("GET /v1/qrcodelink/raw", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"device_link_uri":"sgnl://linkdevice?name=%s"}`, r.URL.Query().Get("device_name"))
	})
	return mux
}

// serveEvents serves five events, c1 to c5; those of conversations are answered with the query.
func serveEvents(w http.ResponseWriter, r *http.Request) {
	events := []string{
		`{"cursor":"c1","account":"+15550100002","kind":"message","received":1,"payload":{"envelope":{"sourceName":"Alice\u001b[31m","sourceNumber":"+15550100001","timestamp":1700000000123,"dataMessage":{"message":"one"}}}}`,
		`{"cursor":"c2","account":"+15550100002","kind":"sync","received":2,"payload":{"envelope":{"sourceNumber":"+15550100002","timestamp":1700000000124,"syncMessage":{"sentMessage":{"destinationNumber":"+15550100001","message":"two"}}}}}`,
		`{"cursor":"c3","account":"+15550100002","kind":"sync","received":3,"payload":{"envelope":{"sourceNumber":"+15550100002","timestamp":1700000000124,"syncMessage":{"readMessages":[]}}}}`,
		`{"cursor":"c4","account":"+15550100002","kind":"account","received":1700000000125,"payload":{"state":"working"}}`,
		"{\"cursor\":\"c5\",\"kind\":\"other\",\"received\":1700000000126,\n\"raw\":\"no JSON\"}",
	}
	query := r.URL.Query()
	if query.Get("conversation") != "" {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"error":%q,"code":"invalid"}`, query.Encode())
		return
	}
	switch {
	case r.Header.Get("Accept") == "text/event-stream" && r.Header.Get("Last-Event-ID") != "":
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"error":"resumed at %s","code":"invalid"}`, r.Header.Get("Last-Event-ID"))
	case r.Header.Get("Accept") == "text/event-stream":
		fmt.Fprintf(w, ": open\n\nid: c1\ndata: %s\n\nevent: reset\nid: c2\ndata: {}\n\n", events[0])
	case query.Get("order") == "desc": // two a page, whatever was asked
		at := map[string]int{"": 5, "c3": 3, "c1": 1}[query.Get("until")]
		slices.Reverse(events[:at])
		limit, _ := strconv.Atoi(query.Get("limit"))
		page := events[:min(2, at, limit)]
		fmt.Fprintf(w, `{"events":[%s],"next":"c%d","done":%t}`, strings.Join(page, ","), at-len(page), at == 1)
	case query.Get("after") == "old":
		fmt.Fprint(w, `{"events":[],"next":"c4","gap":{"after":"old","next":"c5"}}`)
	case query.Get("after") == "away":
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprint(w, `{"error":"later","code":"unavailable"}`)
	default:
		at := map[string]int{"oldest": 0, "c3": 3, "c4": 4, "c5": 5}[query.Get("after")]
		to := min(at+3, 5)
		fmt.Fprintf(w, `{"events":[%s],"next":"c%d"}`, strings.Join(events[at:to], ","), to)
	}
}
