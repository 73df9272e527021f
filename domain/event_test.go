package domain_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"heliograph/domain"
)

func TestFilter(t *testing.T) {
	const one, two = domain.Account("+15550100001"), domain.Account("+15550100002")
	for _, c := range []struct {
		name   string
		filter domain.Filter
		event  domain.Event
		want   bool
	}{
		{"zero takes all", domain.Filter{}, domain.Event{Account: one, Kind: domain.KindTyping}, true},
		{"account", domain.Filter{Account: one}, domain.Event{Account: one, Kind: domain.KindMessage}, true},
		{"other account", domain.Filter{Account: one}, domain.Event{Account: two, Kind: domain.KindMessage}, false},
		{"kind", domain.Filter{Kinds: []domain.EventKind{domain.KindEdit, domain.KindMessage}}, domain.Event{Kind: domain.KindMessage}, true},
		{"other kind", domain.Filter{Kinds: []domain.EventKind{domain.KindEdit}}, domain.Event{Kind: domain.KindMessage}, false},
		{"kind of another account", domain.Filter{Account: one, Kinds: []domain.EventKind{domain.KindEdit}}, domain.Event{Account: two, Kind: domain.KindEdit}, false},
		{"one of several accounts", domain.Filter{Accounts: []domain.Account{one, two}}, domain.Event{Account: two}, true},
		{"none of several accounts", domain.Filter{Accounts: []domain.Account{one}}, domain.Event{Account: two}, false},
		{"sender", domain.Filter{Senders: []string{"+15550100003", "b8d1c7f2-93a4-4e55-8f0b-1c6a2d9e4f37"}}, domain.Event{Source: "b8d1c7f2-93a4-4e55-8f0b-1c6a2d9e4f37"}, true},
		{"other sender", domain.Filter{Senders: []string{"+15550100003"}}, domain.Event{Source: "+15550100004"}, false},
		{"number of a sender with UUID", domain.Filter{Senders: []string{"+15550100003"}}, domain.Event{Source: "b8d1c7f2-93a4-4e55-8f0b-1c6a2d9e4f37",
			Payload: []byte(`{"envelope":{"sourceNumber":"+15550100003","sourceUuid":"b8d1c7f2-93a4-4e55-8f0b-1c6a2d9e4f37"}}`)}, true},
		{"no sender", domain.Filter{Senders: []string{""}}, domain.Event{}, false},
		{"direct for a group", domain.Filter{Groups: []domain.GroupID{groupID(t, exampleGroup)}}, domain.Event{}, false},
		{"group", domain.Filter{Groups: []domain.GroupID{groupID(t, exampleGroup)}}, domain.Event{Group: groupID(t, exampleGroup)}, true},
		{"with its sender", domain.Filter{With: "+15550100003"}, domain.Event{Kind: domain.KindMessage, Source: "+15550100003"}, true},
		{"with the number of a sender with UUID", domain.Filter{With: "+15550100003"}, domain.Event{Kind: domain.KindEdit, Source: "b8d1c7f2-93a4-4e55-8f0b-1c6a2d9e4f37",
			Payload: []byte(`{"envelope":{"sourceNumber":"+15550100003","sourceUuid":"b8d1c7f2-93a4-4e55-8f0b-1c6a2d9e4f37"}}`)}, true},
		{"with somebody else", domain.Filter{With: "+15550100004"}, domain.Event{Kind: domain.KindMessage, Source: "+15550100003"}, false},
		{"with its sender, in a group", domain.Filter{With: "+15550100003"}, domain.Event{Kind: domain.KindMessage, Source: "+15550100003", Group: groupID(t, exampleGroup)}, false},
		{"with whom an own device sent to", domain.Filter{With: "+15550100003"}, sent(`"destination":"+15550100003"`), true},
		{"with whom an own device sent to, by number", domain.Filter{With: "+15550100003"},
			sent(`"destination":"b8d1c7f2-93a4-4e55-8f0b-1c6a2d9e4f37","destinationNumber":"+15550100003","destinationUuid":"b8d1c7f2-93a4-4e55-8f0b-1c6a2d9e4f37"`), true},
		{"with whom an own device sent to, by UUID", domain.Filter{With: "b8d1c7f2-93a4-4e55-8f0b-1c6a2d9e4f37"},
			sent(`"destination":"+15550100003","destinationNumber":"+15550100003","destinationUuid":"b8d1c7f2-93a4-4e55-8f0b-1c6a2d9e4f37"`), true},
		{"with whom an own device sent an edit to", domain.Filter{With: "+15550100003"}, sent(`"destination":"+15550100003","editMessage":{"dataMessage":{}}`), true},
		{"with nobody of a sync message", domain.Filter{With: "+15550100003"}, sent(`"destination":null,"destinationNumber":""`), false},
		{"with the account itself", domain.Filter{With: string(one)}, sent(`"destination":"+15550100003"`), false},
		{"with whom a read message was of", domain.Filter{With: "+15550100003"}, domain.Event{Kind: domain.KindSync, Source: string(one),
			Payload: []byte(`{"envelope":{"source":"+15550100001","syncMessage":{"readMessages":[{"sender":"+15550100003"}]}}}`)}, false},
		{"account state", domain.Filter{Account: one}, domain.Event{Account: one, Kind: domain.KindAccount}, true},
		{"account state for who wants the backend's", domain.Filter{Account: one, Backend: true}, domain.Event{Account: one, Kind: domain.KindAccount}, false},
		{"message for who wants the backend's", domain.Filter{Account: one, Backend: true}, domain.Event{Account: one, Kind: domain.KindMessage}, true},
		{"failure for who wants the backend's", domain.Filter{Backend: true}, domain.Event{Kind: domain.KindReceiveError}, true},
		{"gap for who wants the backend's", domain.Filter{Backend: true}, domain.Event{Kind: domain.KindGap}, true},
		{"gap", domain.Filter{Account: one, Kinds: []domain.EventKind{domain.KindEdit}}, domain.Event{Kind: domain.KindGap}, true},
		{"reset", domain.Filter{Account: one, Kinds: []domain.EventKind{domain.KindEdit}}, domain.Event{Kind: domain.KindReset}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.filter.Match(&c.event); got != c.want {
				t.Errorf("%v", got)
			}
		})
	}
}

// sent is what another device of +15550100001 sent.
func sent(fields string) domain.Event {
	return domain.Event{Kind: domain.KindSync, Source: "+15550100001",
		Payload: []byte(`{"envelope":{"source":"+15550100001","syncMessage":{"sentMessage":{` + fields + `,"message":"x"}}}}`)}
}

func TestNewTarget(t *testing.T) {
	group := recipient(t, exampleGroup)
	other := recipient(t, "group.QUFFQ0F3UUZCZ2NJQ1FvTERBME9Edz09")
	number, name := recipient(t, "+15550100001"), recipient(t, "bob.01")
	for _, c := range []struct {
		name     string
		in, want []domain.Recipient
	}{
		{"nobody", nil, nil},
		{"two people", []domain.Recipient{number, name}, []domain.Recipient{number, name}},
		{"one twice", []domain.Recipient{name, number, name}, []domain.Recipient{name, number}},
		{"one spelled twice", []domain.Recipient{number, recipient(t, "+1 555 010 0001")}, []domain.Recipient{number}},
		{"a group", []domain.Recipient{group, group}, []domain.Recipient{group}},
		{"two groups", []domain.Recipient{group, other}, nil},
		{"a group and a person", []domain.Recipient{group, number}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			target, err := domain.NewTarget(c.in)
			wantInvalid(t, c.name, err, c.want == nil)
			if diff := cmp.Diff(c.want, target.Recipients, cmp.AllowUnexported(domain.GroupID{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func recipient(t testing.TB, s string) domain.Recipient {
	t.Helper()
	r, err := domain.ParseRecipient(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestParseTimestamp(t *testing.T) {
	for ms, valid := range map[int64]bool{1700000000123: true, 1 << 31: true, 1<<31 - 1: false, 1700000000: false, 0: false, -1: false, -1 << 63: false} {
		got, err := domain.ParseTimestamp(ms)
		wantInvalid(t, "timestamp", err, !valid)
		if valid && (int64(got) != ms || got.Time().UnixMilli() != ms) || !valid && got != 0 {
			t.Errorf("%d is %d", ms, got)
		}
	}
}

func TestFailedResults(t *testing.T) {
	result := domain.SendResult{Results: []domain.RecipientResult{
		{Status: domain.SendSuccess}, {Status: domain.SendRateLimited}, {Status: "NEW_FAILURE"},
	}}
	if failed := result.Failed(); len(failed) != 2 || failed[0].Status != domain.SendRateLimited {
		t.Errorf("%+v", failed)
	}
	if failed := (domain.SendResult{}).Failed(); failed != nil {
		t.Errorf("%+v", failed)
	}
}

func groupID(t *testing.T, s string) domain.GroupID {
	t.Helper()
	id, err := domain.ParseGroupID(s)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// The hub does not look at single events where these say that nothing else chooses.
func TestFilterWithoutMore(t *testing.T) {
	for name, c := range map[string]struct {
		filter          domain.Filter
		account, origin bool
	}{
		"zero":     {domain.Filter{}, true, true},
		"account":  {domain.Filter{Account: "+15550100001"}, true, true},
		"backend":  {domain.Filter{Account: "+15550100001", Backend: true}, false, true},
		"accounts": {domain.Filter{Accounts: []domain.Account{"+15550100001"}}, false, false},
		"kinds":    {domain.Filter{Kinds: []domain.EventKind{domain.KindEdit}}, false, false},
		"senders":  {domain.Filter{Senders: []string{"+15550100001"}, Backend: true}, false, false},
		"groups":   {domain.Filter{Groups: []domain.GroupID{groupID(t, exampleGroup)}}, false, false},
	} {
		if c.filter.ByAccountAlone() != c.account || c.filter.ByOriginAlone() != c.origin {
			t.Errorf("%s: %v, %v", name, c.filter.ByAccountAlone(), c.filter.ByOriginAlone())
		}
	}
}
