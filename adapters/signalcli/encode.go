package signalcli

import (
	"strconv"

	"heliograph/domain"
)

// encode is the call that sends out. Errors are Invalid, TooLarge and Unavailable (an attachment file cannot be read).
func (c *Client) encode(from domain.Account, out domain.Outgoing) (Call, error) {
	var p params
	var err error
	method := ""
	switch o := out.(type) {
	case domain.Message:
		method, err = "send", c.encodeMessage(&p, o)
	case domain.Reaction:
		method, err = "sendReaction", encodeReaction(&p, o)
	case domain.Receipt:
		method, err = "sendReceipt", encodeReceipt(&p, o)
	case domain.TypingIndicator:
		method, err = "sendTyping", p.plainTarget(o.Target, from)
		p.flag("stop", o.Stop)
	case domain.RemoteDelete:
		method, err = "remoteDelete", p.target(o.Target)
		p.timestamp("targetTimestamp", o.TargetTimestamp)
	case domain.Poll:
		method, err = "sendPollCreate", encodePoll(&p, o)
	case domain.Vote:
		method, err = "sendPollVote", encodeVote(&p, o)
	case domain.PollEnd:
		method, err = "sendPollTerminate", p.target(o.Target)
		p.timestamp("pollTimestamp", o.PollTimestamp)
		p.flag("notifySelf", o.NotifySelf)
	case domain.Pin:
		method, err = "sendPinMessage", p.target(o.Target)
		p.add("pinDuration", int64(o.DurationSeconds), Option)
		p.message(o.TargetAuthor, o.TargetTimestamp, o.Story, o.NotifySelf)
	case domain.Unpin:
		method, err = "sendUnpinMessage", p.target(o.Target)
		p.message(o.TargetAuthor, o.TargetTimestamp, o.Story, o.NotifySelf)
	case domain.AdminDelete:
		method, err = "sendAdminDelete", encodeAdminDelete(&p, o)
	case domain.Story:
		method, err = "sendStory", c.encodeStory(&p, o)
	case domain.PaymentNotification:
		method, err = "sendPaymentNotification", p.oneRecipient(o.Recipient)
		p.text("receipt", o.Receipt)
		p.text("note", o.Note)
	case domain.MessageRequestResponse:
		method, err = "sendMessageRequestResponse", p.target(o.Target)
		kind := "delete"
		if o.Accept {
			kind = "accept"
		}
		p.text("type", kind)
	default:
		return Call{}, domain.Errorf(domain.Unsupported, "", "signal-cli cannot send this")
	}
	if err != nil {
		return Call{}, err
	}
	return c.newCall(method, from, p), nil
}

// message adds the message that something is about.
func (p *params) message(author domain.Recipient, timestamp domain.Timestamp, story, notifySelf bool) {
	p.author("targetAuthor", author)
	p.timestamp("targetTimestamp", timestamp)
	p.flag("story", story)
	p.flag("notifySelf", notifySelf)
}

func encodeReaction(p *params, r domain.Reaction) error {
	if r.Emoji == "" {
		return domain.Errorf(domain.Invalid, "", "please provide an emoji")
	}
	p.text("emoji", r.Emoji)
	p.flag("remove", r.Remove)
	p.message(r.TargetAuthor, r.TargetTimestamp, r.Story, r.NotifySelf)
	return p.target(r.Target)
}

func encodeReceipt(p *params, r domain.Receipt) error {
	if len(r.TargetTimestamps) == 0 {
		return domain.Errorf(domain.Invalid, "", "please provide the timestamp of a message")
	}
	timestamps := make([]int64, len(r.TargetTimestamps))
	for i, t := range r.TargetTimestamps {
		timestamps[i] = int64(t)
	}
	p.add("targetTimestamp", timestamps, Option)
	p.text("type", string(r.Type))
	return p.oneRecipient(r.Recipient)
}

func encodePoll(p *params, poll domain.Poll) error {
	if n := len(poll.Options); poll.Question == "" || n < 2 || n > 10 {
		return domain.Errorf(domain.Invalid, "", "a poll needs a question and 2 to 10 options")
	}
	p.text("question", poll.Question)
	p.list("option", poll.Options)
	p.flag("noMulti", poll.Single)
	p.flag("notifySelf", poll.NotifySelf)
	return p.target(poll.Target)
}

func encodeVote(p *params, v domain.Vote) error {
	p.author("pollAuthor", v.PollAuthor)
	p.timestamp("pollTimestamp", v.PollTimestamp)
	options := make([]int64, len(v.Options)) // an empty list withdraws the vote; left out, it is a defect of signal-cli
	for i, o := range v.Options {
		options[i] = int64(o)
	}
	p.add("option", options, Option)
	p.add("voteCount", int64(v.Count), Option)
	p.flag("notifySelf", v.NotifySelf)
	return p.target(v.Target)
}

func encodeAdminDelete(p *params, d domain.AdminDelete) error {
	if d.Group.IsZero() {
		return domain.Errorf(domain.Invalid, "", "please provide a group")
	}
	p.list("groupId", []string{d.Group.Internal()})
	p.message(d.TargetAuthor, d.TargetTimestamp, d.Story, d.NotifySelf)
	return nil
}

func (c *Client) encodeStory(p *params, s domain.Story) error {
	if !c.options.SharedDisk {
		return domain.Errorf(domain.Unsupported, "", "stories need a disk that gateway and signal-cli share")
	}
	p.text("attachment", s.Attachment.Path)
	if !s.Group.IsZero() {
		p.text("groupId", s.Group.Internal())
	}
	p.flag("noReplies", s.NoReplies)
	return nil
}

// encodeMessage writes the parameters of send.
func (c *Client) encodeMessage(p *params, m domain.Message) error {
	*p = make(params, 0, 8)
	if err := p.target(m.Target); err != nil {
		return err
	}
	if m.Text != "" {
		p.add("message", m.Text, Stdin)
	}
	p.flag("notifySelf", m.NotifySelf)
	p.list("textStyle", styles(m.Styles))
	p.list("mention", mentions(m.Mentions))
	p.flag("viewOnce", m.ViewOnce)
	p.flag("voiceNote", m.VoiceNote)
	p.flag("noUrgent", m.NoUrgent)
	p.flag("endSession", m.EndSession)
	if m.Edit != nil {
		p.timestamp("editTimestamp", *m.Edit)
	}
	if m.Sticker != nil {
		p.text("sticker", m.Sticker.PackID+":"+strconv.Itoa(m.Sticker.ID))
	}
	if m.Story != nil {
		p.timestamp("storyTimestamp", m.Story.Timestamp)
		p.author("storyAuthor", m.Story.Author)
	}
	if m.Quote != nil {
		if err := c.encodeQuote(p, m.Quote); err != nil {
			return err
		}
	}
	if m.Preview != nil {
		if err := c.encodePreview(p, m.Preview); err != nil {
			return err
		}
	}
	return c.encodeAttachments(p, m.Attachments)
}

func (c *Client) encodeQuote(p *params, q *domain.Quote) error {
	if q.Timestamp != nil {
		p.timestamp("quoteTimestamp", *q.Timestamp)
	}
	p.author("quoteAuthor", q.Author)
	p.text("quoteMessage", q.Text)
	p.list("quoteMention", mentions(q.Mentions))
	p.list("quoteTextStyle", styles(q.Styles))
	var attachments []string
	for _, a := range q.Attachments {
		text, err := c.quoteAttachment(a)
		if err != nil {
			return err
		}
		attachments = append(attachments, text)
	}
	p.list("quoteAttachment", attachments)
	return nil
}

func (c *Client) encodePreview(p *params, preview *domain.LinkPreview) error {
	p.text("previewUrl", preview.URL)
	p.text("previewTitle", preview.Title)
	p.text("previewDescription", preview.Description)
	if preview.Image == nil {
		return nil
	}
	image, err := c.file(*preview.Image)
	p.text("previewImage", image)
	return err
}

func (c *Client) encodeAttachments(p *params, files []domain.AttachmentFile) error {
	if len(files) == 0 {
		return nil
	}
	values := make([]string, len(files))
	for i, f := range files {
		var err error
		if values[i], err = c.file(f); err != nil {
			return err
		}
	}
	p.list("attachment", values)
	return nil
}
