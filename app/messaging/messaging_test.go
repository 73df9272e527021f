package messaging_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"heliograph/app/messaging"
	"heliograph/domain"
	"heliograph/ports"
)

const (
	alice = domain.Account("+15550100001")
	bob   = domain.Number("+15550100002")
)

// recorder is a Sender that remembers what it was given.
type recorder struct{ sent []domain.Outgoing }

func (r *recorder) Send(_ context.Context, _ domain.Account, out domain.Outgoing) (domain.SendResult, error) {
	r.sent = append(r.sent, out)
	return domain.SendResult{Timestamp: 1767225601111}, nil
}

func send(t *testing.T, options messaging.Options, draft ports.Draft) (domain.Message, error) {
	t.Helper()
	r := &recorder{}
	result, err := messaging.New(r, options).Send(t.Context(), draft)
	if err != nil {
		if len(r.sent) != 0 {
			t.Fatalf("a refused draft was sent")
		}
		return domain.Message{}, err
	}
	if result.Timestamp != 1767225601111 || len(r.sent) != 1 {
		t.Fatalf("timestamp %d, %d sent", result.Timestamp, len(r.sent))
	}
	return r.sent[0].(domain.Message), nil
}

func to(recipients ...domain.Recipient) []domain.Recipient { return recipients }

func group(t *testing.T, fill byte) domain.Recipient {
	t.Helper()
	id, err := domain.ParseInternalGroupID("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" + string(fill) + "=")
	if err != nil {
		t.Fatal(err)
	}
	return domain.Recipient{Group: id}
}

func TestSendMakesAMessage(t *testing.T) {
	no := false
	tests := map[string]struct {
		options messaging.Options
		draft   ports.Draft
		want    domain.Message
	}{
		"plain text keeps its markers and rings on the own devices": {
			draft: ports.Draft{From: alice, To: to(domain.Recipient{Number: bob}), Text: "*x*"},
			want:  domain.Message{Target: domain.Target{Recipients: to(domain.Recipient{Number: bob})}, Text: "*x*", NotifySelf: true},
		},
		"notify_self can be switched off": {
			draft: ports.Draft{From: alice, To: to(domain.Recipient{Number: bob}), Text: "x", NotifySelf: &no},
			want:  domain.Message{Target: domain.Target{Recipients: to(domain.Recipient{Number: bob})}, Text: "x"},
		},
		"styled text loses its markers": {
			draft: ports.Draft{From: alice, To: to(domain.Recipient{Number: bob}), Text: "**x**", TextMode: ports.TextStyled},
			want: domain.Message{Target: domain.Target{Recipients: to(domain.Recipient{Number: bob})}, Text: "x",
				Styles: []domain.TextStyle{{Start: 0, Length: 1, Style: domain.Bold}}, NotifySelf: true},
		},
		"the default mode holds where the draft names none": {
			options: messaging.Options{DefaultTextMode: ports.TextStyled},
			draft:   ports.Draft{From: alice, To: to(domain.Recipient{Number: bob}), Text: "**x**"},
			want: domain.Message{Target: domain.Target{Recipients: to(domain.Recipient{Number: bob})}, Text: "x",
				Styles: []domain.TextStyle{{Start: 0, Length: 1, Style: domain.Bold}}, NotifySelf: true},
		},
		"the draft's mode wins over the default": {
			options: messaging.Options{DefaultTextMode: ports.TextStyled},
			draft:   ports.Draft{From: alice, To: to(domain.Recipient{Number: bob}), Text: "**x**", TextMode: ports.TextNormal},
			want:    domain.Message{Target: domain.Target{Recipients: to(domain.Recipient{Number: bob})}, Text: "**x**", NotifySelf: true},
		},
		"a recipient named two times is one": {
			draft: ports.Draft{From: alice, To: to(domain.Recipient{Number: bob}, domain.Recipient{Number: bob}), Text: "x"},
			want:  domain.Message{Target: domain.Target{Recipients: to(domain.Recipient{Number: bob})}, Text: "x", NotifySelf: true},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := send(t, test.options, test.draft)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(domain.GroupID{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func mention(start, length int) []domain.Mention {
	return []domain.Mention{{Start: start, Length: length, Author: domain.Recipient{Number: bob}}}
}

func TestSendTakesMentionsUpToTheEndAndTimeZero(t *testing.T) {
	people := to(domain.Recipient{Number: bob})
	for name, draft := range map[string]ports.Draft{
		"at the end":      {From: alice, To: people, Text: "\U0001F600x", Mentions: mention(2, 1)}, // in UTF-16 code units
		"of no length":    {From: alice, To: people, Text: "x", Mentions: mention(1, 0)},
		"edit of zero":    {From: alice, To: people, Text: "x", Edit: new(domain.Timestamp(0))},
		"quote of zero":   {From: alice, To: people, Text: "x", Quote: &domain.Quote{Timestamp: new(domain.Timestamp(0))}},
		"quote's mention": {From: alice, To: people, Text: "x", Quote: &domain.Quote{Text: "yz", Mentions: mention(1, 1)}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := send(t, messaging.Options{}, draft); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSendRefuses(t *testing.T) {
	people := to(domain.Recipient{Number: bob})
	tests := map[string]struct {
		draft ports.Draft
		kind  domain.Kind
	}{
		"no account":            {ports.Draft{To: people, Text: "x"}, domain.Invalid},
		"nobody":                {ports.Draft{From: alice, Text: "x"}, domain.Invalid},
		"people and a group":    {ports.Draft{From: alice, To: append(people, group(t, 'A')), Text: "x"}, domain.Invalid},
		"two groups":            {ports.Draft{From: alice, To: to(group(t, 'A'), group(t, 'E')), Text: "x"}, domain.Invalid},
		"unknown text mode":     {ports.Draft{From: alice, To: people, Text: "x", TextMode: "fancy"}, domain.Invalid},
		"invalid UTF-8":         {ports.Draft{From: alice, To: people, Text: "\xff"}, domain.Invalid},
		"endless text":          {ports.Draft{From: alice, To: people, Text: strings.Repeat("x", messaging.MaxTextBytes+1)}, domain.TooLarge},
		"view once of nothing":  {ports.Draft{From: alice, To: people, Text: "x", ViewOnce: true}, domain.Invalid},
		"preview without URL":   {ports.Draft{From: alice, To: people, Text: "x", Preview: &domain.LinkPreview{}}, domain.Invalid},
		"preview without TLS":   {ports.Draft{From: alice, To: people, Text: "http://a", Preview: &domain.LinkPreview{URL: "http://a"}}, domain.Invalid},
		"edit before 1970":      {ports.Draft{From: alice, To: people, Text: "x", Edit: new(domain.Timestamp(-1))}, domain.Invalid},
		"edit in seconds":       {ports.Draft{From: alice, To: people, Text: "x", Edit: new(domain.Timestamp(1700000000))}, domain.Invalid},
		"quote before 1970":     {ports.Draft{From: alice, To: people, Text: "x", Quote: &domain.Quote{Timestamp: new(domain.Timestamp(-1))}}, domain.Invalid},
		"mention behind a text": {ports.Draft{From: alice, To: people, Text: "x", Mentions: mention(5, 900)}, domain.Invalid},
		"mention over the end":  {ports.Draft{From: alice, To: people, Text: "x", Mentions: mention(0, 2)}, domain.Invalid},
		"mention before a text": {ports.Draft{From: alice, To: people, Text: "x", Mentions: mention(-1, 1)}, domain.Invalid},
		"mention less than 0":   {ports.Draft{From: alice, To: people, Text: "x", Mentions: mention(1, -1)}, domain.Invalid},
		"endless mention":       {ports.Draft{From: alice, To: people, Text: "x", Mentions: mention(1, math.MaxInt)}, domain.Invalid},
		"mention in no quote":   {ports.Draft{From: alice, To: people, Text: "x", Quote: &domain.Quote{Text: "y", Mentions: mention(1, 1)}}, domain.Invalid},
		"preview not in a text": {ports.Draft{From: alice, To: people, Text: "x", Preview: &domain.LinkPreview{URL: "https://a"}}, domain.Invalid},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := send(t, messaging.Options{}, test.draft)
			if err == nil || domain.KindOf(err) != test.kind {
				t.Errorf("got %v, want kind %v", err, test.kind)
			}
		})
	}
}
