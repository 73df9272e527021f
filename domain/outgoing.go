package domain

// Outgoing is anything an account sends. The set is closed: the types of this
// package that implement it are all there are, and an adapter of ports.Sender
// must know each (test/arch compares them with signal-cli's methods).
type Outgoing interface {
	// Operation is the field's name of it, a closed set usable as a metric's label.
	Operation() string
	outgoing()
}

// Target is where something goes: people, or exactly one group, or the account itself.
type Target struct {
	// Recipients are all people or all one group; never mixed, see NewTarget.
	Recipients []Recipient
	// NoteToSelf sends to the account's own devices; Recipients is empty then.
	NoteToSelf bool
}

// NewTarget checks that recipients can stand in one call: at least one, groups
// and people not together, one group at most. Doubles are removed, order kept. Errors are Invalid.
func NewTarget(recipients []Recipient) (Target, error) {
	if len(recipients) == 0 {
		return Target{}, Errorf(Invalid, "", "please provide at least one recipient")
	}
	seen := make(map[Recipient]bool, len(recipients))
	unique := make([]Recipient, 0, len(recipients))
	groups := 0
	for _, r := range recipients {
		if seen[r] {
			continue
		}
		seen[r] = true
		unique = append(unique, r)
		if r.IsGroup() {
			groups++
		}
	}
	switch {
	case groups > 0 && groups < len(unique):
		return Target{}, Errorf(Invalid, "", "groups and people cannot be mixed in one request; please send one request for each")
	case groups > 1:
		return Target{}, Errorf(Invalid, "", "only one group can be named in one request; please send one request for each")
	}
	return Target{Recipients: unique}, nil
}

// Message is a text with all that can come with it. Whether an empty text is
// enough (with a quote, a sticker, an attachment) is for the backend to say.
type Message struct {
	Target
	// Text is UTF-8 without markers of style.
	Text        string
	Styles      []TextStyle
	Mentions    []Mention
	Quote       *Quote
	Attachments []AttachmentFile
	Sticker     *StickerRef
	Preview     *LinkPreview
	// Edit is the timestamp of the message that this one replaces; nil for none.
	Edit *Timestamp
	// Story is set when it answers a story.
	Story      *StoryRef
	ViewOnce   bool
	VoiceNote  bool
	NoUrgent   bool
	EndSession bool
	// NotifySelf lets a message to the own number ring on the own devices.
	NotifySelf bool
}

// Mention is a person named in a text, in UTF-16 code units of it.
type Mention struct {
	Start, Length int
	Author        Recipient
}

// Quote is the message that is answered.
type Quote struct {
	// Timestamp and Author name the message; the backend refuses a quote that
	// lacks one of them. Nil and the zero Recipient are passed on as absent.
	Timestamp   *Timestamp
	Author      Recipient
	Text        string
	Mentions    []Mention
	Styles      []TextStyle
	Attachments []QuoteAttachment
}

// QuoteAttachment describes an attachment of the quoted message.
type QuoteAttachment struct {
	ContentType, FileName string
	// Preview is a thumbnail; the zero value is none.
	Preview AttachmentFile
}

// AttachmentFile is content to send, in a file of the gateway's own that lives
// as long as the call. Path never holds anything a client chose, except for the checked base name.
type AttachmentFile struct {
	// Path is absolute; its base name is what the recipient sees where FileName is empty.
	Path string
	// FileName is what the recipient sees.
	FileName string
	// ContentType is a media type such as image/png.
	ContentType string
	// Size in bytes.
	Size int64
}

// StickerRef names a sticker of an installed pack.
type StickerRef struct {
	// PackID is lower-case hex.
	PackID string
	ID     int
}

// LinkPreview is shown under a link that occurs in the text.
type LinkPreview struct {
	URL, Title, Description string
	// Image is optional.
	Image *AttachmentFile
}

// StoryRef names a story.
type StoryRef struct {
	Timestamp Timestamp
	Author    Recipient
}

// Reaction is an emoji put on a message, or taken off it.
type Reaction struct {
	Target
	Emoji           string
	TargetAuthor    Recipient
	TargetTimestamp Timestamp
	Remove          bool
	Story           bool
	NotifySelf      bool
}

// ReceiptType is what a receipt says.
type ReceiptType string

// The receipts an account can send; delivery receipts are sent by signal-cli itself.
const (
	ReceiptRead   ReceiptType = "read"
	ReceiptViewed ReceiptType = "viewed"
)

// Receipt tells a sender that its messages were read or viewed.
type Receipt struct {
	Recipient        Recipient
	Type             ReceiptType
	TargetTimestamps []Timestamp
}

// TypingIndicator says that the account writes, or stopped.
type TypingIndicator struct {
	Target
	Stop bool
}

// RemoteDelete takes a message of the account back.
type RemoteDelete struct {
	Target
	TargetTimestamp Timestamp
}

// Poll asks a question with 2 to 10 options of 1 to 100 characters.
type Poll struct {
	Target
	Question string
	Options  []string
	// Single allows one option a voter.
	Single     bool
	NotifySelf bool
}

// Vote answers a poll; no options withdraws the vote.
type Vote struct {
	Target
	PollAuthor    Recipient
	PollTimestamp Timestamp
	// Options are zero-based.
	Options []int
	// Count is 1 for the first vote on the poll and one more for each later one.
	Count      int
	NotifySelf bool
}

// PollEnd closes a poll of the account.
type PollEnd struct {
	Target
	PollTimestamp Timestamp
	NotifySelf    bool
}

// Pin pins a message.
type Pin struct {
	Target
	TargetAuthor    Recipient
	TargetTimestamp Timestamp
	// DurationSeconds is -1 for ever.
	DurationSeconds int
	Story           bool
	NotifySelf      bool
}

// Unpin takes a pinned message down.
type Unpin struct {
	Target
	TargetAuthor    Recipient
	TargetTimestamp Timestamp
	Story           bool
	NotifySelf      bool
}

// AdminDelete deletes somebody's message in a group whose admin the account is.
type AdminDelete struct {
	Group           GroupID
	TargetAuthor    Recipient
	TargetTimestamp Timestamp
	Story           bool
	NotifySelf      bool
}

// Story is an image or video shown for a day to Group, or to all contacts where Group is zero.
type Story struct {
	Attachment AttachmentFile
	Group      GroupID
	NoReplies  bool
}

// PaymentNotification tells a recipient of a payment.
type PaymentNotification struct {
	Recipient Recipient
	// Receipt is base64.
	Receipt string
	Note    string
}

// MessageRequestResponse accepts or deletes a message request.
type MessageRequestResponse struct {
	Target
	Accept bool
}

func (Message) Operation() string                { return "send" }
func (Reaction) Operation() string               { return "reaction" }
func (Receipt) Operation() string                { return "receipt" }
func (TypingIndicator) Operation() string        { return "typing" }
func (RemoteDelete) Operation() string           { return "remote_delete" }
func (Poll) Operation() string                   { return "poll" }
func (Vote) Operation() string                   { return "vote" }
func (PollEnd) Operation() string                { return "poll_end" }
func (Pin) Operation() string                    { return "pin" }
func (Unpin) Operation() string                  { return "unpin" }
func (AdminDelete) Operation() string            { return "admin_delete" }
func (Story) Operation() string                  { return "story" }
func (PaymentNotification) Operation() string    { return "payment_notification" }
func (MessageRequestResponse) Operation() string { return "message_request_response" }

func (Message) outgoing()                {}
func (Reaction) outgoing()               {}
func (Receipt) outgoing()                {}
func (TypingIndicator) outgoing()        {}
func (RemoteDelete) outgoing()           {}
func (Poll) outgoing()                   {}
func (Vote) outgoing()                   {}
func (PollEnd) outgoing()                {}
func (Pin) outgoing()                    {}
func (Unpin) outgoing()                  {}
func (AdminDelete) outgoing()            {}
func (Story) outgoing()                  {}
func (PaymentNotification) outgoing()    {}
func (MessageRequestResponse) outgoing() {}
