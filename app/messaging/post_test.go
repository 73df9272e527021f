package messaging_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"heliograph/app/messaging"
	"heliograph/domain"
)

const stamp = domain.Timestamp(1700000000123)

var (
	person = domain.Recipient{Number: bob}
	toBob  = domain.Target{Recipients: to(person)}
	ab     = []string{"a", "b"}
)

func TestPostPassesOn(t *testing.T) {
	inGroup := domain.Target{Recipients: to(group(t, 'A'))}
	for name, out := range map[string]domain.Outgoing{
		"message":                domain.Message{Target: toBob, Text: "x"},
		"note to self":           domain.Message{Target: domain.Target{NoteToSelf: true}, Text: "x"},
		"reaction":               domain.Reaction{Target: inGroup, Emoji: "👍", TargetAuthor: person, TargetTimestamp: stamp},
		"read receipt":           domain.Receipt{Recipient: person, Type: domain.ReceiptRead, TargetTimestamps: []domain.Timestamp{stamp}},
		"typing":                 domain.TypingIndicator{Target: toBob},
		"remote delete":          domain.RemoteDelete{Target: toBob, TargetTimestamp: stamp},
		"poll":                   domain.Poll{Target: toBob, Question: "q", Options: []string{"a", strings.Repeat("👍", 50)}},
		"vote":                   domain.Vote{Target: toBob, PollAuthor: person, PollTimestamp: stamp, Options: []int{0, 9}, Count: 1},
		"vote taken back":        domain.Vote{Target: toBob, PollAuthor: person, PollTimestamp: stamp, Count: 2},
		"poll end":               domain.PollEnd{Target: toBob, PollTimestamp: stamp},
		"pin for ever":           domain.Pin{Target: inGroup, TargetAuthor: person, TargetTimestamp: stamp, DurationSeconds: -1},
		"pin for no time":        domain.Pin{Target: toBob, TargetAuthor: person, TargetTimestamp: stamp},
		"unpin":                  domain.Unpin{Target: toBob, TargetAuthor: person, TargetTimestamp: stamp},
		"admin delete":           domain.AdminDelete{Group: group(t, 'A').Group, TargetAuthor: person, TargetTimestamp: stamp},
		"story":                  domain.Story{Attachment: domain.AttachmentFile{Path: "/spool/1"}},
		"payment":                domain.PaymentNotification{Recipient: person, Receipt: "AAAA"},
		"message request":        domain.MessageRequestResponse{Target: toBob, Accept: true},
		"defect 27: viewed":      domain.Receipt{Recipient: person, Type: domain.ReceiptViewed, TargetTimestamps: []domain.Timestamp{stamp}},
		"reaction by a username": domain.Reaction{Target: toBob, Emoji: "x", TargetAuthor: domain.Recipient{Username: "bob.01"}, TargetTimestamp: stamp},
	} {
		t.Run(name, func(t *testing.T) {
			r := &recorder{}
			if _, err := messaging.New(r, messaging.Options{}).Post(t.Context(), alice, out); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]domain.Outgoing{out}, r.sent, cmp.AllowUnexported(domain.GroupID{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Nothing that is missing reaches the backend: DEFECTS.md, number 34.
func TestDefect34PostRefuses(t *testing.T) {
	inGroup, nobody := group(t, 'A'), domain.Target{}
	for name, tc := range map[string]struct {
		out   domain.Outgoing
		names string
	}{
		"message to nobody":         {domain.Message{Text: "x"}, "recipient"},
		"typing to nobody":          {domain.TypingIndicator{Target: nobody}, "recipient"},
		"typing to the empty one":   {domain.TypingIndicator{Target: domain.Target{Recipients: to(domain.Recipient{})}}, "recipient"},
		"typing to two groups":      {domain.TypingIndicator{Target: domain.Target{Recipients: to(inGroup, group(t, 'E'))}}, "group"},
		"reaction without emoji":    {domain.Reaction{Target: toBob, TargetAuthor: person, TargetTimestamp: stamp}, "reaction"},
		"reaction without author":   {domain.Reaction{Target: toBob, Emoji: "x", TargetTimestamp: stamp}, "target_author"},
		"reaction to a group's":     {domain.Reaction{Target: toBob, Emoji: "x", TargetAuthor: inGroup, TargetTimestamp: stamp}, "target_author"},
		"reaction without time":     {domain.Reaction{Target: toBob, Emoji: "x", TargetAuthor: person}, "timestamp"},
		"reaction in seconds":       {domain.Reaction{Target: toBob, Emoji: "x", TargetAuthor: person, TargetTimestamp: 1700000000}, "milliseconds"},
		"receipt of no kind":        {domain.Receipt{Recipient: person, TargetTimestamps: []domain.Timestamp{stamp}}, "receipt type"},
		"receipt of another kind":   {domain.Receipt{Recipient: person, Type: "seen", TargetTimestamps: []domain.Timestamp{stamp}}, "receipt type"},
		"receipt for nothing":       {domain.Receipt{Recipient: person, Type: domain.ReceiptRead}, "timestamp"},
		"receipt for no time":       {domain.Receipt{Recipient: person, Type: domain.ReceiptRead, TargetTimestamps: []domain.Timestamp{stamp, 0}}, "timestamp"},
		"receipt to nobody":         {domain.Receipt{Type: domain.ReceiptRead, TargetTimestamps: []domain.Timestamp{stamp}}, "recipient"},
		"receipt to a group":        {domain.Receipt{Recipient: inGroup, Type: domain.ReceiptRead, TargetTimestamps: []domain.Timestamp{stamp}}, "recipient"},
		"remote delete of nothing":  {domain.RemoteDelete{Target: toBob}, "timestamp"},
		"remote delete for nobody":  {domain.RemoteDelete{TargetTimestamp: stamp}, "recipient"},
		"poll without question":     {domain.Poll{Target: toBob, Options: ab}, "question"},
		"poll with one answer":      {domain.Poll{Target: toBob, Question: "q", Options: ab[:1]}, "2 to 10"},
		"poll with eleven answers":  {domain.Poll{Target: toBob, Question: "q", Options: strings.Split("abcdefghijk", "")}, "2 to 10"},
		"poll with an empty answer": {domain.Poll{Target: toBob, Question: "q", Options: []string{"a", ""}}, "100"},
		"poll with a long answer":   {domain.Poll{Target: toBob, Question: "q", Options: []string{"a", strings.Repeat("👍", 51)}}, "100"},
		"poll to nobody":            {domain.Poll{Question: "q", Options: ab}, "recipient"},
		"vote below the first":      {domain.Vote{Target: toBob, PollAuthor: person, PollTimestamp: stamp, Options: []int{-1}, Count: 1}, "selected_answers"},
		"vote past the last":        {domain.Vote{Target: toBob, PollAuthor: person, PollTimestamp: stamp, Options: []int{10}, Count: 1}, "selected_answers"},
		"vote number zero":          {domain.Vote{Target: toBob, PollAuthor: person, PollTimestamp: stamp}, "count"},
		"vote without author":       {domain.Vote{Target: toBob, PollTimestamp: stamp, Count: 1}, "poll_author"},
		"vote without time":         {domain.Vote{Target: toBob, PollAuthor: person, Count: 1}, "poll_timestamp"},
		"poll end without time":     {domain.PollEnd{Target: toBob}, "poll_timestamp"},
		"pin without author":        {domain.Pin{Target: toBob, TargetTimestamp: stamp}, "target_author"},
		"pin without time":          {domain.Pin{Target: toBob, TargetAuthor: person}, "timestamp"},
		"pin for less than no time": {domain.Pin{Target: toBob, TargetAuthor: person, TargetTimestamp: stamp, DurationSeconds: -2}, "duration"},
		"unpin without author":      {domain.Unpin{Target: toBob, TargetTimestamp: stamp}, "target_author"},
		"admin delete in no group":  {domain.AdminDelete{TargetAuthor: person, TargetTimestamp: stamp}, "group"},
		"story of nothing":          {domain.Story{}, "attachment"},
		"payment without receipt":   {domain.PaymentNotification{Recipient: person}, "receipt"},
		"payment, no base64":        {domain.PaymentNotification{Recipient: person, Receipt: "*"}, "receipt"},
		"payment to nobody":         {domain.PaymentNotification{Receipt: "AAAA"}, "recipient"},
		"message request of nobody": {domain.MessageRequestResponse{}, "recipient"},
	} {
		t.Run(name, func(t *testing.T) {
			r := &recorder{}
			_, err := messaging.New(r, messaging.Options{}).Post(t.Context(), alice, tc.out)
			if err == nil || domain.KindOf(err) != domain.Invalid || !strings.Contains(domain.DetailOf(err), tc.names) || len(r.sent) != 0 {
				t.Errorf("got %v, %d sent; want %q named", err, len(r.sent), tc.names)
			}
		})
	}
	if _, err := messaging.New(&recorder{}, messaging.Options{}).Post(t.Context(), "", domain.TypingIndicator{Target: toBob}); domain.KindOf(err) != domain.Invalid {
		t.Errorf("no account: %v", err)
	}
}
