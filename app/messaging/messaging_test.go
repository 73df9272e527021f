package messaging_test

import (
	"context"
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
