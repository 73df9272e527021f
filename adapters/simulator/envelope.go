package simulator

// The content of envelopes, as signal-cli writes it. Fields without omitempty are always present;
// pointers among them may be null.

// body is what an envelope carries: one of its fields, or none.
type body struct {
	Data    *dataMessage    `json:"dataMessage,omitempty"`
	Edit    *editMessage    `json:"editMessage,omitempty"`
	Story   *storyMessage   `json:"storyMessage,omitempty"`
	Call    *callMessage    `json:"callMessage,omitempty"`
	Receipt *receiptMessage `json:"receiptMessage,omitempty"`
	Typing  *typingMessage  `json:"typingMessage,omitempty"`
}

type dataMessage struct {
	Timestamp          int64          `json:"timestamp"`
	Message            *string        `json:"message"`
	ExpiresInSeconds   int            `json:"expiresInSeconds"`
	IsExpirationUpdate *bool          `json:"isExpirationUpdate,omitempty"` // absent before 0.13.21
	ViewOnce           bool           `json:"viewOnce"`
	Reaction           *reaction      `json:"reaction,omitempty"`
	Quote              *quote         `json:"quote,omitempty"`
	Payment            *payment       `json:"payment,omitempty"`
	Mentions           []mention      `json:"mentions,omitempty"`
	Previews           []preview      `json:"previews,omitempty"`
	Attachments        []attachment   `json:"attachments,omitempty"`
	Sticker            *sticker       `json:"sticker,omitempty"`
	RemoteDelete       *remoteDelete  `json:"remoteDelete,omitempty"`
	TextStyles         []textStyle    `json:"textStyles,omitempty"`
	PollCreate         *pollCreate    `json:"pollCreate,omitempty"`
	PollVote           *pollVote      `json:"pollVote,omitempty"`
	PollTerminate      *pollTerminate `json:"pollTerminate,omitempty"`
	GroupInfo          *groupInfo     `json:"groupInfo,omitempty"`
	StoryContext       *storyContext  `json:"storyContext,omitempty"`
	PinMessage         *pinMessage    `json:"pinMessage,omitempty"`
	UnpinMessage       *messageTarget `json:"unpinMessage,omitempty"`
	AdminDelete        *messageTarget `json:"adminDelete,omitempty"`
}

type editMessage struct {
	TargetSentTimestamp int64        `json:"targetSentTimestamp"`
	DataMessage         *dataMessage `json:"dataMessage"`
}

type storyMessage struct {
	AllowsReplies  bool        `json:"allowsReplies"`
	GroupID        string      `json:"groupId,omitempty"`
	FileAttachment *attachment `json:"fileAttachment,omitempty"`
}

type callMessage struct {
	Offer  *callOffer  `json:"offerMessage,omitempty"`
	Answer *callAnswer `json:"answerMessage,omitempty"`
	Hangup *callHangup `json:"hangupMessage,omitempty"`
}

type callOffer struct {
	ID     uint64 `json:"id"`
	Type   string `json:"type"`
	Opaque string `json:"opaque"`
}

type callAnswer struct {
	ID     uint64 `json:"id"`
	Opaque string `json:"opaque"`
}

type callHangup struct {
	ID       uint64 `json:"id"`
	Type     string `json:"type"`
	DeviceID int    `json:"deviceId"`
}

type receiptMessage struct {
	When       int64   `json:"when"`
	IsDelivery bool    `json:"isDelivery"`
	IsRead     bool    `json:"isRead"`
	IsViewed   bool    `json:"isViewed"`
	Timestamps []int64 `json:"timestamps"`
}

type typingMessage struct {
	Action    string `json:"action"`
	Timestamp int64  `json:"timestamp"`
	GroupID   string `json:"groupId,omitempty"`
}

// messageTarget names a message by author and time.
type messageTarget struct {
	TargetAuthor        string  `json:"targetAuthor"`
	TargetAuthorNumber  *string `json:"targetAuthorNumber"`
	TargetAuthorUUID    *string `json:"targetAuthorUuid"`
	TargetSentTimestamp int64   `json:"targetSentTimestamp"`
}

type reaction struct {
	Emoji string `json:"emoji"`
	messageTarget
	IsRemove bool `json:"isRemove"`
}

type pinMessage struct {
	messageTarget
	PinDurationSeconds int `json:"pinDurationSeconds"`
}

type quote struct {
	ID           int64             `json:"id"`
	Author       string            `json:"author"`
	AuthorNumber *string           `json:"authorNumber"`
	AuthorUUID   *string           `json:"authorUuid"`
	Text         *string           `json:"text"`
	Mentions     []mention         `json:"mentions,omitempty"`
	Attachments  []quoteAttachment `json:"attachments"`
	TextStyles   []textStyle       `json:"textStyles,omitempty"`
}

type quoteAttachment struct {
	ContentType string      `json:"contentType"`
	Filename    *string     `json:"filename"`
	Thumbnail   *attachment `json:"thumbnail,omitempty"`
}

type payment struct {
	Note    string `json:"note"`
	Receipt string `json:"receipt"`
}

type mention struct {
	Name   string  `json:"name"`
	Number *string `json:"number"`
	UUID   *string `json:"uuid"`
	Start  int     `json:"start"`
	Length int     `json:"length"`
}

type textStyle struct {
	Style  string `json:"style"`
	Start  int    `json:"start"`
	Length int    `json:"length"`
}

type preview struct {
	URL         string      `json:"url"`
	Title       string      `json:"title"`
	Description string      `json:"description"`
	Image       *attachment `json:"image"`
}

type attachment struct {
	ContentType     string  `json:"contentType"`
	Filename        *string `json:"filename"`
	ID              *string `json:"id"`
	Size            *int64  `json:"size"`
	Width           *int    `json:"width"`
	Height          *int    `json:"height"`
	Caption         *string `json:"caption"`
	UploadTimestamp *int64  `json:"uploadTimestamp"`
}

type sticker struct {
	PackID    string `json:"packId"`
	StickerID int    `json:"stickerId"`
}

type remoteDelete struct {
	Timestamp int64 `json:"timestamp"`
}

type pollCreate struct {
	Question      string   `json:"question"`
	AllowMultiple bool     `json:"allowMultiple"`
	Options       []string `json:"options"`
}

type pollVote struct {
	Author              string  `json:"author"`
	AuthorNumber        *string `json:"authorNumber"`
	AuthorUUID          *string `json:"authorUuid"`
	TargetSentTimestamp int64   `json:"targetSentTimestamp"`
	OptionIndexes       []int64 `json:"optionIndexes"`
	VoteCount           int     `json:"voteCount"`
}

type pollTerminate struct {
	TargetSentTimestamp int64 `json:"targetSentTimestamp"`
}

type groupInfo struct {
	GroupID   string  `json:"groupId"`
	GroupName *string `json:"groupName"`
	Revision  int     `json:"revision"`
	Type      string  `json:"type"`
}

type storyContext struct {
	AuthorNumber  *string `json:"authorNumber"`
	AuthorUUID    *string `json:"authorUuid"`
	SentTimestamp int64   `json:"sentTimestamp"`
}

// target names a message of an address. Unknown people keep what is known of them.
func (a address) target(timestamp int64) messageTarget {
	author, number, uuid := a.author()
	return messageTarget{TargetAuthor: author, TargetAuthorNumber: number, TargetAuthorUUID: uuid, TargetSentTimestamp: timestamp}
}

// author returns the deprecated author field, number and UUID of an address.
func (a address) author() (legacy string, number, uuid *string) {
	if a.account != nil {
		return a.account.legacyID(), a.account.visibleNumber(), &a.account.uuid
	}
	if a.number != "" {
		number = &a.number
	}
	if a.uuid != "" {
		uuid = &a.uuid
	}
	return a.text(), number, uuid
}

// fragment is the body as object members with a leading comma, ready to be put behind the header.
func (b body) fragment() []byte {
	raw := encode(b)
	if len(raw) <= 2 {
		return nil
	}
	out := make([]byte, 0, len(raw))
	out = append(out, ',')
	return append(out, raw[1:len(raw)-1]...)
}
