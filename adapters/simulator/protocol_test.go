package simulator_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"heliograph/adapters/simulator"
)

// TestFraming sends raw bytes and compares all that comes back, up to the end of the connection.
func TestFraming(t *testing.T) {
	const version = `{"jsonrpc":"2.0","method":"version","id":%s}`
	const answer = `{"jsonrpc":"2.0","result":{"version":"0.14.6"},"id":%s}`
	v := func(id string) string { return fmt.Sprintf(version, id) }
	a := func(id string) string { return fmt.Sprintf(answer, id) }
	code := func(n int, id string) string { return fmt.Sprintf(`{"code":%d,"id":%s}`, n, id) }
	for _, test := range []struct {
		name string
		send string
		want []string // answers, in any order; errors by code and id
	}{
		{"LF", v("1") + "\n", []string{a("1")}},
		{"CRLF and lone CR", v("1") + "\r\n" + v("2") + "\r" + v("3") + "\n", []string{a("1"), a("2"), a("3")}},
		{"no line end", v("1"), []string{a("1")}},
		{"half a line", `{"jsonrpc":"2.0","met`, []string{code(-32700, "null")}},
		{"empty line", "\n" + v("1") + "\n", []string{code(-32700, "null"), a("1")}},
		{"blank line", "  \t\n", []string{code(-32700, "null")}},
		{"byte order mark", "\uFEFF" + v("1") + "\n", []string{code(-32700, "null")}},
		{"NUL", "\x00" + v("1") + "\n", []string{code(-32700, "null")}},
		{"two values on a line", v("1") + v("2") + "\n", []string{a("1")}},
		{"value and rubbish", v("1") + " nonsense\n", []string{a("1")}},
		{"a value over lines", "{\"jsonrpc\":\"2.0\",\n\"method\":\"version\",\"id\":1}\n", []string{code(-32700, "null"), code(-32600, "null")}},
		{"ids as sent", v(`"a\u00e9"`) + "\n" + v("1.0") + "\n" + v("123456789012345678901234567890") + "\n" + v("true") + "\n" + v("null") + "\n",
			[]string{a(`"a\u00e9"`), a("1.0"), a("123456789012345678901234567890"), a("true"), a("null")}},
		{"object and array as id", v(`{"a":1}`) + "\n" + v("[1]") + "\n", []string{code(-32600, "null"), code(-32600, "null")}},
		{"no id", `{"jsonrpc":"2.0","method":"version"}` + "\n" + `{"jsonrpc":"2.0","method":"nope"}` + "\n", nil},
		{"no id but a broken frame", `{"jsonrpc":"2.0","method":"version","x":1}` + "\n", []string{code(-32600, "null")}},
		{"a response", `{"jsonrpc":"2.0","result":{},"id":1}` + "\n" + `{"jsonrpc":"2.0","error":{},"id":1}` + "\n", nil},
		{"extra field", `{"jsonrpc":"2.0","method":"version","id":1,"x":2}` + "\n", []string{code(-32600, "1")}},
		{"wrong version", `{"jsonrpc":"1.0","method":"version","id":1}` + "\n" + `{"method":"version","id":2}` + "\n",
			[]string{code(-32600, "1"), code(-32600, "2")}},
		{"no method", `{"jsonrpc":"2.0","id":1}` + "\n", []string{code(-32600, "1")}},
		{"unknown method", `{"jsonrpc":"2.0","method":"nope","id":1}` + "\n" + `{"jsonrpc":"2.0","method":5,"id":2}` + "\n",
			[]string{code(-32601, "1"), code(-32601, "2")}},
		{"params", `{"jsonrpc":"2.0","method":"version","params":null,"id":1}` + "\n" + `{"jsonrpc":"2.0","method":"version","params":[1],"id":2}` + "\n" +
			`{"jsonrpc":"2.0","method":"version","params":5,"id":3}` + "\n", []string{a("1"), code(-32600, "2"), code(-32600, "3")}},
		{"scalars", "42\n\"x\"\n", []string{code(-32600, "null"), code(-32600, "null")}},
		{"empty batch", "[]\n", []string{code(-32600, "null")}},
		{"batch of nothing to answer", `[{"jsonrpc":"2.0","method":"version"}]` + "\n", nil},
		{"unknown account even for version", `{"jsonrpc":"2.0","method":"version","params":{"account":"+1"},"id":1}` + "\n", []string{code(-32602, "1")}},
		{"no account", `{"jsonrpc":"2.0","method":"listGroups","id":1}` + "\n", []string{code(-32602, "1")}},
		{"invalid UTF-8", v("1")[:20] + "\xff\n" + v("2") + "\n", nil},
		{"deep nesting", strings.Repeat("[", 1001) + "\n" + v("2") + "\n", nil},
		{"1,000 levels", `{"jsonrpc":"2.0","method":"version","id":1,"params":{"x":` + strings.Repeat("[", 997) + strings.Repeat("]", 997) + "}}\n", []string{a("1")}},
		{"long number", `{"jsonrpc":"2.0","method":"version","id":` + strings.Repeat("1", 1001) + "}\n", nil},
		{"long key", `{"jsonrpc":"2.0","method":"version","id":1,"` + strings.Repeat("k", 50_001) + `":1}` + "\n", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			conn := start(t, simulator.Options{}).Pipe()
			defer conn.Close()
			if _, err := io.WriteString(conn, test.send); err != nil && len(test.want) > 0 {
				t.Fatal(err)
			}
			_ = conn.(interface{ CloseWrite() error }).CloseWrite()
			raw, err := io.ReadAll(conn)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for line := range strings.Lines(string(raw)) {
				got = append(got, shorten(t, line))
			}
			if !sameSet(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// shorten keeps of an error only code and id.
func shorten(t *testing.T, line string) string {
	t.Helper()
	var a answer
	if err := json.Unmarshal([]byte(line), &a); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	if a.Error == nil {
		return strings.TrimSuffix(line, "\n")
	}
	if !strings.Contains(line, `"data":`) {
		t.Errorf("error without data: %s", line)
	}
	return fmt.Sprintf(`{"code":%d,"id":%s}`, a.Error.Code, a.ID)
}

func sameSet(a, b []string) bool {
	count := map[string]int{}
	for _, s := range a {
		count[s]++
	}
	for _, s := range b {
		count[s]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

func TestBatch(t *testing.T) {
	c := open(t, start(t, simulator.Options{}))
	c.write(`[{"jsonrpc":"2.0","method":"version","id":1},{"jsonrpc":"2.0","method":"version"},5,{"jsonrpc":"2.0","result":1,"id":2},{"jsonrpc":"2.0","method":"nope","id":3}]` + "\n")
	line, err := c.readLine()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, a := range decode[[]answer](t, json.RawMessage(line)) {
		n := 0
		if a.Error != nil {
			n = a.Error.Code
		}
		got[string(a.ID)] = n
	}
	want := map[string]int{"1": 0, "null": -32600, "2": -32600, "3": -32601}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestLongestString(t *testing.T) {
	for _, test := range []struct {
		chars int
		ok    bool
	}{{1_000_000, true}, {20_000_001, false}} {
		conn := start(t, simulator.Options{}).Pipe()
		go func() {
			_, _ = io.WriteString(conn, `{"jsonrpc":"2.0","method":"version","id":1,"params":{"x":"`)
			chunk := bytes.Repeat([]byte("a"), 100_000)
			for range test.chars / len(chunk) {
				_, _ = conn.Write(chunk)
			}
			_, _ = io.WriteString(conn, strings.Repeat("a", test.chars%len(chunk))+`"}}`+"\n")
			_ = conn.(interface{ CloseWrite() error }).CloseWrite()
		}()
		raw, err := io.ReadAll(conn)
		if err != nil {
			t.Fatal(err)
		}
		if (len(raw) > 0) != test.ok {
			t.Errorf("%d characters: answered %q", test.chars, raw)
		}
		_ = conn.Close()
	}
}

func TestStdioReplacesInvalidUTF8AndEndsAtTheLimit(t *testing.T) {
	sim := start(t, simulator.Options{Account: alice})
	var out bytes.Buffer
	in := strings.NewReader(`{"jsonrpc":"2.0","method":"send","params":{"noteToSelf":true,"message":"` + "\xff" + `"},"id":1}`)
	if err := sim.ServeStdio(t.Context(), in, &out); err != nil || !strings.Contains(out.String(), `"SUCCESS"`) {
		t.Errorf("%v %s", err, out.String())
	}
	if err := sim.ServeStdio(t.Context(), strings.NewReader(strings.Repeat("[", 2000)+"\n"), &out); !errors.Is(err, simulator.ErrLimit) {
		t.Errorf("beyond the limit: %v", err)
	}
}

func TestServeOnListeners(t *testing.T) {
	for _, network := range []string{"tcp", "unix"} {
		t.Run(network, func(t *testing.T) {
			address := "127.0.0.1:0"
			if network == "unix" {
				address = t.TempDir() + "/s"
			}
			l, err := net.Listen(network, address)
			if err != nil {
				t.Fatal(err)
			}
			sim := start(t, simulator.Options{})
			done := make(chan error, 1)
			go func() { done <- sim.Serve(t.Context(), l) }()
			conn, err := net.Dial(network, l.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			newClient(t, conn).ok("version", nil)
			sim.Drop()
			if raw, err := io.ReadAll(conn); len(raw) > 0 {
				t.Errorf("after Drop: %q %v", raw, err)
			}
			_ = conn.Close()
			_ = l.Close()
			if err := <-done; err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSingleAccountMode(t *testing.T) {
	c := open(t, start(t, simulator.Options{Account: alice}))
	c.ok("version", nil)
	c.ok("listGroups", object{"account": bob}) // ignored
	for _, method := range []string{"listAccounts", "register", "verify", "deleteLocalAccountData", "startLink", "finishLink"} {
		c.fails(-32601, method, object{})
	}
	c.fails(-32600, "receive", object{"account": alice, "timeout": 0})
	c.fails(-32603, "receive", nil)
	c.ok("subscribeReceive", nil)
	c.ok("unsubscribeReceive", nil)
	c.fails(-1, "unsubscribeReceive", nil)
}

func TestOlderRelease(t *testing.T) {
	c := open(t, start(t, simulator.Options{Version: "0.13.19"}))
	c.ok("subscribeReceive", object{"account": bob})
	c.ok("send", object{"account": alice, "recipient": bob, "message": "x"})
	_, envelope := c.envelope()
	if _, ok := envelope["dataMessage"].(object)["isExpirationUpdate"]; ok {
		t.Error("isExpirationUpdate in 0.13.19")
	}
	for _, method := range []string{"sendPollCreate", "sendPinMessage", "sendStory", "updateDevice", "startCall", "subscribeCallEvents"} {
		c.fails(-32601, method, object{"account": alice})
	}
	c.fails(-1, "submitRateLimitChallenge", object{"account": alice, "challenge": "x", "captcha": "y"})
}

func FuzzLine(f *testing.F) {
	f.Add([]byte(`{"jsonrpc":"2.0","method":"send","params":{"account":"+15550100001","recipient":["+15550100002"],"message":"x"},"id":1}`))
	f.Add([]byte(`[{"jsonrpc":"2.0","method":"updateGroup","params":{"account":"+15550100001","name":5},"id":"a"},{}]`))
	f.Add([]byte("\r\r\n\x00{\"id\":[]}"))
	f.Add([]byte(`{"jsonrpc":"2.0","method":"startCall","params":{"account":"+15550100001","recipient":"+15550100002"},"id":null}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		if bytes.Contains(line, []byte("inishLink")) || bytes.Contains(line, []byte("ttachment")) || bytes.Contains(line, []byte("ath")) || bytes.Contains(line, []byte("vatar")) || bytes.Contains(line, []byte("eceive")) {
			return // waits, or touches files
		}
		sim := simulator.New(simulator.Options{})
		defer sim.Close()
		conn := sim.Pipe()
		defer conn.Close()
		go func() {
			_, _ = conn.Write(line)
			_ = conn.(interface{ CloseWrite() error }).CloseWrite()
		}()
		raw, _ := io.ReadAll(conn)
		for answer := range bytes.Lines(raw) {
			if !json.Valid(answer) {
				t.Fatalf("answer %q", answer)
			}
		}
	})
}
