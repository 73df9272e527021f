package signalcli

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// FuzzSendResult: the short way to read an answer finds what encoding/json finds, or leaves the answer to it.
func FuzzSendResult(f *testing.F) {
	for _, seed := range []string{
		`{"timestamp":1700000000123,"results":[{"recipientAddress":{"uuid":"6d29e1af-1dbf-4cd4-8c38-e791efe01e6d","number":"+15550100002","username":null},"type":"SUCCESS"}]}`,
		`{"timestamp":1,"results":[{"recipientAddress":{"number":"+15550100002"},"groupId":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=","type":"SUCCESS"}],"groupId":"x"}`,
		`{"timestamp":1,"results":[{"type":"RATE_LIMIT_FAILURE","token":"x","retryAfterSeconds":60}]}`,
		`{}`, `null`, `[]`, `"x"`, `{"timestamp":null}`, `{"Timestamp":5}`, `{"timestamp":1e3}`, `{"results":null}`, `{"results":[null]}`,
		`{"timestamp":1,"timestamp":2}`, `{"results":[{"type":"SUCCESS","Type":"x"}]}`, `{"results":[{"recipientAddress":null,"type":"SUCCESS"}]}`,
		`{"results":[{"recipientAddress":{"username":"a\u0062"},"type":"SUCCESS"}],"timestamp":3}`, `{"timestamp`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, answer string) {
		got, ok := plainSendResult([]byte(answer))
		if !ok || !json.Valid([]byte(answer)) || strings.Contains(answer, `\`) || repeats(answer) {
			return
		}
		var want sendAnswer
		if err := json.Unmarshal([]byte(answer), &want); err != nil {
			t.Fatalf("%s: encoding/json refuses it: %v", answer, err)
		}
		if expected := want.result(); !reflect.DeepEqual(got, expected) {
			t.Errorf("%s: got %+v, want %+v", answer, got, expected)
		}
	})
}

// repeats says that a name may occur twice in one object, where encoding/json merges what came before; or in another
// letter case, which it takes for the same.
func repeats(answer string) bool {
	lower := strings.ToLower(answer)
	for _, name := range []string{"timestamp", "results", "uuid", "number", "username", "groupid", "type", "recipientaddress"} {
		if strings.Count(lower, `"`+name+`"`) > 1 || strings.Count(lower, `"`+name+`"`) != strings.Count(answer, name) && name != "groupid" && name != "recipientaddress" {
			return true
		}
	}
	return false
}
