package simulator

import (
	"strconv"
	"strings"
)

// send is the send command: text, attachments, quotes, edits and everything else in one.
func send(k *call) (any, error) {
	if k.p.boolean("endSession") {
		return k.endSession()
	}
	files, err := k.readFiles(k.p.strings("attachment"))
	if err != nil {
		return nil, err
	}
	previewImage, err := k.readOptionalFile("previewImage")
	if err != nil {
		return nil, err
	}
	return k.sendTo(true, func(_ targets, timestamp int64) (outgoing, *Error) {
		data, err := k.readMessage(files, previewImage)
		if err != nil {
			return outgoing{}, err
		}
		edited, isEdit := k.p.int64("editTimestamp")
		return outgoing{receipt: true, notifySelf: k.p.boolean("notifySelf") && !isEdit, content: func(g *group, expires int) body {
			d := *data
			k.finish(&d, timestamp, g, expires)
			if isEdit {
				return body{Edit: &editMessage{TargetSentTimestamp: edited, DataMessage: &d}}
			}
			return body{Data: &d}
		}}, nil
	})
}

// finish fills in what depends on the target.
func (k *call) finish(d *dataMessage, timestamp int64, g *group, expires int) {
	d.Timestamp, d.ExpiresInSeconds = timestamp, expires
	if k.sim.release >= release0_13_21 && d.IsExpirationUpdate == nil {
		d.IsExpirationUpdate = new(bool)
	}
	if g != nil && d.GroupInfo == nil {
		d.GroupInfo = g.info("DELIVER")
	}
}

// endSession resets the session: an empty data message and no result.
func (k *call) endSession() (any, error) {
	_, err := k.sendTo(false, func(_ targets, timestamp int64) (outgoing, *Error) {
		return outgoing{content: func(g *group, expires int) body {
			d := &dataMessage{}
			k.finish(d, timestamp, g, expires)
			return body{Data: d}
		}}, nil
	})
	if err != nil {
		return nil, err
	}
	return empty{}, nil
}

// readMessage reads the parameters of send. The caller holds network.mu.
func (k *call) readMessage(files []attachment, previewImage *attachment) (*dataMessage, *Error) {
	d := &dataMessage{Attachments: files, ViewOnce: k.p.boolean("viewOnce")}
	text := k.p.text("message")
	var err *Error
	if d.Mentions, err = k.readMentions("mention"); err != nil {
		return nil, err
	}
	if d.TextStyles, err = k.readStyles("textStyle"); err != nil {
		return nil, err
	}
	if d.Quote, err = k.readQuote(); err != nil {
		return nil, err
	}
	if d.Sticker, err = k.readSticker(); err != nil {
		return nil, err
	}
	if d.Previews, err = k.readPreview(text, previewImage); err != nil {
		return nil, err
	}
	if d.StoryContext, err = k.readStory(); err != nil {
		return nil, err
	}
	if text == "" && len(files) == 0 && d.Sticker == nil && d.Quote == nil {
		return nil, userError("Sending empty message is not allowed, either a message, attachment or sticker must be given.")
	}
	if text != "" {
		d.Message = &text
	}
	return d, k.p.err
}

// readMentions reads start:length:recipient members.
func (k *call) readMentions(name string) ([]mention, *Error) {
	var out []mention
	for _, text := range k.p.strings(name) {
		parts := strings.SplitN(text, ":", 3)
		start, length, ok := span(parts)
		if !ok {
			return nil, userError("Invalid mention syntax (%s) expected 'start:length:recipientNumber'", text)
		}
		who, err := k.net.parseAddress(parts[2])
		if err != nil {
			return nil, err
		}
		if who.account == nil {
			return nil, userError("The user %s is not registered.", who.text())
		}
		legacy, number, uuid := who.author()
		out = append(out, mention{Name: legacy, Number: number, UUID: uuid, Start: start, Length: length})
	}
	return out, nil
}

// readStyles reads start:length:STYLE members.
func (k *call) readStyles(name string) ([]textStyle, *Error) {
	var out []textStyle
	for _, text := range k.p.strings(name) {
		parts := strings.SplitN(text, ":", 3)
		start, length, ok := span(parts)
		if !ok {
			return nil, userError("Invalid textStyle syntax (%s) expected 'start:length:STYLE'", text)
		}
		switch parts[2] {
		case "NONE", "BOLD", "ITALIC", "SPOILER", "STRIKETHROUGH", "MONOSPACE":
		default:
			return nil, userError("Invalid style: %s", parts[2])
		}
		out = append(out, textStyle{Style: parts[2], Start: start, Length: length})
	}
	return out, nil
}

func span(parts []string) (start, length int, ok bool) {
	if len(parts) != 3 {
		return 0, 0, false
	}
	start, err := strconv.Atoi(parts[0])
	if err != nil || start < 0 {
		return 0, 0, false
	}
	length, err = strconv.Atoi(parts[1])
	return start, length, err == nil && length >= 0
}

func (k *call) readQuote() (*quote, *Error) {
	id, ok := k.p.int64("quoteTimestamp")
	if !ok {
		return nil, nil
	}
	text, ok := k.p.str("quoteAuthor")
	if !ok {
		return nil, userError("Quote author parameter is missing")
	}
	who, err := k.net.parseAddress(text)
	if err != nil {
		return nil, err
	}
	q := &quote{ID: id, Attachments: []quoteAttachment{}}
	q.Author, q.AuthorNumber, q.AuthorUUID = who.author()
	quoted := k.p.text("quoteMessage")
	q.Text = &quoted
	if q.Mentions, err = k.readMentions("quoteMention"); err != nil {
		return nil, err
	}
	if q.TextStyles, err = k.readStyles("quoteTextStyle"); err != nil {
		return nil, err
	}
	for _, text := range k.p.strings("quoteAttachment") {
		parts := strings.SplitN(text, ":", 3)
		a := quoteAttachment{ContentType: parts[0]}
		if len(parts) > 1 && parts[1] != "" {
			a.Filename = &parts[1]
		}
		if len(parts) > 2 {
			if a.Thumbnail, err = k.sim.storeFile(parts[2]); err != nil {
				return nil, err
			}
		}
		q.Attachments = append(q.Attachments, a)
	}
	return q, nil
}

func (k *call) readPreview(message string, image *attachment) ([]preview, *Error) {
	url, ok := k.p.str("previewUrl")
	if !ok {
		return nil, nil
	}
	if !strings.Contains(message, url) {
		return nil, userError("Preview url is not contained in message: %s", url)
	}
	return []preview{{URL: url, Title: k.p.text("previewTitle"), Description: k.p.text("previewDescription"), Image: image}}, nil
}

func (k *call) readStory() (*storyContext, *Error) {
	sent, ok := k.p.int64("storyTimestamp")
	if !ok {
		return nil, nil
	}
	who, err := k.net.parseAddress(k.p.required("storyAuthor"))
	if k.p.err != nil {
		return nil, k.p.err
	}
	if err != nil {
		return nil, err
	}
	_, number, uuid := who.author()
	return &storyContext{AuthorNumber: number, AuthorUUID: uuid, SentTimestamp: sent}, nil
}
