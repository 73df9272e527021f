package sendertest

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"heliograph/domain"
)

func text(h Harness, s string) domain.Message {
	return domain.Message{Target: domain.Target{Recipients: []domain.Recipient{h.To}}, Text: s}
}

func send(t *testing.T, h Harness, out domain.Outgoing) domain.SendResult {
	t.Helper()
	result, err := h.Sender.Send(t.Context(), h.From, out)
	if err != nil {
		t.Fatalf("send: %v", err)
	}
	return result
}

var sending = []clause{
	{name: "SendNamesTheMessage", check: func(t *testing.T, h Harness) {
		result := send(t, h, text(h, "hello"))
		if result.Timestamp < domain.MinTimestamp {
			t.Errorf("timestamp %d is no time in milliseconds", result.Timestamp)
		}
		if failed := result.Failed(); len(failed) > 0 {
			t.Errorf("failed for %v", failed)
		}
		if got := h.Delivered(t, 1); got[result.Timestamp] != "hello" {
			t.Errorf("delivered %v", got)
		}
	}},
	{name: "ConcurrentCallsGetTheirOwnAnswer", check: func(t *testing.T, h Harness) {
		const calls = 64
		sent := make([]domain.Timestamp, calls)
		var all errgroup.Group
		for i := range calls {
			all.Go(func() error {
				result, err := h.Sender.Send(t.Context(), h.From, text(h, fmt.Sprintf("text %d", i)))
				sent[i] = result.Timestamp
				return err
			})
		}
		if err := all.Wait(); err != nil {
			t.Fatal(err)
		}
		got := h.Delivered(t, calls)
		for i, timestamp := range sent {
			if want := fmt.Sprintf("text %d", i); got[timestamp] != want {
				t.Errorf("call %d was answered %d, which is %q", i, timestamp, got[timestamp])
			}
		}
	}},
	{name: "TextArrivesAsItIs", check: func(t *testing.T, h Harness) {
		for _, s := range []string{"--config=/x", "-a", "--", "@file", "two\nlines\r\n", " blanks ", "\u2028\u2029", "äöü 👋🏾 日本 \u202e rtl",
			`"quoted" \ back`, "tab\tbell\a", strings.Repeat("long ", 200_000)} {
			result := send(t, h, text(h, s))
			if got := h.Delivered(t, 1)[result.Timestamp]; got != s {
				t.Errorf("sent %.40q, arrived %.40q (%d of %d bytes)", s, got, len(got), len(s))
			}
		}
	}},
	{name: "InvalidUTF8IsInvalid", check: func(t *testing.T, h Harness) {
		_, err := h.Sender.Send(t.Context(), h.From, text(h, "bad \xff byte"))
		want(t, err, domain.Invalid)
		send(t, h, text(h, "the next one goes through"))
	}},
	{name: "NobodyIsInvalid", check: func(t *testing.T, h Harness) {
		_, err := h.Sender.Send(t.Context(), h.From, domain.Message{Text: "x"})
		want(t, err, domain.Invalid)
	}},
	{name: "EachOutgoingIsSentOrUnsupported", check: func(t *testing.T, h Harness) {
		target := domain.Target{Recipients: []domain.Recipient{h.To}}
		group := domain.Target{Recipients: []domain.Recipient{{Group: h.Group}}}
		own := domain.Recipient{Number: h.From.Number()}
		message := send(t, h, text(h, "hello, see https://example.org/a")).Timestamp
		inGroup := send(t, h, domain.Message{Target: group, Text: "hello group"}).Timestamp
		poll := domain.Poll{Target: target, Question: "Fruit?", Options: []string{"apple", "banana"}}
		var pollTime domain.Timestamp
		if h.Supports == nil || h.Supports(poll) {
			pollTime = send(t, h, poll).Timestamp
		}
		for name, out := range map[string]domain.Outgoing{
			"styled":  domain.Message{Target: target, Text: "bold", Styles: []domain.TextStyle{{Start: 0, Length: 4, Style: domain.Bold}}},
			"mention": domain.Message{Target: group, Text: "hi X", Mentions: []domain.Mention{{Start: 3, Length: 1, Author: h.To}}},
			"quote":   domain.Message{Target: target, Text: "yes", Quote: &domain.Quote{Timestamp: &message, Author: own, Text: "hello"}},
			"edit":    domain.Message{Target: target, Text: "hello again", Edit: &message},
			"preview": domain.Message{Target: target, Text: "see https://example.org/a", Preview: &domain.LinkPreview{
				URL: "https://example.org/a", Title: "Title", Image: &h.File}},
			"attachment":      domain.Message{Target: target, Attachments: []domain.AttachmentFile{h.File, h.File}},
			"view once":       domain.Message{Target: target, Attachments: []domain.AttachmentFile{h.File}, ViewOnce: true},
			"note to self":    domain.Message{Target: domain.Target{NoteToSelf: true}, Text: "note"},
			"end session":     domain.Message{Target: target, EndSession: true},
			"reaction":        domain.Reaction{Target: target, Emoji: "👍", TargetAuthor: own, TargetTimestamp: message},
			"reaction off":    domain.Reaction{Target: group, Emoji: "👍", TargetAuthor: own, TargetTimestamp: inGroup, Remove: true},
			"receipt":         domain.Receipt{Recipient: h.To, Type: domain.ReceiptViewed, TargetTimestamps: []domain.Timestamp{message, inGroup}},
			"typing":          domain.TypingIndicator{Target: target},
			"typing in group": domain.TypingIndicator{Target: group, Stop: true},
			"remote delete":   domain.RemoteDelete{Target: target, TargetTimestamp: message},
			"poll":            poll,
			"vote":            domain.Vote{Target: target, PollAuthor: own, PollTimestamp: pollTime, Options: []int{1}, Count: 1},
			"vote withdrawn":  domain.Vote{Target: target, PollAuthor: own, PollTimestamp: pollTime, Count: 2},
			"poll end":        domain.PollEnd{Target: target, PollTimestamp: pollTime},
			"pin":             domain.Pin{Target: target, TargetAuthor: own, TargetTimestamp: message, DurationSeconds: -1},
			"unpin":           domain.Unpin{Target: target, TargetAuthor: own, TargetTimestamp: message},
			"admin delete":    domain.AdminDelete{Group: h.Group, TargetAuthor: own, TargetTimestamp: inGroup},
			"story":           domain.Story{Attachment: h.File, Group: h.Group},
			"payment":         domain.PaymentNotification{Recipient: h.To, Receipt: "AAAA", Note: "thanks"},
			"request":         domain.MessageRequestResponse{Target: target, Accept: true},
		} {
			_, err := h.Sender.Send(t.Context(), h.From, out)
			switch supported := h.Supports == nil || h.Supports(out); {
			case supported && err != nil:
				t.Errorf("%s: %v", name, err)
			case !supported && (err == nil || domain.KindOf(err) != domain.Unsupported):
				t.Errorf("%s: got %v, want Unsupported", name, err)
			}
		}
	}},
	{name: "PartialFailureIsASuccess", check: func(t *testing.T, h Harness) {
		out := text(h, "to some")
		out.Recipients = append(out.Recipients, h.Stranger)
		result := send(t, h, out)
		if failed := result.Failed(); len(failed) != 1 || failed[0].Status != domain.SendUnregistered {
			t.Errorf("failed for %v, want the stranger alone", failed)
		}
		if got := h.Delivered(t, 1); got[result.Timestamp] != "to some" {
			t.Errorf("delivered %v", got)
		}
	}},
}
