package httpapi

import (
	"encoding/hex"
	"errors"
	"strconv"
	"strings"

	"heliograph/domain"
	"heliograph/ports"
)

func findRateLimit(err error) (*domain.RateLimit, bool) {
	var limit *domain.RateLimit
	ok := errors.As(err, &limit)
	return limit, ok
}

// draft is the message that a body of version 2 describes. Errors are Invalid.
func (b *sendBody) draft() (ports.Draft, error) {
	from, err := b.from()
	if err != nil {
		return ports.Draft{}, err
	}
	listed := b.recipients
	if b.recipient != nil {
		listed = append(listed[:len(listed):len(listed)], *b.recipient)
	}
	d := ports.Draft{
		From: from, Text: b.message, TextMode: ports.TextMode(b.textMode), Attachments: b.attachments,
		Edit: (*domain.Timestamp)(b.editTimestamp), ViewOnce: b.viewOnce, NotifySelf: b.notifySelf,
	}
	if d.TextMode != "" && d.TextMode != ports.TextNormal && d.TextMode != ports.TextStyled {
		return d, domain.Errorf(domain.Invalid, "", "text_mode must be normal or styled")
	}
	if d.To, err = parseRecipients(listed); err != nil {
		return d, err
	}
	if d.Mentions, err = parseMentions(b.mentions); err != nil {
		return d, err
	}
	if d.Quote, err = b.quote(); err != nil {
		return d, err
	}
	if d.Sticker, err = parseSticker(b.sticker); err != nil {
		return d, err
	}
	if p := b.preview; p != nil {
		d.Preview = &domain.LinkPreview{URL: p.url, Title: p.title, Description: p.description, Image: p.image}
	}
	return d, nil
}

// draftV1 is the message that a body of version 1 describes. Errors are Invalid.
func (b *sendBody) draftV1() (ports.Draft, error) {
	from, err := b.from()
	if err != nil {
		return ports.Draft{}, err
	}
	listed := b.recipients
	if b.isGroup {
		listed = make([]string, len(b.recipients))
		for i, id := range b.recipients {
			listed[i] = "group." + strings.TrimPrefix(id, "group.")
		}
	}
	to, err := parseRecipients(listed)
	for _, r := range to {
		if b.isGroup && !r.IsGroup() {
			return ports.Draft{}, domain.Errorf(domain.Invalid, "", "Invalid group id")
		}
	}
	return ports.Draft{From: from, To: to, Text: b.message, TextMode: ports.TextNormal, Attachments: b.attachments}, err
}

func (b *sendBody) from() (domain.Account, error) {
	if b.number == "" {
		return "", domain.Errorf(domain.Invalid, "", "Couldn't process request - please provide a valid number")
	}
	return domain.ParseAccount(b.number)
}

func parseRecipients(list []string) ([]domain.Recipient, error) {
	if len(list) == 0 {
		return nil, domain.Errorf(domain.Invalid, "", "Couldn't process request - please provide at least one recipient")
	}
	recipients := make([]domain.Recipient, len(list))
	for i, s := range list {
		var err error
		if recipients[i], err = domain.ParseRecipient(s); err != nil {
			return nil, err
		}
	}
	return recipients, nil
}

// quote is what is answered, nil when the body says nothing of it.
func (b *sendBody) quote() (*domain.Quote, error) {
	if b.quoteTimestamp == nil && b.quoteAuthor == nil && b.quoteMessage == nil && b.quoteMentions == nil {
		return nil, nil
	}
	q := &domain.Quote{Timestamp: (*domain.Timestamp)(b.quoteTimestamp), Text: value(b.quoteMessage)}
	var err error
	if author := value(b.quoteAuthor); author != "" {
		if q.Author, err = domain.ParseAuthor(author); err != nil {
			return nil, err
		}
	}
	q.Mentions, err = parseMentions(b.quoteMentions)
	return q, err
}

func parseMentions(list []mention) ([]domain.Mention, error) {
	if len(list) == 0 {
		return nil, nil
	}
	mentions := make([]domain.Mention, len(list))
	for i, m := range list {
		author, err := domain.ParseAuthor(m.author)
		if err != nil {
			return nil, err
		}
		mentions[i] = domain.Mention{Start: int(m.start), Length: int(m.length), Author: author}
	}
	return mentions, nil
}

// parseSticker reads `<pack ID in hex>:<number>`; empty is none.
func parseSticker(s string) (*domain.StickerRef, error) {
	if s == "" {
		return nil, nil
	}
	pack, number, ok := strings.Cut(s, ":")
	if !ok {
		return nil, domain.Errorf(domain.Invalid, "", "Couldn't process request - please provide valid sticker delimiter")
	}
	if _, err := hex.DecodeString(pack); err != nil || pack == "" {
		return nil, domain.Errorf(domain.Invalid, "", "the pack ID of a sticker must be hex")
	}
	id, err := strconv.ParseUint(number, 10, 31)
	if err != nil {
		return nil, domain.Errorf(domain.Invalid, "", "the number of a sticker must be an integer")
	}
	return &domain.StickerRef{PackID: strings.ToLower(pack), ID: int(id)}, nil
}
