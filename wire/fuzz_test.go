package wire_test

import (
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"heliograph/wire"
)

// operation is one method of one path of the API, with a body that it takes, where the contract has one.
type operation struct{ method, path, example string }

// documented lists the operations by the contract that a running gateway serves.
func documented(t testing.TB, client *http.Client, base string) []operation {
	t.Helper()
	response, err := client.Get(base + "/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var document struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.NewDecoder(response.Body).Decode(&document); err != nil {
		t.Fatal(err)
	}
	var list []operation
	for _, path := range slices.Sorted(maps.Keys(document.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(document.Paths[path])) {
			if method == "parameters" {
				continue
			}
			list = append(list, operation{strings.ToUpper(method), path, exampleOf(t, document.Paths[path][method])})
		}
	}
	if len(list) < 50 {
		t.Fatalf("%d operations", len(list))
	}
	return list
}

// exampleOf is the first example of a JSON body, empty where there is none.
func exampleOf(t testing.TB, described json.RawMessage) string {
	t.Helper()
	var o struct {
		RequestBody struct {
			Content map[string]struct {
				Example  json.RawMessage
				Examples map[string]struct{ Value json.RawMessage }
			}
		}
	}
	if err := json.Unmarshal(described, &o); err != nil {
		t.Fatal(err)
	}
	body := o.RequestBody.Content["application/json"]
	for _, name := range slices.Sorted(maps.Keys(body.Examples)) {
		return string(body.Examples[name].Value)
	}
	return string(body.Example)
}

var placeholder = regexp.MustCompile(`\{[a-z_]+\}`)

// fill puts account and what into a path's placeholders.
func (o operation) fill(account, what string) string {
	return placeholder.ReplaceAllStringFunc(o.path, func(name string) string {
		if name == "{number}" {
			return account
		}
		return what
	})
}

// served starts a gateway for a fuzz test; at the end nothing of it may be left. It gives the address.
func served(f *testing.F, environment ...string) (base string, client *http.Client) {
	f.Helper()
	home, temp := f.TempDir(), f.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	out := &printed{address: make(chan string, 1)}
	ended := make(chan int, 1)
	go func() {
		ended <- wire.Run(ctx, nil, append([]string{"HOME=" + home, "TMPDIR=" + temp, "PATH=" + os.Getenv("PATH"), "HELIOGRAPH_DATA_DIR=" + filepath.Join(home, "data"),
			"HELIOGRAPH_LISTEN=127.0.0.1:0", "LOG_LEVEL=info"}, environment...), strings.NewReader(""), out, out)
	}()
	client = &http.Client{Transport: &http.Transport{}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	f.Cleanup(func() {
		client.CloseIdleConnections()
		cancel()
		select {
		case code := <-ended:
			if code != 0 {
				f.Errorf("exit code %d:\n%s", code, out)
			}
		case <-time.After(30 * time.Second):
			f.Fatalf("it does not end:\n%s", out)
		}
		if strings.Contains(out.String(), "panic") {
			f.Errorf("it panicked:\n%s", out)
		}
		noFiles(f, home)
		noChildren(f)
	})
	select {
	case address := <-out.address:
		return "http://" + address, client
	case code := <-ended:
		f.Fatalf("ended with %d:\n%s", code, out)
		return "", nil
	}
}

// noFiles demands that no upload is left in the spool below dir.
func noFiles(t testing.TB, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.Contains(path, "spool") {
			t.Errorf("left: %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// noChildren demands that this process has no child left, where the system tells.
func noChildren(t testing.TB) {
	t.Helper()
	tasks, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range tasks {
		children, err := os.ReadFile(name)
		if err == nil && len(children) > 0 {
			t.Errorf("children left: %s", children)
		}
	}
}

// FuzzGateway sends arbitrary bytes to every operation of a whole gateway on the simulator: no failure of ours, no panic (which is
// answered 500), and at the end no file and no process; TestMain looks for goroutines.
func FuzzGateway(f *testing.F) {
	base, client := served(f, "MODE=simulator")
	operations := documented(f, client, base)
	for i, o := range operations {
		f.Add(uint8(i), "+15550100002", "", o.example)
		f.Add(uint8(i), "group.", "timeout=1&timeout=1", `{"number":"+15550100001","recipients":["--config=/x"],"message":"\ud800"}`)
		f.Add(uint8(i), "..%2f..", "device_name=x&qrcode_version=-1&mode=&expand=&numbers=", `{"recipient":"-a","name":7}`)
		f.Add(uint8(i), "\x00\xff", "%zz;", "\xff{")
	}
	f.Fuzz(func(t *testing.T, which uint8, path, query, body string) {
		o := operations[int(which)%len(operations)]
		limit := 30 * time.Second
		streams := strings.HasPrefix(o.path, "/v1/receive/")
		if streams {
			limit = 100 * time.Millisecond // it may wait for events as long as the query says
		}
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		defer cancel()
		for _, account := range []string{"+15550100001", path} {
			r, err := http.NewRequestWithContext(ctx, o.method, base, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			r.URL.Path, r.URL.RawQuery = o.fill(account, path), query
			if unescaped, err := url.PathUnescape(r.URL.Path); err == nil {
				r.URL.RawPath, r.URL.Path = r.URL.Path, unescaped // as it is, escapes included
			}
			response, err := client.Do(r)
			if err != nil && ctx.Err() == nil { // an answer before the end of the body closes connections that stay open
				client.CloseIdleConnections()
				r.Body = io.NopCloser(strings.NewReader(body))
				response, err = client.Do(r)
			}
			switch {
			case err != nil && (streams && ctx.Err() != nil || strings.Contains(err.Error(), "control character")):
				return // no failure of the gateway
			case err != nil:
				t.Fatalf("%s %s?%s: %v", o.method, r.URL.Path, query, err)
			}
			answer, err := io.ReadAll(response.Body)
			_ = response.Body.Close()
			// The reference answers 500 where it has no such account, and its clients are promised the same.
			recorded := o.method == http.MethodGet && o.path == "/v1/identities/{number}" && strings.Contains(string(answer), `"code":"unknown_account"`)
			if response.StatusCode >= http.StatusInternalServerError && !recorded {
				t.Fatalf("%s %s?%s %s: %s %s", o.method, strconv.Quote(r.URL.Path), query, strconv.Quote(body), response.Status, answer)
			}
			if err != nil && !streams {
				t.Fatalf("%s %s: %v", o.method, r.URL.Path, err)
			}
		}
	})
}
