package clients_test

import (
	"bufio"
	"encoding/json"
	"strings"
	"testing"
)

// inbox is what arrives at one account, read by server-sent events.
type inbox struct {
	lines *bufio.Scanner
	seen  []string
}

// inbox opens one; what arrives from now on is in it.
func (g *gateway) inbox(t *testing.T, account string) *inbox {
	t.Helper()
	in := &inbox{lines: bufio.NewScanner(g.open(t, "/v1/receive/"+account, "text/event-stream"))}
	in.lines.Buffer(nil, 16<<20)
	if !in.lines.Scan() { // the first comment: it is open
		t.Fatalf("receive as events: %v", in.lines.Err())
	}
	return in
}

// next gives the next envelope that wanted accepts and drops those before it.
func (i *inbox) next(t *testing.T, what string, wanted func(envelope) bool) envelope {
	t.Helper()
	for i.lines.Scan() {
		data, ok := strings.CutPrefix(i.lines.Text(), "data: ")
		if !ok {
			continue
		}
		i.seen = append(i.seen, data)
		var payload struct{ Envelope envelope }
		if err := json.Unmarshal([]byte(data), &payload); err != nil {
			t.Fatalf("%s: %v", data, err)
		}
		if wanted(payload.Envelope) {
			return payload.Envelope
		}
	}
	last := i.seen[max(0, len(i.seen)-20):]
	t.Fatalf("%s did not arrive (%v); the last %d of %d that did:\n%s", what, i.lines.Err(), len(last), len(i.seen), strings.Join(last, "\n"))
	return envelope{}
}

// message gives the next message with that text.
func (i *inbox) message(t *testing.T, text string) envelope {
	t.Helper()
	return i.next(t, "message "+text, func(e envelope) bool { return e.DataMessage != nil && e.DataMessage.Message == text })
}

// envelope is what these tests read of an envelope, in signal-cli's names.
type envelope struct {
	SourceNumber, SourceUUID string
	Timestamp                int64
	DataMessage              *dataMessage
	EditMessage              *struct {
		TargetSentTimestamp int64
		DataMessage         dataMessage
	}
	TypingMessage  *struct{ Action string }
	ReceiptMessage *struct {
		IsRead, IsViewed bool
		Timestamps       []int64
	}
}

type dataMessage struct {
	Timestamp        int64
	Message          string
	ExpiresInSeconds int
	ViewOnce         bool
	Attachments      []attachment
	TextStyles       []textStyle
	Mentions         []struct {
		UUID          string
		Start, Length int
	}
	Quote *struct {
		ID               int64
		AuthorUUID, Text string
	}
	Previews  []struct{ URL, Title, Description string }
	GroupInfo *struct{ GroupID, Type string }
	Reaction  *struct {
		Emoji, TargetAuthorUUID string
		TargetSentTimestamp     int64
		IsRemove                bool
	}
	RemoteDelete *struct{ Timestamp int64 }
}

type attachment struct {
	ID, ContentType, Filename string
	Size                      int
}

type textStyle struct {
	Style         string
	Start, Length int
}
