package rawjson_test

import (
	"encoding/json"
	"testing"

	"heliograph/adapters/signalcli/rawjson"
)

func FuzzMembers(f *testing.F) {
	for _, seed := range []string{`{}`, `{"a":1,"b":[{"c":"}"}],"d":null}`, ` { "a" : "\"\\" , "b" : {} } `, `{"a"`, `{"a":`, `{"a":"`, `{"a":[`, `{"a":{"`,
		`{"a":1,}`, `{"a" 1}`, `{,}`, `[]`, `"x"`, ``, `{"a":"\`, `{"":0}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got := map[string]string{}
		ok := rawjson.Members(data, func(name, value []byte) { got[string(name)] = string(value) })
		var want map[string]json.RawMessage
		if !json.Valid(data) {
			return
		}
		isObject := json.Unmarshal(data, &want) == nil && want != nil
		if ok != isObject {
			t.Fatalf("%q is an object: %v, want %v", data, ok, isObject)
		}
		for name, value := range want {
			if raw, ok := got[name]; ok && raw != string(value) {
				t.Errorf("member %q: got %s, want %s", name, raw, value)
			}
		}
	})
}

func FuzzElements(f *testing.F) {
	for _, seed := range []string{`[]`, `[1,"a,]",[{}],null]`, ` [ 1 , 2 ] `, `[`, `[1`, `["`, `[,]`, `{}`, ``} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var got []string
		ok := rawjson.Elements(data, func(value []byte) { got = append(got, string(value)) })
		var want []json.RawMessage
		if !json.Valid(data) {
			return
		}
		isArray := json.Unmarshal(data, &want) == nil && want != nil
		if ok != isArray || len(got) != len(want) {
			t.Fatalf("%q: %v with %d elements, want %v with %d", data, ok, len(got), isArray, len(want))
		}
		for i := range want {
			if got[i] != string(want[i]) {
				t.Errorf("element %d: got %s, want %s", i, got[i], want[i])
			}
		}
	})
}

func TestTextAndInt(t *testing.T) {
	for value, want := range map[string]struct {
		text   string
		isText bool
		n      int64
		isInt  bool
	}{
		`"abc"`:                {"abc", true, 0, false},
		`null`:                 {"", true, 0, false},
		`"a\n"`:                {"", false, 0, false},
		`"`:                    {"", false, 0, false},
		`12`:                   {"", false, 12, true},
		`-1`:                   {"", false, -1, true},
		`9007199254740993`:     {"", false, 9007199254740993, true},
		`1.0`:                  {"", false, 0, false},
		`1e3`:                  {"", false, 0, false},
		`99999999999999999999`: {"", false, 0, false},
		`+1`:                   {"", false, 0, false},
		``:                     {"", false, 0, false},
	} {
		if text, ok := rawjson.Text([]byte(value)); text != want.text || ok != want.isText {
			t.Errorf("text %s: got %q, %v", value, text, ok)
		}
		if n, ok := rawjson.Int([]byte(value)); ok != want.isInt || ok && n != want.n {
			t.Errorf("int %s: got %d, %v", value, n, ok)
		}
	}
}
