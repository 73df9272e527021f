package domain

import "encoding/json"

// Received is an envelope decoded: exactly one field is set, or none for an
// envelope without content or of a kind newer than this gateway. An exception
// may come beside what could be read. Members of the JSON that have no field here are in Envelope.Raw.
type Received struct {
	Data      *DataMessage      `json:"dataMessage"`
	Edit      *EditMessage      `json:"editMessage"`
	Story     *StoryMessage     `json:"storyMessage"`
	Sync      *SyncMessage      `json:"syncMessage"`
	Call      *CallMessage      `json:"callMessage"`
	Receipt   *ReceiptMessage   `json:"receiptMessage"`
	Typing    *TypingMessage    `json:"typingMessage"`
	Exception *ReceiveException `json:"-"`
	CallEvent *CallEvent        `json:"-"`
}

// Decode reads what the envelope brings. Errors are Invalid: a member has another type than signal-cli gives it.
func (e *Envelope) Decode() (Received, error) {
	var r Received
	var err error
	switch {
	case e.form == formCallEvent:
		err = json.Unmarshal(e.json.b, &r.CallEvent)
	case e.envelope != span{}:
		err = json.Unmarshal(e.json.bytes(e.envelope), &r)
	}
	if err == nil && e.exception != (span{}) {
		err = json.Unmarshal(e.json.bytes(e.exception), &r.Exception)
	}
	if err != nil {
		return Received{}, &Error{Kind: Invalid, Detail: "received payload has members of unexpected types", Err: err}
	}
	return r, nil
}

// DataMessage is a message and all that is sent like one. Nearly all is optional.
type DataMessage struct {
	Timestamp          Timestamp
	Message            *string
	ExpiresInSeconds   int
	IsExpirationUpdate bool
	ViewOnce           bool
	GroupInfo          *GroupInfo
	Reaction           *ReceivedReaction
	Quote              *ReceivedQuote
	Mentions           []ReceivedMention
	Previews           []ReceivedPreview
	Attachments        []ReceivedAttachment
	TextStyles         []TextStyle
	Sticker            *ReceivedSticker
	RemoteDelete       *struct{ Timestamp Timestamp }
	PollCreate         *PollCreate
	PollVote           *PollVote
	PollTerminate      *struct{ TargetSentTimestamp Timestamp }
	PinMessage         *PinMessage
	UnpinMessage       *TargetMessage
	AdminDelete        *TargetMessage
	StoryContext       *StoryContext
	Payment            *struct{ Note, Receipt string }
	// Contacts are shared address book entries, as signal-cli gives them.
	Contacts []json.RawMessage
}

// GroupInfo says which group a message belongs to.
type GroupInfo struct {
	// GroupID is signal-cli's form, see ParseInternalGroupID.
	GroupID   string `json:"groupId"`
	GroupName string
	Revision  int
	// Type is UPDATE when the group itself changed, else DELIVER.
	Type string
}

// TargetMessage names a message.
type TargetMessage struct {
	// TargetAuthorNumber and TargetAuthorUUID can each be empty.
	TargetAuthorNumber  Number
	TargetAuthorUUID    UUID `json:"targetAuthorUuid"`
	TargetSentTimestamp Timestamp
}

// ReceivedReaction is an emoji put on a message, or taken off it.
type ReceivedReaction struct {
	TargetMessage
	Emoji    string
	IsRemove bool
}

// PinMessage pins a message: -1 for ever, 0 when the sender gave no time.
type PinMessage struct {
	TargetMessage
	PinDurationSeconds int
}

// ReceivedQuote is the message that is answered.
type ReceivedQuote struct {
	ID           Timestamp
	AuthorNumber Number
	AuthorUUID   UUID `json:"authorUuid"`
	Text         string
	Mentions     []ReceivedMention
	TextStyles   []TextStyle
	Attachments  []struct {
		ContentType string
		FileName    string
		Thumbnail   *ReceivedAttachment
	}
}

// ReceivedMention is a person named in a text; the place holds U+FFFC.
type ReceivedMention struct {
	Number        Number
	UUID          UUID
	Start, Length UTF16Length
}

// ReceivedPreview is shown under a link.
type ReceivedPreview struct {
	URL, Title, Description string
	Image                   *ReceivedAttachment
}

// ReceivedAttachment describes a file; ID is empty for a quote's own.
type ReceivedAttachment struct {
	ID              AttachmentID
	ContentType     string
	FileName        string
	Size            int64
	Width, Height   int
	Caption         string
	UploadTimestamp Timestamp
}

// ReceivedSticker names a sticker.
type ReceivedSticker struct {
	PackID    string `json:"packId"`
	StickerID int    `json:"stickerId"`
}

// StoryContext names the story that is answered.
type StoryContext struct {
	AuthorNumber  Number
	AuthorUUID    UUID `json:"authorUuid"`
	SentTimestamp Timestamp
}

// PollCreate is a question.
type PollCreate struct {
	Question      string
	AllowMultiple bool
	Options       []string
}

// PollVote answers one; no indexes withdraws the vote.
type PollVote struct {
	AuthorNumber        Number
	AuthorUUID          UUID `json:"authorUuid"`
	TargetSentTimestamp Timestamp
	OptionIndexes       []int
	VoteCount           int
}

// EditMessage replaces the text of a message.
type EditMessage struct {
	TargetSentTimestamp Timestamp
	DataMessage         DataMessage
}

// StoryMessage is a story: a file or a text.
type StoryMessage struct {
	AllowsReplies  bool
	GroupID        string `json:"groupId"`
	FileAttachment *ReceivedAttachment
	TextAttachment *struct {
		Text                string
		Style               string
		TextForegroundColor string
		TextBackgroundColor string
		BackgroundColor     string
		Preview             *ReceivedPreview
	}
}

// ReceiptMessage tells that messages arrived, were read or viewed; all three flags can be false.
type ReceiptMessage struct {
	When                         Timestamp
	IsDelivery, IsRead, IsViewed bool
	Timestamps                   []Timestamp
}

// TypingMessage tells that somebody writes (STARTED) or no longer does (STOPPED).
type TypingMessage struct {
	Action    string
	Timestamp Timestamp
	GroupID   string `json:"groupId"`
}

// CallMessage is the signalling of a call between two people; all fields are empty for group calls.
type CallMessage struct {
	OfferMessage, AnswerMessage, BusyMessage, HangupMessage *CallSignal
	IceUpdateMessages                                       []CallSignal
}

// CallSignal is one part of it; Type and DeviceID are set where the part has them.
type CallSignal struct {
	ID       CallID
	Type     string
	Opaque   string
	DeviceID int `json:"deviceId"`
}

// CallEvent is the state of a call that the backend takes part in.
type CallEvent struct {
	CallID                            CallID `json:"callId"`
	State                             string
	Number                            Number
	UUID                              UUID
	IsOutgoing                        bool
	InputDeviceName, OutputDeviceName string
	// Reason is set when State is ENDED.
	Reason string
}

// ReceiveException tells that an envelope could not be read; Type is a class name of signal-cli.
type ReceiveException struct{ Type, Message string }

// SyncMessage is what another device of the account did; all fields are empty for kinds that signal-cli does not pass on.
type SyncMessage struct {
	SentMessage      *SentMessage
	SentStoryMessage *SentStoryMessage
	BlockedNumbers   []string
	BlockedGroupIDs  []string `json:"blockedGroupIds"`
	ReadMessages     []struct {
		SenderNumber Number
		SenderUUID   UUID `json:"senderUuid"`
		Timestamp    Timestamp
	}
	// Type is CONTACTS_SYNC or GROUPS_SYNC.
	Type string
}

// SentMessage is what another device sent: a message, or an edit.
type SentMessage struct {
	Destination
	DataMessage
	EditMessage *EditMessage
}

// SentStoryMessage is a story that another device sent.
type SentStoryMessage struct {
	Destination
	StoryMessage
}

// Destination is whom another device wrote to; empty for groups.
type Destination struct {
	DestinationNumber Number
	DestinationUUID   UUID `json:"destinationUuid"`
}
