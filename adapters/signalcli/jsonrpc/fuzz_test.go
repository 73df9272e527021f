package jsonrpc

import (
	"bytes"
	"encoding/json"
	"testing"
	"unicode/utf8"

	"heliograph/adapters/signalcli"
)

// FuzzFrame: whatever line comes, its parts are those that encoding/json finds.
func FuzzFrame(f *testing.F) {
	for _, seed := range []string{
		`{"jsonrpc":"2.0","result":{"timestamp":1767225609999,"results":[]},"id":5}`,
		`{"jsonrpc":"2.0","error":{"code":-1,"message":"a \"quoted\" \\ text","data":null},"id":"x"}`,
		`{"jsonrpc":"2.0","method":"receive","params":{"envelope":{"a":[1,{"b":"}]"}]},"account":"+15550100001"}}`,
		`{"jsonrpc":"2.0","method":"receive","params":{"subscription":0,"result":{"envelope":{}}}}`,
		` { "id" : null , "result" : [ "\u0000\\" , -1.5e3 , true ] } `, `{}`, `[]`, `null`, `"x"`, `{"id":1}{"id":2}`, `{"a":}`, "\xff",
		`{"id":01}`, `{"id":18446744073709551616}`, `{"method":"receive","params":[]}`, `{"method":"receive","params":{"subscription":0,"result":1}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		got, ok := parseFrame(line)
		var want map[string]json.RawMessage
		isObject := json.Valid(line) && json.Unmarshal(line, &want) == nil && want != nil
		if ok != isObject {
			t.Fatalf("an object: %v, want %v", ok, isObject)
		}
		if !ok {
			return
		}
		for name, value := range map[string][]byte{"id": got.id, "method": got.method, "params": got.params, "result": got.result} {
			if bytes.Contains(line, []byte(`\`)) && value == nil {
				continue // a name that is written with escapes is not ours
			}
			if string(value) != string(want[name]) && !bytes.Contains(line, []byte(`\`)) && bytes.Count(line, []byte(`"`+name+`"`)) < 2 {
				t.Errorf("%s: got %s, want %s", name, value, want[name])
			}
		}
		got.waiterID()
		if found, _ := payload(got.params); found != nil && !json.Valid(found) {
			t.Errorf("payload is no JSON: %s", found)
		}
	})
}

// FuzzString: what goes to signal-cli is one line of JSON that says what was meant, or is refused.
func FuzzString(f *testing.F) {
	for _, seed := range []string{"hello", "two\nlines\r", "\x00\x1f\x7f", `"\`, "\u2028", "\xff", "👋🏾", "</script>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		call := signalcli.Call{Method: "send", Account: "+15550100001", Params: []signalcli.Param{{Name: "message", Value: s}, {Name: "list", Value: []string{s}}}}
		line, err := appendCall(nil, call)
		if (err == nil) != utf8.ValidString(s) {
			t.Fatalf("%q: %v", s, err)
		}
		if err != nil {
			return
		}
		line = appendID(line, 7)
		var got struct {
			ID     int
			Params struct {
				Message string
				List    []string
			}
		}
		if err := json.Unmarshal(line, &got); err != nil || got.ID != 7 || got.Params.Message != s || got.Params.List[0] != s {
			t.Errorf("%q became %s: %v", s, line, err)
		}
		if bytes.IndexByte(line, '\n') != len(line)-1 || bytes.IndexByte(line, '\r') >= 0 {
			t.Errorf("%q became more than one line", s)
		}
	})
}
