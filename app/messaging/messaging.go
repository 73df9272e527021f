// Package messaging makes messages of what clients write and sends them.
package messaging

import (
	"context"
	"strings"
	"unicode/utf8"

	"heliograph/domain"
	"heliograph/ports"
)

// MaxTextBytes bounds a text; Signal itself cuts far earlier.
const MaxTextBytes = 1 << 20

// Service implements ports.Messaging on a ports.Sender.
type Service struct {
	sender  ports.Sender
	options Options
}

var _ ports.Messaging = (*Service)(nil)

// Options of a Service; the zero value works.
type Options struct {
	// DefaultTextMode is that of drafts that name none; empty means normal.
	DefaultTextMode ports.TextMode
}

// New makes a Service that sends through sender.
func New(sender ports.Sender, options Options) *Service {
	return &Service{sender: sender, options: options}
}

// Send implements ports.Messaging.
func (s *Service) Send(ctx context.Context, draft ports.Draft) (domain.SendResult, error) {
	message, err := s.message(draft)
	if err != nil {
		return domain.SendResult{}, err
	}
	return s.sender.Send(ctx, draft.From, message)
}

func (s *Service) message(draft ports.Draft) (domain.Message, error) {
	if draft.From == "" {
		return domain.Message{}, domain.Errorf(domain.Invalid, "send", "please provide a valid number to send from")
	}
	target, err := domain.NewTarget(draft.To)
	if err != nil {
		return domain.Message{}, err
	}
	text, styles, err := s.text(draft)
	if err != nil {
		return domain.Message{}, err
	}
	if err := checkPreview(draft.Preview, text); err != nil {
		return domain.Message{}, err
	}
	if err := firstOf(checkMentions(draft.Mentions, text), checkQuote(draft.Quote), checkGiven("edit_timestamp", draft.Edit)); err != nil {
		return domain.Message{}, err
	}
	if draft.ViewOnce && len(draft.Attachments) == 0 {
		return domain.Message{}, domain.Errorf(domain.Invalid, "send", "view_once needs an attachment, an image or a video")
	}
	return domain.Message{
		Target:      target,
		Text:        text,
		Styles:      styles,
		Mentions:    draft.Mentions,
		Quote:       draft.Quote,
		Attachments: draft.Attachments,
		Sticker:     draft.Sticker,
		Preview:     draft.Preview,
		Edit:        draft.Edit,
		ViewOnce:    draft.ViewOnce,
		NotifySelf:  draft.NotifySelf == nil || *draft.NotifySelf,
	}, nil
}

func (s *Service) text(draft ports.Draft) (string, []domain.TextStyle, error) {
	switch {
	case len(draft.Text) > MaxTextBytes:
		return "", nil, domain.Errorf(domain.TooLarge, "send", "the message has more than %d bytes", MaxTextBytes)
	case !utf8.ValidString(draft.Text):
		return "", nil, domain.Errorf(domain.Invalid, "send", "the message is not valid UTF-8")
	}
	mode := draft.TextMode
	if mode == "" {
		mode = s.options.DefaultTextMode
	}
	switch mode {
	case ports.TextStyled:
		text, styles := domain.ParseStyledText(draft.Text)
		return text, styles, nil
	case ports.TextNormal, "":
		return draft.Text, nil, nil
	}
	return "", nil, domain.Errorf(domain.Invalid, "send", "text_mode must be normal or styled")
}

// checkMentions demands that mentions lie within the text that they are of.
func checkMentions(mentions []domain.Mention, text string) error {
	length := int(domain.UTF16Len(text))
	for _, m := range mentions {
		if m.Start < 0 || m.Length < 0 || m.Start > length || m.Length > length-m.Start {
			return domain.Errorf(domain.Invalid, "send", "a mention must lie within the text, which has %d UTF-16 code units", length)
		}
	}
	return nil
}

func checkQuote(quote *domain.Quote) error {
	if quote == nil {
		return nil
	}
	return firstOf(checkGiven("quote_timestamp", quote.Timestamp), checkMentions(quote.Mentions, quote.Text))
}

// checkGiven checks a timestamp that may be absent. Zero passes, as in the reference: signal-cli answers for it.
func checkGiven(what string, timestamp *domain.Timestamp) error {
	if timestamp == nil || *timestamp == 0 {
		return nil
	}
	if _, err := domain.ParseTimestamp(int64(*timestamp)); err != nil {
		return domain.Errorf(domain.Invalid, "send", "%s: %s", what, domain.DetailOf(err))
	}
	return nil
}

func checkPreview(preview *domain.LinkPreview, text string) error {
	switch {
	case preview == nil:
		return nil
	case preview.URL == "":
		return domain.Errorf(domain.Invalid, "send", "please provide the URL of the link preview")
	case !strings.HasPrefix(preview.URL, "https://"):
		return domain.Errorf(domain.Invalid, "send", "the URL of a link preview must start with https://")
	case !strings.Contains(text, preview.URL):
		return domain.Errorf(domain.Invalid, "send", "the URL of the link preview is missing in the message")
	}
	return nil
}
