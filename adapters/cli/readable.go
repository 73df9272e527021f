package cli

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"
)

// notice is what a person wants to know of a payload.
type notice struct {
	Envelope struct {
		SourceNumber   string
		SourceName     string
		SourceUUID     string `json:"sourceUuid"`
		Timestamp      int64
		DataMessage    *dataMessage
		EditMessage    *struct{ DataMessage dataMessage }
		ReceiptMessage *struct{ IsDelivery, IsRead, IsViewed bool }
		TypingMessage  *struct{ Action string }
		SyncMessage    *struct{ SentMessage *sentMessage }
		CallMessage    json.RawMessage
	}
	Exception *struct{ Type string }
}

type dataMessage struct {
	Message     *string
	Attachments []json.RawMessage
	Reaction    *struct{ Emoji string }
	GroupInfo   *struct{ GroupName, GroupID string }
	Sticker     json.RawMessage
}

// sentMessage is what another device of the account sent.
type sentMessage struct {
	Destination, DestinationNumber string
	dataMessage
}

// readable is one line for people: when, who, what. What it does not know it names by its kind.
func readable(payload []byte) string {
	var n notice
	if json.Unmarshal(payload, &n) != nil {
		return printable(string(payload))
	}
	e := n.Envelope
	who := first(e.SourceName, e.SourceNumber, e.SourceUUID, "unknown")
	if e.SourceName != "" && e.SourceNumber != "" {
		who += " (" + e.SourceNumber + ")"
	}
	what := n.what()
	if e.DataMessage != nil && e.DataMessage.GroupInfo != nil {
		who += " in " + first(e.DataMessage.GroupInfo.GroupName, "a group")
	}
	when := time.UnixMilli(e.Timestamp).UTC().Format("2006-01-02 15:04:05")
	return printable(fmt.Sprintf("%s  %s: %s", when, who, what))
}

// readableEvent is one line for people of an event: the account, and what readable says of it.
func readableEvent(event []byte) string {
	var e struct {
		Account, Kind, Raw string
		Received           int64
		Payload            json.RawMessage
	}
	if json.Unmarshal(event, &e) != nil {
		return printable(string(event))
	}
	line := readable(e.Payload)
	var shape struct{ Envelope json.RawMessage }
	if json.Unmarshal(e.Payload, &shape) != nil || shape.Envelope == nil { // nobody sent it
		line = strings.TrimSpace(printable(time.UnixMilli(e.Received).UTC().Format("2006-01-02 15:04:05") + "  [" + e.Kind + "] " + e.Raw))
	}
	return printable(first(e.Account, "-")) + "  " + line
}

func (n notice) what() string {
	e := n.Envelope
	switch {
	case n.Exception != nil:
		return "[could not be read: " + n.Exception.Type + "]"
	case e.DataMessage != nil:
		return e.DataMessage.what()
	case e.EditMessage != nil:
		return "[edit] " + e.EditMessage.DataMessage.what()
	case e.ReceiptMessage != nil && e.ReceiptMessage.IsViewed:
		return "[viewed]"
	case e.ReceiptMessage != nil && e.ReceiptMessage.IsRead:
		return "[read]"
	case e.ReceiptMessage != nil:
		return "[delivered]"
	case e.TypingMessage != nil:
		return "[typing " + strings.ToLower(e.TypingMessage.Action) + "]"
	case e.SyncMessage != nil && e.SyncMessage.SentMessage != nil:
		return e.SyncMessage.SentMessage.what()
	case e.SyncMessage != nil:
		return "[sync]"
	case e.CallMessage != nil:
		return "[call]"
	}
	return "[other]"
}

func (s sentMessage) what() string {
	to := first(s.DestinationNumber, s.Destination, "a group")
	if s.GroupInfo != nil {
		to = first(s.GroupInfo.GroupName, to)
	}
	return "[sent to " + to + "] " + s.dataMessage.what()
}

func (d dataMessage) what() string {
	var parts []string
	if d.Message != nil && *d.Message != "" {
		parts = append(parts, *d.Message)
	}
	if d.Reaction != nil {
		parts = append(parts, "[reaction "+d.Reaction.Emoji+"]")
	}
	if d.Sticker != nil {
		parts = append(parts, "[sticker]")
	}
	if len(d.Attachments) > 0 {
		parts = append(parts, fmt.Sprintf("[%d attachments]", len(d.Attachments)))
	}
	if parts == nil {
		return "[message without text]"
	}
	return strings.Join(parts, " ")
}

// printable takes out what would move a terminal's cursor or change its state; senders are strangers.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
}
