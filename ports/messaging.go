package ports

import (
	"context"

	"heliograph/domain"
)

// Messaging is the driving port for everything that goes out.
type Messaging interface {
	// Send makes a Message of the draft and sends it, in one call of Sender.
	// Errors are those of Sender, and Invalid for a draft that makes no message.
	Send(ctx context.Context, draft Draft) (domain.SendResult, error)
	// Post sends anything else: reactions, receipts, polls, pins… in one call of Sender. Errors are those of Sender, and Invalid
	// for what lacks something or is out of bounds, with the name of it.
	Post(ctx context.Context, from domain.Account, out domain.Outgoing) (domain.SendResult, error)
}

// TextMode says whether markers in a text are styles.
type TextMode string

// The modes of a text; the empty one is the configured default.
const (
	TextNormal TextMode = "normal"
	TextStyled TextMode = "styled"
)

// Draft is a message as a client writes it.
type Draft struct {
	From domain.Account
	// To is as the client listed them; people and groups may not be mixed.
	To       []domain.Recipient
	Text     string
	TextMode TextMode
	// Mentions count in the text as it is sent, without markers of style.
	Mentions    []domain.Mention
	Quote       *domain.Quote
	Attachments []domain.AttachmentFile
	Sticker     *domain.StickerRef
	Preview     *domain.LinkPreview
	// Edit is nil for a new message.
	Edit     *domain.Timestamp
	ViewOnce bool
	// NotifySelf is nil for the default, true.
	NotifySelf *bool
}
