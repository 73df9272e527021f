package domain_test

import (
	"encoding/json"
	"testing"

	"heliograph/domain"
)

func TestEventAsJSON(t *testing.T) {
	group, err := domain.ParseGroupID("group.QUFFQ0F3UUZCZ2NJQ1FvTERBME9EeEFSRWhNVUZSWVhHQmthR3h3ZEhoOD0=")
	if err != nil {
		t.Fatal(err)
	}
	cursor := domain.Cursor{Epoch: 1, Seq: 2}
	begin := `{"cursor":"` + cursor.String() + `"`
	for name, c := range map[string]struct {
		event domain.Event
		want  string
	}{
		"message": {domain.Event{Cursor: cursor, Account: "+15550100001", Kind: domain.KindMessage, Received: 1700000000123, Source: "+15550100002", Group: group, Payload: []byte(`{"a": 1}`)},
			begin + `,"account":"+15550100001","kind":"message","received":1700000000123,"source":"+15550100002","group":"` + group.String() + `","payload":{"a": 1}}`},
		"without sender": {domain.Event{Cursor: cursor, Kind: domain.KindAccount, Payload: []byte(`{}`)}, begin + `,"kind":"account","received":0,"payload":{}}`},
		"no JSON":        {domain.Event{Cursor: cursor, Kind: domain.KindOther, Payload: []byte("{\"a\n")}, begin + `,"kind":"other","received":0,"raw":"{\"a\n"}`},
		"no text":        {domain.Event{Cursor: cursor, Kind: domain.KindOther, Payload: []byte{0xff}}, begin + `,"kind":"other","received":0,"raw":"` + "\ufffd" + `"}`},
		"strange source": {domain.Event{Cursor: cursor, Kind: domain.KindMessage, Source: "\"\x00", Payload: []byte(`{}`)}, begin + `,"kind":"message","received":0,"source":"\"\u0000","payload":{}}`},
	} {
		got := string(c.event.AppendJSON(nil))
		if !json.Valid([]byte(got)) {
			t.Errorf("%s: no JSON: %s", name, got)
		}
		var same, want any
		_ = json.Unmarshal([]byte(got), &same)
		_ = json.Unmarshal([]byte(c.want), &want)
		if name == "message" && got != c.want || !equalJSON(same, want) {
			t.Errorf("%s: %s\nwant %s", name, got, c.want)
		}
	}
}

func equalJSON(a, b any) bool {
	one, _ := json.Marshal(a)
	two, _ := json.Marshal(b)
	return string(one) == string(two)
}
