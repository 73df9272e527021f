package wsapi

import (
	"encoding/json"
	"testing"

	"heliograph/domain"
)

// FuzzParseAck: what is taken is an object whose ack is true or a cursor; everything else is Invalid.
func FuzzParseAck(f *testing.F) {
	for _, message := range []string{
		`{"ack":true}`, `{"ack":"` + domain.Latest.String() + `"}`, `{"ack":"AAAA"}`, `{"ACK":true,"ack":false}`, `{"ack":true}{}`, ` { "ack" : true } `, `{"ack":" true"}`,
		`{"ack":1e400}`, `{"ack":{"ack":true}}`, "\xff", "", "null", `{"ack":"\u0041"}`,
	} {
		f.Add([]byte(message))
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		got, err := parseAck(message)
		if err != nil {
			if domain.KindOf(err) != domain.Invalid || domain.DetailOf(err) == "" {
				t.Fatalf("%q: %v", message, err)
			}
			if !json.Valid(faultOf(err).frame()) {
				t.Fatalf("%q: %s", message, faultOf(err).frame())
			}
			return
		}
		var object map[string]any
		if len(message) > maxAck || json.Unmarshal(message, &object) != nil {
			t.Fatalf("%q is taken", message)
		}
		if got.oldest && got.cursor != (domain.Cursor{}) {
			t.Fatalf("%q: %+v", message, got)
		}
		again, err := parseAck([]byte(`{"ack":"` + got.cursor.String() + `"}`))
		if !got.oldest && (err != nil || again != got) {
			t.Fatalf("%q: %+v, %v", message, again, err)
		}
	})
}
