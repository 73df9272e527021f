package jetstream

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"heliograph/domain"
)

func FuzzParseRecord(f *testing.F) {
	group, err := domain.ParseInternalGroupID("q1Yt0bJ8mQe3ZrVn5uKXh7oWcT2dLsPyGfAi9BvN4ME=")
	if err != nil {
		f.Fatal(err)
	}
	e := &domain.Event{
		Account: "+15550100001", Kind: domain.KindReaction, Received: 1767225600000, Source: "b8d1c7f2-93a4-4e55-8f0b-1c6a2d9e4f37",
		Group: group, Payload: []byte(`{"account":"+15550100001"}`),
	}
	f.Add(appendRecord(nil, e, ""))
	f.Add(appendRecord(nil, e, "event.0123"))
	f.Add(appendRecord(nil, &domain.Event{}, ""))
	f.Add([]byte{recordVersion, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		e, blob, err := parseRecord(data)
		if err != nil {
			return
		}
		again, blobAgain, err := parseRecord(appendRecord(nil, e, blob))
		if err != nil || blob != blobAgain || !bytes.Equal(e.Payload, again.Payload) {
			t.Fatalf("%q, %q, %v", blob, blobAgain, err)
		}
		if diff := cmp.Diff(e, again, cmp.AllowUnexported(domain.GroupID{}), cmp.FilterPath(isPayload, cmp.Ignore())); diff != "" {
			t.Error(diff)
		}
	})
}

func isPayload(p cmp.Path) bool { return p.Last().String() == ".Payload" }

// What stands on the disks of those who update must be readable: the record of an event as it was first released.
func TestRecordStaysReadable(t *testing.T) {
	data := []byte("\x01\x00\x80\xa0\xd5\xed\xee\x66\x0c+15550100001\x07message\x0c+15550100002\x00{\"n\":1}")
	e, blob, err := parseRecord(data)
	if err != nil || blob != "" {
		t.Fatal(blob, err)
	}
	want := &domain.Event{Received: 1767225600000, Account: "+15550100001", Kind: domain.KindMessage, Source: "+15550100002", Payload: []byte(`{"n":1}`)}
	if diff := cmp.Diff(want, e, cmp.AllowUnexported(domain.GroupID{})); diff != "" {
		t.Error(diff)
	}
	if got := appendRecord(nil, want, ""); !bytes.Equal(got, data) {
		t.Errorf("%q", got)
	}
}

func TestRecordsThatCannotBeRead(t *testing.T) {
	whole := appendRecord(nil, &domain.Event{Account: "+15550100001", Kind: domain.KindMessage}, "")
	for n := range len(whole) {
		if _, _, err := parseRecord(whole[:n]); err == nil {
			t.Errorf("%d of %d bytes are a record", n, len(whole))
		}
	}
	if _, _, err := parseRecord(append([]byte{recordVersion + 1}, whole[1:]...)); err == nil {
		t.Error("a record of a later version was read")
	}
}

func TestSubjectsHoldAllThatTheFilterChooses(t *testing.T) {
	s := subjects{"p"}
	for _, c := range []struct {
		name    string
		filter  domain.Filter
		subject string
	}{
		{"all", domain.Filter{}, ""},
		{"account", domain.Filter{Account: "+15550100001", Backend: true}, "p.events." + accountToken("+15550100001") + ".*.*"},
		{"kind", domain.Filter{Kinds: []domain.EventKind{domain.KindTyping}}, "p.events.*.typing.*"},
		{"kinds", domain.Filter{Kinds: []domain.EventKind{domain.KindTyping, domain.KindEdit}}, ""},
		{"sender", domain.Filter{Account: "+15550100001", Senders: []string{"x"}}, "p.events." + accountToken("+15550100001") + ".*.*"},
		{"accounts", domain.Filter{Accounts: []domain.Account{"+15550100001"}}, ""},
	} {
		if subject := s.matching(c.filter); subject != c.subject {
			t.Errorf("%s: %q", c.name, subject)
		}
	}
}
